import type { Scenario, Settings } from '../../../explore/scenario.ts'
import type { NodeId } from '../../../sim/machine.ts'
import type { RecordedIncarnation } from '../read-recording.ts'
import { readOwnRecording, type RecordingDivergence, type ReplayRecordingOptions } from '../replay-recording.ts'
import { eventsBefore, type BranchPoint } from './branch-point.ts'
import { branchScenario, castingOf, type Casting } from './branch-scenario.ts'
import { consistentCut, type Cut } from './cut.ts'
import { momentAt } from './moment.ts'
import { surveyOf, type Survey } from './survey.ts'

export interface BranchRecordingOptions extends Pick<ReplayRecordingOptions, 'codeOf' | 'codeFile'> {
  /** Its servers have the names of the recorded nodes. Or what finds it by the system that was recorded. */
  readonly scenario: Scenario | ((system: string) => Scenario)
  /** Where the recording is left. */
  readonly at: BranchPoint
  /** What is not as the scenario has it by default. */
  readonly settings?: Partial<Settings>
}

/** A recording that can go on otherwise. */
export interface RecordingBranch extends Casting {
  /** Goes on from the recorded nodes: to run, to sweep, to shrink as any other. */
  readonly scenario: Scenario
  readonly cut: Cut
  /** The number of the last event before the branch, and how many the recording has. */
  readonly event: number
  readonly events: number
}

/** The recorded nodes did other than they had done, so that nothing can be said of how they went on. */
export class RecordingDiverged extends Error {
  override readonly name = 'RecordingDiverged'
  readonly divergence: RecordingDivergence

  constructor(divergence: RecordingDivergence) {
    const { number, event, self, handler, difference } = divergence
    super(`The recording diverges at event #${number} (event ${event} of ${self}, ${handler}): ${difference}.`)
    this.divergence = divergence
  }
}

/**
 * Replays what nodes recorded in a folder up to a consistent cut, and gives the scenario that goes on from there: state,
 * timers, disks and what was under way as recorded; network, faults, clocks and clients as the scenario's seeds have
 * them. Throws a UsageError as a replay does, and where the cut is outside the recording or nodes and scenario do not
 * fit; a {@link RecordingDiverged} where the replay diverges before the cut.
 */
export function branchRecording(directory: string, options: BranchRecordingOptions): RecordingBranch {
  const { codeOf, at, settings = {} } = options
  const incarnations = readOwnRecording(directory, options.codeFile)
  const { system } = incarnations[0]!.segments[0]!.head
  const scenario = typeof options.scenario === 'function' ? options.scenario(system) : options.scenario
  const survey = surveyOf(incarnations, codeOf)
  const event = pointIn(survey, at)
  const cut = consistentCut(survey, event)
  const casting = castingOf(scenario, momentAt(incarnations, codeOf, survey, cut), settings)
  return {
    ...casting,
    scenario: branchScenario(scenario, casting, namesIn(incarnations, survey)),
    cut,
    event,
    events: survey.order.length,
  }
}

/** Behind a divergence there is nothing to branch from. */
function pointIn(survey: Survey, at: BranchPoint): number {
  const { divergence } = survey
  if (divergence === undefined) return eventsBefore(at, survey)
  if (at === 'end') throw new RecordingDiverged(divergence)
  try {
    return eventsBefore(at, survey)
  } catch {
    throw new RecordingDiverged(divergence)
  }
}

/** Everyone that a recorded node is, heard of or spoke to. */
function namesIn(incarnations: readonly RecordedIncarnation[], { logs }: Survey): ReadonlySet<NodeId> {
  const names = new Set(incarnations.map(({ self }) => self))
  for (const { sent, heard } of logs.values()) for (const { peer } of [...sent, ...heard]) names.add(peer)
  return names
}
