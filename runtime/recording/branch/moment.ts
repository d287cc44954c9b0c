import { deserialize, serialize } from 'node:v8'
import { decodePlain } from '../../../sim/encoding.ts'
import type { NodeId, PlainData, Tagged } from '../../../sim/machine.ts'
import type { NodePast, PastSaying, RunningPast } from '../../../explore/scenario.ts'
import { UsageError } from '../../../explore/usage-error.ts'
import type { RecordedIncarnation } from '../read-recording.ts'
import type { RecordedCode, ReplayNode } from '../replay-node.ts'
import { replayIncarnations, type ReplayRecordingOptions } from '../replay-recording.ts'
import type { Cut } from './cut.ts'
import { Follower } from './follow.ts'
import type { SaidMessage, Waiting } from './outputs.ts'
import type { Survey } from './survey.ts'
import { Traffic, type NodeTraffic } from './under-way.ts'

/** A recorded node at a cut. */
export interface NodeMoment {
  readonly id: NodeId
  /** How many of its events are before the cut. */
  readonly events: number
  readonly isRunning: boolean
  /** Why it had ended in good order, where it had: it does not come back. */
  readonly exitReason: string | undefined
  readonly code: RecordedCode
  /** What is on its disk for certain. */
  readonly disk: ReadonlyMap<string, Uint8Array>
  /** What it goes on from, made anew each time; undefined where it was not started by then. */
  readonly past: (() => NodePast) | undefined
  /** The last that is known of its state, to look at; undefined where it was not started by then. */
  readonly state: unknown
  /** Messages that left it and are under way, and those that wait behind a sync. */
  readonly underWay: number
  readonly behindSync: number
  /** False where its recording begins while a sync was under way: all that it had written then counts as durable. */
  readonly isDiskKnown: boolean
}

/** All recorded nodes as they stood at a cut. */
export function momentAt(
  incarnations: readonly RecordedIncarnation[],
  codeOf: ReplayRecordingOptions['codeOf'],
  survey: Survey,
  cut: Cut,
): readonly NodeMoment[] {
  const traffic = new Traffic(survey, cut)
  const captures = new Map<NodeId, Capture>()
  for (const self of survey.logs.keys()) captures.set(self, new Capture(self, cut, survey, traffic))
  let open = [...captures.values()].filter(({ isOver }) => !isOver).length
  replayIncarnations(incarnations, {
    codeOf,
    onEvent: (replayed, _number, node, incarnation) => {
      const capture = captures.get(replayed.self)!
      if (open === 0) return false
      if (capture.isOver) return true
      capture.follower.follow(replayed, node, incarnation)
      if (capture.isOver) {
        capture.take(node)
        open--
      }
      return open > 0
    },
  })
  return [...captures.values()].map((capture) => capture.moment(codeOf))
}

/** One node on its way to the cut. */
class Capture {
  readonly follower: Follower
  private readonly self: NodeId
  private readonly events: number
  private readonly cut: Cut
  private readonly survey: Survey
  private readonly traffic: NodeTraffic | undefined
  private readonly isRunning: boolean
  private readonly underWay: SaidMessage[] = []
  private state: Buffer | undefined
  private clocks = { nowUs: 0, wallClock: 0 }
  private timers: RunningPast['timers'] = []

  constructor(self: NodeId, cut: Cut, survey: Survey, traffic: Traffic) {
    this.self = self
    this.cut = cut
    this.survey = survey
    this.events = cut.places.get(self)!
    this.isRunning = traffic.isRunning(self)
    this.traffic = this.isRunning ? traffic.of(self) : undefined
    this.follower = new Follower(self, (said, nth) => {
      if (this.traffic?.underWay.has(nth) === true) this.underWay.push(said)
    })
  }

  get isOver(): boolean {
    return this.follower.count >= this.events
  }

  /** The last event before the cut is over. */
  take(node: ReplayNode): void {
    const idleMs = Math.max(0, this.cut.wallClock - node.wallClock)
    const nowUs = node.nowUs + 1000 * idleMs
    this.clocks = { nowUs, wallClock: node.wallClock + idleMs }
    this.state = serialize(node.state)
    this.timers = [...node.timers.values()].map(({ timer, deadlineUs, draws }) => ({
      timer,
      leftMs: deadlineUs === undefined ? undefined : Math.max(0, deadlineUs - nowUs) / 1000,
      draws,
    }))
  }

  moment(codeOf: ReplayRecordingOptions['codeOf']): NodeMoment {
    const { self, events, isRunning, survey } = this
    const { incarnations } = survey.logs.get(self)!
    const { head, image } = incarnations[0]!.segments[0]!
    const common = { id: self, events, isRunning, code: codeOf(head), underWay: this.underWay.length }
    const { state } = this
    if (state === undefined) {
      if (head.segment > 0) throw notYet(self, survey)
      const nothing = { exitReason: undefined, behindSync: 0, isDiskKnown: true, past: undefined, state: undefined }
      return { ...common, ...nothing, disk: image.files }
    }
    const { outputs, log } = this.follower
    const exitReason = isRunning ? undefined : outputs.exitReason
    const unfinished = outputs.unfinished()
    return {
      ...common,
      exitReason,
      disk: isRunning ? outputs.durableFiles() : this.diskWhileDown(),
      past: () => ({
        incarnation: log.incarnations.length,
        running: isRunning ? this.running(deserialize(state), unfinished) : undefined,
        exitReason,
      }),
      state: deserialize(state) as unknown,
      behindSync: isRunning ? unfinished.filter(({ kind }) => kind === 'send').length : 0,
      isDiskKnown: outputs.isKnown,
    }
  }

  private running(state: unknown, unfinished: readonly Waiting[]): RunningPast {
    const { role } = this.follower
    return {
      state,
      monotonicMs: this.clocks.nowUs / 1000,
      wallClockMs: this.clocks.wallClock,
      timers: this.timers,
      streams: this.traffic!.streams,
      ...(role === undefined ? {} : { role }),
      said: [...this.underWay, ...unfinished].flatMap((said) => this.sayingOf(said)),
    }
  }

  /** Whoever is not recorded is not there to be told anything. */
  private sayingOf(said: Waiting): readonly PastSaying[] {
    switch (said.kind) {
      case 'send':
        return this.survey.logs.has(said.to)
          ? [{ kind: 'send', to: said.to, message: decodePlain(said.bytes) as PlainData as unknown as Tagged }]
          : []
      case 'write': {
        const { path, offset, bytes } = said
        return [said.append ? { kind: 'append', path, bytes } : { kind: 'write', path, offset, bytes }]
      }
      default:
        return [said]
    }
  }

  /** What the next process found, where that is recorded; otherwise what a killed one leaves. */
  private diskWhileDown(): ReadonlyMap<string, Uint8Array> {
    const { outputs, log } = this.follower
    const next = this.survey.logs.get(this.self)!.incarnations[log.incarnations.length]?.segments[0]
    return next?.head.segment === 0 ? next.image.files : outputs.filesAfterKill()
  }
}

function notYet(self: NodeId, { order }: Survey): UsageError {
  return new UsageError(
    'branch-too-early',
    `What is left of the recording of ${self} begins at event #${order.indexOf(self) + 1}: branch there or later.`,
  )
}
