import { defineConfig } from 'vitest/config'

// The folder's tests alone, not those of the project around it, whose `node_modules` serves here as well.
export default defineConfig({ cacheDir: '../../node_modules/.vite', test: { include: ['*.test.ts'] } })
