import { writeFileSync } from 'node:fs'
import { check, dictionary, recordHistory, type DictionaryInput } from 'petrel/checks'
import { expect, test } from 'vitest'
import { Store } from './store.ts'

const CLIENTS = 8
const OPERATIONS = 60

/** What clients asked of a store, all at once, and what they were told. */
async function recorded(store: Store) {
  const recorder = recordHistory<DictionaryInput, unknown>({ now: () => performance.now() })
  const client = async (name: string) => {
    for (let count = 0; count < OPERATIONS; count++) {
      const key = `k${count % 3}`
      if (count % 4 === 0) {
        const call = recorder.invoke(name, { action: 'set', key, value: `${name}-${count}` })
        await store.set(key, `${name}-${count}`)
        call.ok()
      } else {
        const call = recorder.invoke(name, { action: 'get', key })
        call.ok(await store.get(key))
      }
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(`c${number}`)))
  const path = process.env['PETREL_RECORD']
  if (path !== undefined) writeFileSync(path, recorder.jsonl())
  return recorder.history
}

test('the store is a map', async () => {
  expect(check(await recorded(new Store()), dictionary).verdict).toBe('ok')
})

test('a cache that forgets late is found out', async () => {
  const verdict = check(await recorded(new Store({ forgetsLate: true })), dictionary)
  expect(verdict.verdict).toBe('violated')
})
