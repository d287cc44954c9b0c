import type { Fork, Intervention } from '../sim/forks.ts'
import { duration, seedText } from './words.ts'

/** What was done to a run, in a sentence without its event: `the next message is lost`. */
export function interventionWords(intervention: Intervention): string {
  switch (intervention.kind) {
    case 'new-luck':
      return `new luck ${seedText(intervention.luck)}`
    case 'drop':
      return 'the next message that arrives is lost'
    case 'duplicate':
      return `the next message that arrives comes once more ${duration(intervention.afterMs)} later`
    case 'delay':
      return `the next message that arrives comes ${duration(intervention.byMs)} later`
    case 'kill':
    case 'power-loss':
      return `${intervention.kind === 'kill' ? 'kill' : 'power loss'} of ${intervention.node}, back after ${duration(intervention.restartAfterMs)}`
  }
}

/** With its event: `from #405 on new luck 0x1f`. */
export function forkWords(fork: Fork): string {
  return `${fork.kind === 'new-luck' ? 'from' : 'at'} #${fork.atEvent}${fork.kind === 'new-luck' ? ' on' : ''} ${interventionWords(fork)}`
}
