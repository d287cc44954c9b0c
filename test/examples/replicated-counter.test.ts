import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../support/compiler.ts'
import { temporaryFolder } from '../support/temp-folder.ts'

const EXAMPLE = join(ROOT, 'examples', 'replicated-counter')
const VITEST = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')
const PETREL = join(ROOT, 'dist', 'cli.js')

interface Outcome {
  readonly exit: number | null
  readonly output: string
}

function run(
  folder: string,
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Outcome {
  const { VITEST: _inside, ...inherited } = process.env
  const env = { ...inherited, NO_COLOR: '1', LANG: 'C.UTF-8', ...environment }
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env,
  })
  return { exit: status, output: stdout + stderr }
}

/** A project of a user's own, with the example in it, in which the bug is not expected. */
function userProject(): string {
  const folder = temporaryFolder({ 'package.json': '{ "name": "shop", "type": "module" }' })
  const files = ['counter.ts', 'scenario.ts', 'petrel.config.ts']
  for (const file of files) cpSync(join(EXAMPLE, file), join(folder, file))
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(ROOT, join(folder, 'node_modules', 'petrel'))
  symlinkSync(join(ROOT, 'node_modules', 'vitest'), join(folder, 'node_modules', 'vitest'))
  writeFileSync(
    join(folder, 'shop.test.ts'),
    `import { simulationTest } from 'petrel/vitest'
import { replicatedCounter } from './scenario.ts'

simulationTest('adds are kept', replicatedCounter, { bug: 'answers-early' })
`,
  )
  return folder
}

describe('the replicated counter', { timeout: 120_000 }, () => {
  test('passes its own tests: the ordinary ones with the bug too, and the simulation finds it', () => {
    const { exit, output } = run(EXAMPLE, VITEST, ['run', '--reporter=verbose'])
    expect(output).toMatch(/a counter that answers early: true > keeps its value when a node is restarted/)
    expect(output).toMatch(/✓ simulation\.test\.ts > the scenario finds the counter that answers early/)
    expect(output).toMatch(/Tests {2}8 passed/)
    expect(exit).toBe(0)
  })

  test('is swept by the command line in its folder', () => {
    expect(run(EXAMPLE, PETREL, ['run', '--runs', '30']).exit).toBe(0)
    expect(run(EXAMPLE, PETREL, ['run', '--runs', '30', '--bug', 'answers-early', '--no-shrink']).exit).toBe(1)
  })

  test('fails a user’s test with the place, the contradiction and a line that replays it, and again for its seed', () => {
    const folder = userProject()
    const { exit, output } = run(folder, VITEST, ['run'])
    expect(exit).toBe(1)
    expect(output).toContain('no acknowledged add is lost does not hold')
    expect(output).toMatch(/T1 {2}c\d.* add -> ok/)
    expect(output).toMatch(/power loss of n\d/)
    expect(output).toContain('❯ shop.test.ts:4:1')

    const token = /v1\.replicated-counter\.[0-9a-f]+\.[\w-]+/.exec(output)![0]
    const replay = run(folder, PETREL, ['replay', token])
    expect(replay.output).toContain('no acknowledged add is lost')
    expect(replay.output).not.toContain('other code')
    expect(replay.exit).toBe(1)

    const seed = /PETREL_SEED=(0x[0-9a-f]+) npx vitest run shop\.test\.ts/.exec(output)![1]!
    const again = run(folder, VITEST, ['run'], { PETREL_SEED: seed })
    expect(again.exit).toBe(1)
    expect(again.output).toContain(`seed ${seed}  run 1/1`)
  })
})
