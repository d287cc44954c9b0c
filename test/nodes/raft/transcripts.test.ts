import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, test } from 'vitest'
import { expectTranscript, titleOf } from '../../support/transcript.ts'
import { RaftTranscript } from '../support/raft-transcript.ts'

const folder = fileURLToPath(new URL('transcripts', import.meta.url))

describe('transcripts of Raft', () => {
  for (const file of readdirSync(folder).sort()) {
    const path = `${folder}/${file}`
    test(`${file}: ${titleOf(path)}`, () => {
      const raft = new RaftTranscript()
      expectTranscript(path, (command) => raft.interpret(command))
    })
  }
})
