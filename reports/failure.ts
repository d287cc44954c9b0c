import { bakedInLines } from './baked-in.ts'
import { faultSection } from './fault-section.ts'
import { causeLines } from './cause.ts'
import { conflictLines } from './conflict.ts'
import { sliceOf } from './slice.ts'
import { spaceTimeDiagram } from './space-time.ts'
import type { Story } from './story.ts'
import { COLUMNS, colours, heading } from './style.ts'
import type { Style } from './style.ts'
import { leftAndRight, safe, wrap } from './text.ts'
import { count, duration, moment, plural, seedText } from './words.ts'

/**
 * The whole report of one failure: what is violated and why in sentences, the faults it needs, the part of the
 * trace that shows it, and what to do next. At most 100 columns wide; a token that does not fit stands on a line of
 * its own, unbroken, so that it can be copied. Ends with a line break.
 */
export function failureReport(story: Story, style: Style): string {
  const sections = [
    [...headLines(story, style), ...replayLines(story, style)],
    [...violatedLines(story, style), ...conflictLines(story, style)],
    [...faultSection(story, style), ...causeLines(story, style)],
    traceLines(story, style),
    [...(story.bakedIn === undefined ? [] : bakedInLines(story.bakedIn, style)), ...nextLines(story, style)],
  ]
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')
}

function headLines(story: Story, style: Style): readonly string[] {
  const colour = colours(style)
  const bug = story.bug === undefined ? '' : ` --bug ${story.bug}`
  const place =
    story.run === undefined ? '' : `  run ${count(story.run)}${story.runs === undefined ? '' : `/${count(story.runs)}`}`
  const simulated = story.result === undefined ? '' : `  sim ${duration(story.result.virtualMs)}`
  const wall = story.wallMs === undefined ? '' : `  wall ${duration(story.wallMs)}`
  const title = safe(`FAIL ${story.scenario}${bug} > ${story.violation.property}`, style)
  const lines = wrap(title, COLUMNS, 5)
  const last = leftAndRight(lines.at(-1) ?? '', `seed ${seedText(story.seed)}${place}${simulated}${wall}`, COLUMNS)
  return [...lines.slice(0, -1), ...last].map((line, index) =>
    index === 0 ? line.replace(/^FAIL/, colour.bold.red('FAIL')) : line,
  )
}

function replayLines(story: Story, style: Style): readonly string[] {
  const colour = colours(style)
  const command = `  replay   npx petrel replay ${story.token}`
  const versions = [
    story.codeHash === undefined ? '' : `code ${story.codeHash}`,
    story.version === undefined ? '' : `petrel ${story.version}`,
  ]
    .filter(Boolean)
    .join('  ')
  const comment = versions === '' ? '' : `# ${safe(versions, style)}`
  const found = foundLines(story)
  if (command.length > COLUMNS) {
    const note = comment === '' ? [] : [colour.dim(`           ${comment}`)]
    return ['  replay   npx petrel replay \\', story.token, ...note, ...found]
  }
  const gap = '      '
  const fits = comment !== '' && command.length + gap.length + comment.length <= COLUMNS
  return [
    fits ? command + gap + colour.dim(comment) : command,
    ...(fits || comment === '' ? [] : [colour.dim(`           ${comment}`)]),
    ...found,
  ]
}

function foundLines({ count: times = 1, runs, fingerprint }: Story): readonly string[] {
  if (times <= 1) return []
  const among = runs === undefined ? '' : ` in ${plural(runs, 'run')}`
  const name = fingerprint === undefined ? '' : `, fingerprint ${fingerprint}`
  return [`  found    ${plural(times, 'time')}${among}${name}`]
}

function violatedLines({ violation }: Story, style: Style): readonly string[] {
  const event = violation.atEvent === undefined ? '' : `event #${violation.atEvent}, `
  const where = `(${event}T+${moment(violation.atMs)}s)`
  const title = safe(`  VIOLATED ${violation.property}: ${violation.summary}`, style)
  const lines = wrap(title, COLUMNS, 4)
  const last = leftAndRight(lines.at(-1) ?? '', where, COLUMNS)
  return [...lines.slice(0, -1), ...last].map((line, index) =>
    index === 0 ? line.replace('VIOLATED', colours(style).bold.red('VIOLATED')) : line,
  )
}

function traceLines(story: Story, style: Style): readonly string[] {
  const trace = story.result?.trace
  if (trace === undefined || trace.events.length === 0) return []
  const slice = sliceOf(trace, story.violation)
  const shown = story.violation.operations.map((_, index) => `T${index + 1}`)
  const names = shown.length === 0 ? 'the violation' : shown.length > 4 ? `T1 to T${shown.length}` : shown.join(', ')
  const title = `  TRACE    ${plural(slice.rows.length, 'row')} of ${plural(slice.totalEvents, 'event')}: causal past of ${names}; fault effects`
  const head = leftAndRight(title, '--full for all', COLUMNS)
  const [first = '', ...others] = head
  return [heading(first, style), ...others, ...spaceTimeDiagram(trace, slice, story.violation, style)]
}

function nextLines(story: Story, style: Style): readonly string[] {
  const { bakedIn, shrunk, violation } = story
  // The last instant at which it was open.
  const open = Math.max(0, (bakedIn?.steepest?.instant ?? 0) - 1)
  const event = bakedIn?.instants[open]?.atEvent ?? violation.atEvent
  const steps = story.next ?? [
    ...(shrunk === undefined ? ['petrel shrink TOKEN'] : []),
    ...(event === undefined ? [] : [`petrel explore TOKEN --at ${event}`]),
    ...(shrunk === undefined ? [] : ['petrel replay TOKEN --full']),
    'petrel corpus add TOKEN',
  ]
  return [heading(`  next     ${steps.join(' | ')}`, style)]
}
