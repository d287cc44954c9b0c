import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { History } from '../checks/history.ts'
import { readHistory } from '../checks/formats/read-history.ts'
import { casRegister } from '../checks/models/cas-register.ts'
import { kv } from '../checks/models/kv.ts'
import type { Model } from '../checks/model.ts'
import { UsageError } from '../explore/usage-error.ts'
import type { Figure } from '../reports/json.ts'
import { timedCheck } from './timed-check.ts'

/**
 * Recorded histories, each judged once and cold: `etcd/*.log` together, `kv/*.txt` each by itself. The verdicts are
 * counted, and beside them, as `-evidence`, what the orders and cores take when they are looked at. Reading and parsing
 * are not.
 */
export function linearizableFigures(folder: string): readonly Figure[] {
  const etcd = readAll(join(folder, 'etcd'), '.log', (text) => readHistory(text, 'cas-register'))
  const maps = readAll(join(folder, 'kv'), '.txt', (text) => readHistory(text, 'kv'))
  if (etcd.length + maps.length === 0) {
    throw new UsageError('no-histories', `--histories ${folder}: there must be etcd/*.log or kv/*.txt in it.`)
  }
  return [
    ...figuresOf('linearizable-etcd', `ms for ${etcd.length} logs`, etcd, casRegister),
    ...maps.flatMap((map) => figuresOf(`linearizable-${map.name}`, 'ms', [map], kv)),
  ]
}

function figuresOf<State, Input>(
  name: string,
  unit: string,
  recorded: readonly { readonly history: History<Input, unknown> }[],
  model: Model<State, Input, unknown>,
): readonly Figure[] {
  let [verdictMs, evidenceMs] = [0, 0]
  for (const { history } of recorded) {
    const judged = timedCheck(history, model)
    verdictMs += judged.verdictMs
    evidenceMs += judged.evidenceMs
  }
  return [
    { name, value: verdictMs, unit },
    { name: `${name}-evidence`, value: evidenceMs, unit },
  ]
}

function readAll<Input>(
  folder: string,
  ending: string,
  parse: (text: string) => History<Input, unknown>,
): readonly { readonly name: string; readonly history: History<Input, unknown> }[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file) => ({ name: file.slice(0, -ending.length), history: parse(readFileSync(join(folder, file), 'utf8')) }))
}
