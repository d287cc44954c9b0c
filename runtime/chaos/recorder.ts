import type { HistoryRecorder, PlainData } from '../../sim/machine.ts'
import type { Operation } from '../../checks/history.ts'
import { recordHistory, type RecordedEnd, type Recorder } from '../../checks/formats/record.ts'

/** What the clients of one run asked and were told, on one monotonic clock, as lines for `petrel check` as well. */
export class ChaosRecorder {
  private readonly recorder: Recorder<unknown, unknown>
  private readonly begun = new Set<number>()
  /** Numbers of the plan, by place in the history. */
  private readonly ids: number[] = []
  private isQuiet = false
  private readonly concerns: (input: PlainData) => boolean

  /** What does not concern the model is in no line. */
  constructor(now: () => number, onLine: (line: string) => void, concerns: (input: PlainData) => boolean = () => true) {
    this.concerns = concerns
    this.recorder = recordHistory({
      now,
      onLine: (line) => {
        if (!this.isQuiet) onLine(line)
      },
    })
  }

  get history(): readonly Operation[] {
    return this.recorder.history.map((operation, place) => ({ ...operation, id: this.ids[place]! }))
  }

  /** How many operations have ended, and how many of them ok. */
  ended = 0
  ok = 0

  /**
   * For one incarnation of a client. What an incarnation has left open stays open: its successor is a process of
   * another name, as a process has one operation under way at a time.
   */
  forClient(process: string): HistoryRecorder {
    const open = new Map<number, RecordedEnd<unknown>>()
    const quiet = new Set<number>()
    const end = (id: number, how: (call: RecordedEnd<unknown>) => void): void => {
      const call = open.get(id)
      if (call === undefined) return
      open.delete(id)
      this.ended++
      this.isQuiet = quiet.has(id)
      how(call)
      this.isQuiet = false
    }
    return {
      begun: (id) => this.begun.has(id),
      invoke: (id, input) => {
        this.begun.add(id)
        this.ids.push(id)
        if (!this.concerns(input)) quiet.add(id)
        this.isQuiet = quiet.has(id)
        open.set(id, this.recorder.invoke(process, input))
        this.isQuiet = false
      },
      ok: (id, output) => {
        if (open.has(id)) this.ok++
        end(id, (call) => call.ok(output))
      },
      fail: (id, reason) => end(id, (call) => call.fail(reason)),
      info: (id, reason) => end(id, (call) => call.info(reason)),
    }
  }
}
