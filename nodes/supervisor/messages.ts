import { z } from 'zod'
import type { Protocol, Schema } from '../../sim/protocol.ts'

/**
 * What machines say to the supervisor of processes, and what it says to them. It is a peer like any other: in
 * production a service of the machine's own process, in simulation a machine that plays it.
 */
export type SupervisorMessage = StartProcess | StopProcess | ProcessChanged

/** Start what the supervisor knows under this name, and keep it running. */
export interface StartProcess {
  readonly type: 'StartProcess'
  readonly name: string
}

export interface StopProcess {
  readonly type: 'StopProcess'
  readonly name: string
}

export const PROCESS_STATUSES = ['running', 'restarting', 'stopped', 'given up', 'unknown'] as const

/**
 * `running`, `stopped`: as asked. `restarting`: it ended and is started again in a while. `given up`: it ended too often.
 * `unknown`: there is no such process to start.
 */
export type ProcessStatus = (typeof PROCESS_STATUSES)[number]

export interface ProcessChanged {
  readonly type: 'ProcessChanged'
  readonly name: string
  readonly status: ProcessStatus
  /** Counts the starts of this name. */
  readonly starts: number
  /** Why, where it ended: `exit code 1`, `signal SIGKILL`. */
  readonly reason: string | null
}

const name = z.string().min(1).max(128)

/** To be part of the protocol of a machine that has a supervisor. It never touches a wire. */
export const supervisorProtocol: Protocol<SupervisorMessage> = {
  StartProcess: {
    transport: 'stream',
    schema: z.strictObject({ type: z.literal('StartProcess'), name }) satisfies Schema<StartProcess>,
  },
  StopProcess: {
    transport: 'stream',
    schema: z.strictObject({ type: z.literal('StopProcess'), name }) satisfies Schema<StopProcess>,
  },
  ProcessChanged: {
    transport: 'stream',
    schema: z.strictObject({
      type: z.literal('ProcessChanged'),
      name,
      status: z.enum(PROCESS_STATUSES),
      starts: z.int().nonnegative(),
      reason: z.string().nullable(),
    }) satisfies Schema<ProcessChanged>,
  },
}
