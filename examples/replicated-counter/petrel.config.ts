import { defineConfig } from 'petrel'
import { replicatedCounter } from './scenario.ts'

export default defineConfig({ scenarios: [replicatedCounter] })
