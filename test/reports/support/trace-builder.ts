import type { TraceEvent, TraceKind, TraceNote } from '../../../sim/trace.ts'

type Extra = Partial<Omit<TraceEvent, 'number' | 'atUs' | 'kind' | 'notes'>> & { readonly notes?: readonly TraceNote[] }

/** Writes a trace by hand: events are numbered as they come, times are in milliseconds. */
export class TraceBuilder {
  readonly events: TraceEvent[] = []

  add(atMs: number, kind: TraceKind, extra: Extra = {}): number {
    const number = this.events.length + 1
    this.events.push({ label: '', cause: 0, notes: [], ...extra, number, atUs: Math.round(atMs * 1000), kind })
    return number
  }

  start(atMs: number, node: string): number {
    return this.add(atMs, 'start', { node, label: 'start' })
  }

  timer(atMs: number, node: string, label: string, cause = 0, notes: readonly TraceNote[] = []): number {
    return this.add(atMs, 'timer', { node, label, cause, notes })
  }

  deliver(
    atMs: number,
    peer: string,
    node: string,
    label: string,
    cause: number,
    notes: readonly TraceNote[] = [],
  ): number {
    return this.add(atMs, 'deliver', { node, peer, label, cause, notes })
  }

  drop(atMs: number, peer: string, node: string, label: string, cause: number, fault: number, reason: string): number {
    return this.add(atMs, 'drop', { node, peer, label, cause, fault, reason })
  }

  invoke(atMs: number, node: string, operation: number, body: unknown, cause = 0): number {
    return this.add(atMs, 'invoke', { node, operation, body, cause, label: 'invoke' })
  }

  return(atMs: number, node: string, operation: number, body: unknown, cause: number, reason = 'ok'): number {
    return this.add(atMs, 'return', { node, operation, body, cause, reason, label: 'return' })
  }
}
