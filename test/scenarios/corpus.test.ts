import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadCatalogue } from '../../runtime/catalogue.ts'
import { keptRun } from '../../runtime/commands/corpus.ts'
import { readCorpus } from '../../runtime/corpus-file.ts'
import { ROOT } from '../support/compiler.ts'

/** Runs that once showed something wrong with our own machines: `petrel corpus add TOKEN --why …` adds one. */
const path = join(ROOT, 'petrel.corpus.jsonl')

describe('the corpus of our own machines', () => {
  for (const line of readCorpus(path)) {
    test(`line ${line.line}, ${line.entry.scenario}: ${line.entry.why}`, async () => {
      const { outcome, result } = keptRun(await loadCatalogue(undefined), path, line)
      expect({ outcome, violations: result.violations, events: result.events }).toMatchObject({
        outcome: 'as expected',
      })
    })
  }
})
