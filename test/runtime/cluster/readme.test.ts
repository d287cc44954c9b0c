import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { petrel } from '../../cli/support/petrel.ts'
import { blocksOf } from '../../docs/blocks.ts'
import { ROOT } from '../../support/compiler.ts'
import { temporaryFolder } from '../../support/temp-folder.ts'
import { until } from '../host/support/hosted.ts'
import { processesIn, running } from './support/running.ts'

/** The lines of the chapter's commands, without what is said about them. */
function commandsOfChapter(): readonly string[] {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  const [, chapter = ''] = readme.split('## On real processes\n')
  return blocksOf(chapter.split('\n## ')[0]!)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => code.trim().split('\n'))
    .map((line) => line.replace(/\s+#.*/, '').replace(/^npx petrel /, ''))
}

test('the chapter of the README on real processes goes as it says', { timeout: 60_000 }, async () => {
  const [up, ...others] = commandsOfChapter()
  const folder = temporaryFolder()
  const cluster = running(up!.split(' '), folder)
  await cluster.says(/^n\d +leads in term \d+$/m)
  const said: string[] = []
  for (const command of others) {
    if (command.startsWith('kill')) {
      const leader = said.at(-1)!.split(' ')[0]!
      await until(() => processesIn(cluster.text()).has(leader))
      process.kill(processesIn(cluster.text()).get(leader)!, 'SIGKILL')
    } else {
      const { status, stdout, stderr } = petrel(folder, command.split(' '))
      expect([command, status, stderr]).toEqual([command, 0, ''])
      said.push(stdout)
    }
  }
  expect(said).toEqual([
    'ok\n',
    expect.stringMatching(/^n\d leads in term \d+\n$/),
    'petrel\n',
    expect.stringMatching(/^(n\d {2}.*\n){5}$/),
  ])
  await cluster.says(/^n\d +was killed \(SIGKILL\); starts again$/m)
})
