import { uniqueWriteRegister } from './register.ts'
import type { Specialist } from '../specialist.ts'

/** The most usual first. */
export const specialists: readonly Specialist[] = [uniqueWriteRegister]
