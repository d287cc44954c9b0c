import { defineConfig } from 'vitest/config'

// The folder's tests alone, not those of the project around it.
export default defineConfig({ test: { include: ['*.test.ts'] } })
