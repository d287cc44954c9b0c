import { defineConfig } from 'vitest/config'

/** Tests that run what is built: the command line, worker threads, the documentation's commands, the package. */
const NEEDS_BUILD = [
  'test/cli/**/*.test.ts',
  'test/fleet/**/*.test.ts',
  'test/docs/**/*.test.ts',
  'test/runtime/**/*.test.ts',
  'test/examples/**/*.test.ts',
]

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'threads',
    maxWorkers: 2,
    restoreMocks: true,
    projects: [
      { extends: true, test: { name: 'source', include: ['test/**/*.test.ts'], exclude: NEEDS_BUILD } },
      { extends: true, test: { name: 'built', include: NEEDS_BUILD, globalSetup: ['test/build.ts'] } },
    ],
  },
})
