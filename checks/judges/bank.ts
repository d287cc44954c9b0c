import { counted, finding, judgementOf } from './finding.ts'
import type { Finding } from './finding.ts'
import { hasAnswer } from '../history.ts'
import type { History, Operation } from '../history.ts'
import { asking } from './input.ts'
import { asProperty } from './judge.ts'
import type { Judgement, JudgeOptions } from './judge.ts'
import { inWords } from '../plain.ts'
import type { HistoryProperty } from '../property.ts'

export type BankInput =
  | { readonly action: 'transfer'; readonly from: unknown; readonly to: unknown; readonly amount: number }
  /** Answers the balances of all accounts at one moment: a Map, an object, or pairs of account and balance. */
  | { readonly action: 'read' }

export interface BankOptions extends JudgeOptions {
  /** What all balances make together; what the first read found, unless given. */
  readonly total?: number
  /** The accounts there are; those that the first read found, unless given. */
  readonly accounts?: readonly unknown[]
  /** True where a balance may be below zero. */
  readonly allowNegative?: boolean
}

const NAME = 'bank'

/**
 * Transfers move money between accounts, and reads see all accounts at once. Whatever was transferred, every read must
 * find the same total: else it was no snapshot, or a transfer was done by half, or twice. The breaches are those of
 * the `bank` workload of Jepsen.
 */
export function judgeBank(history: History<any, any>, options: BankOptions = {}): Judgement {
  const { name = NAME, allowNegative = false } = options
  const concerned = asking<BankInput>(history, 'transfer', 'read')
  const reads = concerned
    .filter((operation) => operation.input.action === 'read' && hasAnswer(operation))
    .map((operation): Reading => ({ operation, balances: balancesIn(operation.output) }))
  const good = reads.filter(({ balances }) => balances !== undefined)
  const first = good[0]
  const total = options.total ?? (first === undefined ? 0 : totalOf(first))
  const source = options.total === undefined ? first : undefined
  const accounts = options.accounts ?? [...(first?.balances?.keys() ?? [])]
  const wrong = good.filter((reading) => totalOf(reading) !== total)
  const negative = allowNegative ? [] : good.filter(({ balances }) => [...balances!.values()].some((sum) => sum < 0))
  const strange = good.filter(({ balances }) => accountsDiffer(accounts, balances!))
  const findings = [
    unreadable(reads.filter(({ balances }) => balances === undefined)),
    otherAccounts(strange, accounts),
    wrongTotal(wrong, total, source),
    belowZero(negative),
  ]
  return judgementOf(name, concerned.length, findings, [
    { name: 'reads', value: reads.length },
    { name: 'wrong total', value: wrong.length },
    { name: 'negative balance', value: negative.length },
  ])
}

/** The history property that every read of all accounts finds the same total. */
export function bank(options: BankOptions = {}): HistoryProperty {
  return asProperty(NAME, judgeBank, options, true)
}

interface Reading {
  readonly operation: Operation<BankInput>
  /** Undefined where the answer is none. */
  readonly balances: ReadonlyMap<unknown, number> | undefined
}

function balancesIn(answer: unknown): ReadonlyMap<unknown, number> | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined
  const pairs: readonly unknown[] =
    answer instanceof Map || Array.isArray(answer) ? [...answer] : Object.entries(answer)
  const isBalance = (pair: unknown): pair is [unknown, number] =>
    Array.isArray(pair) && pair.length === 2 && typeof pair[1] === 'number' && Number.isFinite(pair[1])
  return pairs.every(isBalance) ? new Map(pairs) : undefined
}

function totalOf({ balances }: Reading): number {
  return [...balances!.values()].reduce((sum, balance) => sum + balance, 0)
}

function accountsDiffer(accounts: readonly unknown[], balances: ReadonlyMap<unknown, number>): boolean {
  return accounts.length !== balances.size || !accounts.every((account) => balances.has(account))
}

function unreadable(readings: readonly Reading[]): Finding | undefined {
  const [reading] = readings
  if (reading === undefined) return undefined
  return finding([reading.operation], () => ({
    shape: 'no balances',
    summary: `${counted(readings.length, 'read')} answered something that is not a balance for each account`,
    because: [`T1 read ${inWords(reading.operation.output)}: a contradiction`],
  }))
}

function otherAccounts(readings: readonly Reading[], accounts: readonly unknown[]): Finding | undefined {
  const [reading] = readings
  if (reading === undefined) return undefined
  const found = [...reading.balances!.keys()]
  const missing = accounts.filter((account) => !reading.balances!.has(account))
  const extra = found.filter((account) => !accounts.includes(account))
  const because = [
    ...missing.map((account) => `T1 did not find the account ${inWords(account)}`),
    ...extra.map((account) => `T1 found an account ${inWords(account)} that does not exist`),
  ]
  return finding([reading.operation], () => ({
    shape: 'other accounts',
    summary: `${counted(readings.length, 'read')} found other accounts than there are`,
    because: because.map((sentence, place) =>
      place === because.length - 1 ? `${sentence}: a contradiction` : sentence,
    ),
  }))
}

function wrongTotal(readings: readonly Reading[], total: number, source: Reading | undefined): Finding | undefined {
  const [reading] = readings
  if (reading === undefined) return undefined
  const { operation } = reading
  return finding(source === undefined ? [operation] : [source.operation, operation], (name) => ({
    shape: 'wrong total',
    summary: `${counted(readings.length, 'read')} found another total than ${total}`,
    because: [
      source === undefined
        ? `All accounts together hold ${total} at any time`
        : `${name(source.operation)} found ${total} in all accounts together, and transfers change nothing about that`,
      `However ${name(operation)} found ${totalOf(reading)}: a contradiction`,
    ],
  }))
}

function belowZero(readings: readonly Reading[]): Finding | undefined {
  const [reading] = readings
  if (reading === undefined) return undefined
  const [account, balance] = [...reading.balances!].find(([, sum]) => sum < 0)!
  return finding([reading.operation], () => ({
    shape: 'negative balance',
    summary: `${counted(readings.length, 'read')} found a balance below zero`,
    because: [`T1 found ${balance} on the account ${inWords(account)}, which may not fall below zero: a contradiction`],
  }))
}
