/**
 * How well fingerprints tell the planted bugs of raft-kv apart, for docs/fingerprints.md:
 *
 *     node dist/bench/fingerprints.js --seeds 50 --most-runs 20000 --state fingerprints.jsonl
 *
 * Of each bug the first failing seeds are shrunk; each becomes a line of the state, so that it can be ended at any time
 * and goes on from there. With `--unshrunk` they are left as they were found, which shows how the first fingerprint does
 * in a thousandth of the time.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { causeOf, refinedFingerprint } from '../explore/cause.ts'
import { planRun } from '../explore/plan-run.ts'
import { settingsOf } from '../explore/planted.ts'
import type { Cause, RunPlan } from '../explore/result.ts'
import { executeRun, fingerprintOf } from '../explore/run.ts'
import { shrinkFailure } from '../explore/shrink.ts'
import { raftKv } from '../scenarios/raft-kv.ts'
import { confusionOf, confusionTable, type Fingerprinted, type Pairs } from './confusion.ts'

/** One failing seed of a planted bug. */
interface Sample {
  readonly bug: string
  readonly seed: number
  /** Before shrinking: property and shape. */
  readonly raw: string
  readonly property: string
  readonly shape: string
  /** After it, with the cause; undefined where it was left unshrunk. */
  readonly refined?: string
  readonly cause?: Cause
  readonly plan?: RunPlan
}

const { values } = parseArgs({
  options: {
    bugs: { type: 'string' },
    seeds: { type: 'string', default: '5' },
    'most-runs': { type: 'string', default: '1000' },
    'most-replays': { type: 'string', default: '1500' },
    unshrunk: { type: 'boolean', default: false },
    state: { type: 'string', default: 'fingerprints.jsonl' },
  },
})
const samples: Sample[] = existsSync(values.state)
  ? readFileSync(values.state, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Sample)
  : []

function collect(bug: string): void {
  const settings = settingsOf(raftKv, bug)
  const known = samples.filter((sample) => sample.bug === bug)
  let seed = Math.max(0, ...known.map((sample) => sample.seed))
  for (let found = known.length; found < Number(values.seeds) && seed < Number(values['most-runs']);) {
    seed++
    const plan = planRun(raftKv, seed, settings)
    const [violation] = executeRun(raftKv, plan).violations
    if (violation === undefined) continue
    found++
    const { property, shape } = violation
    const raw = fingerprintOf(raftKv.name, violation)
    const sample = { bug, seed, raw, property, shape, ...(values.unshrunk ? {} : understood(plan, raw)) }
    samples.push(sample)
    appendFileSync(values.state, `${JSON.stringify(sample)}\n`)
    process.stderr.write(`${bug} ${seed} ${property}: ${shape}; ${JSON.stringify(sample.cause ?? 'unshrunk')}\n`)
  }
}

function understood(plan: RunPlan, raw: string): Required<Pick<Sample, 'refined' | 'cause' | 'plan'>> {
  const shrunk = shrinkFailure(raftKv, plan, raw, { maxReplays: Number(values['most-replays']) })
  const cause = causeOf(raftKv, shrunk, raw)
  return { refined: refinedFingerprint(raw, cause), cause, plan: shrunk.plan }
}

function share({ together, of }: Pairs): string {
  return `${together} of ${of} pairs (${((100 * together) / Math.max(1, of)).toFixed(1)} %)`
}

function print(name: string, fingerprinted: readonly Fingerprinted[]): void {
  if (fingerprinted.length === 0) return
  const confusion = confusionOf(fingerprinted)
  process.stdout.write(
    `## ${name}\n\n${confusionTable(confusion)}\n\n` +
      `Same bug, together: ${share(confusion.sameBug)}. Different bugs, together: ${share(confusion.differentBugs)}.\n\n`,
  )
}

for (const bug of values.bugs?.split(',') ?? raftKv.bugs!.map(({ id }) => id)) collect(bug)
print(
  'Before shrinking',
  samples.map(({ bug, raw }) => ({ bug, fingerprint: raw })),
)
print(
  'After shrinking',
  samples.flatMap(({ bug, refined }) => (refined === undefined ? [] : [{ bug, fingerprint: refined }])),
)
