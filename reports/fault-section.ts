import type { Fault } from '../sim/faults.ts'
import { operationCount } from '../explore/result.ts'
import { faultWords } from './fault-words.ts'
import { forkWords } from './fork-words.ts'
import type { Story } from './story.ts'
import { COLUMNS, glyphsOf, heading } from './style.ts'
import type { Style } from './style.ts'
import { leftAndRight, safe, wrap } from './text.ts'
import { count, moment, plural } from './words.ts'

const MOST_FAULTS = 20

/** The faults that are left, a sentence each, and what taking one away does. Empty where the plan is not known. */
export function faultSection(story: Story, style: Style): readonly string[] {
  const { plan } = story
  if (plan === undefined) return []
  const faults = [...plan.faults].sort((a, b) => a.atMs - b.atMs || a.id - b.id)
  const more = faults.length > MOST_FAULTS ? [`    and ${plural(faults.length - MOST_FAULTS, 'more fault')}`] : []
  const [first = '', ...others] = headLines(story)
  return [
    heading(first, style),
    ...others,
    ...faults.slice(0, MOST_FAULTS).flatMap((fault) => faultLines(fault, story, style)),
    ...more,
    ...(plan.forks ?? []).flatMap((fork) => wrap(`    forked ${forkWords(fork)}`, COLUMNS, 11)),
  ]
}

function headLines({ plan, shrunk }: Story): readonly string[] {
  const faults = plan?.faults.length ?? 0
  if (shrunk === undefined || plan === undefined) {
    return leftAndRight(`  FAULTS   ${faults === 0 ? 'none' : count(faults)}`, '(not shrunk)', COLUMNS)
  }
  const { before } = shrunk
  const kept =
    faults === 0 ? `none of ${count(before.faults)} needed` : `${count(faults)} of ${count(before.faults)} kept`
  const rest = `ops ${count(operationCount(shrunk.result))} of ${count(before.operations)}, nodes ${plan.settings.nodes} of ${before.nodes}`
  return leftAndRight(`  FAULTS   ${kept}, ${rest}`, `(shrunk: ${plural(shrunk.replays, 'replay')})`, COLUMNS)
}

function faultLines(fault: Fault, story: Story, style: Style): readonly string[] {
  const required = story.shrunk?.required.find((one) => one.fault === fault.id)
  const proof =
    required === undefined
      ? ''
      : `${required.pass > 0 ? 'required: ' : ''}without it ${required.pass}/${required.of} pass`
  const sentence = safe(faultWords(fault, glyphsOf(style).arrow), style)
  const line = `    ${fault.when?.occurrence === undefined ? '' : '+'}${moment(fault.atMs)}  ${sentence}`
  if (proof === '') return wrap(line, COLUMNS, 11)
  if (line.length + 6 + proof.length <= COLUMNS) return [`${line}      ${proof}`]
  return [...wrap(line, COLUMNS, 11), `           ${proof}`]
}
