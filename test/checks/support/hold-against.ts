import { entriesOf } from '../../../checks/linearizability/entry.ts'
import type { Entry } from '../../../checks/linearizability/entry.ts'
import type { Specialist } from '../../../checks/linearizability/specialist.ts'
import type { History } from '../../../checks/history.ts'
import type { Model } from '../../../checks/model.ts'
import { canonical } from '../../../checks/plain.ts'
import { hasOrderRemembering, isOrderOf } from './brute-force.ts'
import { brokenHistory, diceOf, playedHistory, wildHistory } from './dice.ts'
import type { Dice, Play } from './dice.ts'

export interface Tally {
  ok: number
  violated: number
  /** The specialist had no answer. */
  left: number
}

/**
 * Small histories, good, broken and wild, judged by a specialist and by trying out every order.
 *
 * @returns how many got which verdict.
 * @throws with the history in words, where the verdicts differ or the evidence is none.
 */
export function holdAgainstBruteForce<Input, State>(
  specialist: Specialist,
  play: Play<Input, State>,
  { seed, count, length }: { readonly seed: number; readonly count: number; readonly length: number },
): Tally {
  const tally: Tally = { ok: 0, violated: 0, left: 0 }
  for (let number = 0; number < count; number++) {
    const history = someHistory(play, diceOf(seed * 1_000_003 + number), length)
    const entries = entriesOf(history)
    const verdict = specialist(entries, play.model)
    if (verdict === undefined) {
      tally.left += 1
      continue
    }
    tally[verdict.verdict] += 1
    const expected = hasOrderRemembering(entries, play.model) ? 'ok' : 'violated'
    const wrong = (what: string) =>
      new Error(`history ${number} of seed ${seed}: ${what}\n${inLines(entries, play.model)}`)
    if (verdict.verdict !== expected) throw wrong(`is ${expected}, judged ${verdict.verdict}`)
    if (verdict.verdict === 'ok' && !isOrderOf(verdict.order(), entries, play.model)) {
      throw wrong(`an order that is none:\n${inLines(verdict.order(), play.model)}`)
    }
    if (verdict.verdict === 'violated') {
      const core = verdict.core()
      const isSound = core.every((entry) => entries.some((other) => isOpened(other, entry)))
      if (!isSound || hasOrderRemembering(core, play.model)) {
        throw wrong(`a core that is none:\n${inLines(core, play.model)}`)
      }
    }
  }
  return tally
}

function someHistory<Input, State>(play: Play<Input, State>, dice: Dice, maxLength: number): History<Input, unknown> {
  const length = 1 + dice(maxLength)
  const kind = dice(5)
  if (kind === 0) return wildHistory(play, dice, length)
  const history = playedHistory(play, dice, length)
  return kind <= 2 ? history : brokenHistory(play, history, dice)
}

/** The same entry, or the same with its end left open. */
function isOpened(whole: Entry, part: Entry): boolean {
  if (whole === part) return true
  return whole.operation === part.operation && part.returned === Infinity && part.output === undefined
}

export function inLines(entries: readonly Entry[], model: Model): string {
  return entries
    .map(
      ({ invoked, returned, input, output }) =>
        `${invoked}..${returned} ${model.describe(input, output)} ${canonical(input)} -> ${canonical(output)}`,
    )
    .join('\n')
}
