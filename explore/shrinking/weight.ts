import type { Fault } from '../../sim/faults.ts'
import { operationCount, type RunPlan, type RunResult } from '../result.ts'

/**
 * What is left of a failure as one number, so that faults, operations, nodes and length are made smaller together: one
 * fault less is worth an operation more. A thing that chance decides weighs more than one that is certain, and things
 * that no report lists, such as a network that loses now and then, weigh as if it did.
 */
const FAULT = 1000
const OPERATION = 500
const BY_CHANCE = 500
const NODE = 60
const CLIENT = 20
const EVENT = 0.02

/** All but the length: what a rounder or shorter fault must not make worse. */
export function coarseWeight(plan: RunPlan, result: Pick<RunResult, 'operations'>): number {
  return planWeight(plan) + OPERATION * operationCount(result)
}

export function weightOf(plan: RunPlan, result: Pick<RunResult, 'operations' | 'events'>): number {
  return coarseWeight(plan, result) + EVENT * result.events
}

/** The least that a run of this plan can weigh, should none of its operations be asked. */
export function planWeight({ faults, forks = [], network, settings }: RunPlan): number {
  const noise = [network.loss > 0, network.duplication > 0, network.anyOrder === true].filter(Boolean).length
  return (
    FAULT * (faults.length + forks.length + noise) +
    BY_CHANCE * faults.filter(isChance).length +
    NODE * settings.nodes +
    CLIENT * settings.clients
  )
}

/** Whether it acts on some messages and not on others, as chance has it. */
export function isChance(fault: Fault): boolean {
  switch (fault.kind) {
    case 'loss':
    case 'duplication':
    case 'delay':
    case 'corruption':
      return fault.probability < 1
    case 'reordering':
      return true
    default:
      return false
  }
}
