import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ROOT } from '../support/compiler.ts'

test(
  'the ring grows, moves its keys and shrinks, as the design says step by step (DH-1, DH-2, DH-3, DH-4, DH-5, DH-6, DH-7, DH-8)',
  {
    timeout: 240_000,
  },
  async () => {
    const example = spawn(process.execPath, ['example.mjs'], { cwd: join(ROOT, 'examples', 'growing-ring') })
    let text = ''
    for (const output of [example.stdout, example.stderr]) output.on('data', (piece: Buffer) => (text += String(piece)))
    const closed = new Promise<number | null>((resolve) => void example.once('close', resolve))
    onTestFinished(async () => {
      example.kill('SIGKILL')
      await closed
    })
    expect([await closed, text]).toEqual([
      0,
      expect.stringMatching(/^The first node founds[^]*All went as it should\.\n$/),
    ])
    expect(text).toMatch(/The log of the first: New event received: ADD \w+ http:\/\/127\.0\.0\.1:\d+/)
    expect(text).toMatch(/of 20 keys moved/)
  },
)
