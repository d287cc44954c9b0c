import { fifoQueue } from './queue.ts'
import { uniqueWriteRegister } from './register.ts'
import { onceInsertedSet } from './set.ts'
import type { Specialist } from '../specialist.ts'
import { lifoStack } from './stack.ts'
import { textOfPieces } from './text.ts'

/** The most usual first. */
export const specialists: readonly Specialist[] = [
  uniqueWriteRegister,
  textOfPieces,
  fifoQueue,
  onceInsertedSet,
  lifoStack,
]
