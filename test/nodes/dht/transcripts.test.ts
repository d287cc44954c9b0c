import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, test } from 'vitest'
import { expectTranscript, titleOf } from '../../support/transcript.ts'
import { DhtTranscript } from '../support/dht-transcript.ts'

const folder = fileURLToPath(new URL('transcripts', import.meta.url))

describe('transcripts of the hash table', () => {
  for (const file of readdirSync(folder).sort()) {
    const path = `${folder}/${file}`
    test(`${file}: ${titleOf(path)}`, () => {
      const table = new DhtTranscript()
      expectTranscript(path, (command) => table.interpret(command))
    })
  }
})
