/** The public entry point: what `import … from 'petrel'` gives. */
export * from './sim/machine.ts'
export { defineConfig } from './runtime/config.ts'
export type { PetrelConfig } from './runtime/config.ts'
export { UsageError } from './explore/usage-error.ts'
