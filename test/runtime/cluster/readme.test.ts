import { readFileSync } from 'node:fs'
import { join as joinPath } from 'node:path'
import { expect, test } from 'vitest'
import { petrel } from '../../cli/support/petrel.ts'
import { blocksOf } from '../../docs/blocks.ts'
import { ROOT } from '../../support/compiler.ts'
import { temporaryFolder } from '../../support/temp-folder.ts'
import { freePorts } from '../../../runtime/net/free-ports.ts'
import { until } from '../host/support/hosted.ts'
import { processesIn, running } from './support/running.ts'

/** The lines of the commands under a heading, up to the next heading, without what is said about them. */
function commandsUnder(heading: string): readonly string[] {
  const readme = readFileSync(joinPath(ROOT, 'README.md'), 'utf8')
  const [, chapter = ''] = readme.split(`${heading}\n`)
  return blocksOf(chapter.split(/\n##+ /)[0]!)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => code.trim().split('\n'))
    .map((line) => line.replace(/\s+#.*/, '').replace(/^npx petrel /, ''))
}

test('the chapter of the README on real processes goes as it says', { timeout: 60_000 }, async () => {
  const [up, ...others] = commandsUnder('## On real processes')
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

test('the chapter of the README on a ring goes as it says', { timeout: 120_000 }, async () => {
  const [up, join, ...requests] = commandsUnder('### A ring that anyone may join')
  const folder = temporaryFolder()
  const cluster = running(up!.split(' '), folder)
  for (const id of ['n1', 'n2', 'n3']) await cluster.says(new RegExp(`^${id} +is a member of the ring$`, 'm'))
  // Here other ports may be free than where it was written.
  const [, base] = await cluster.says(/^n1 +is up at 127\.0\.0\.1:(\d+)/m)
  const [free] = await freePorts(1)
  const here = (words: string): string =>
    words
      .replaceAll(/710(\d)/g, (_, last: string) => String(Number(base) - 1 + Number(last)))
      .replaceAll('8082', String(free))
  const joiner = running([...here(join!).split(' '), '--data', `${folder}/joiner`], folder)
  await joiner.says(/"msg":"ring settled"/)
  const answers: string[] = []
  for (const request of requests) {
    const [, body, url] = /^curl (?:-d '(.+)' |-X POST )?(http:\S+)$/.exec(here(request))!
    const method = request.includes('-d') || request.includes('-X POST') ? 'POST' : 'GET'
    const ask = (): Promise<Response> => fetch(url!, { method, ...(body === undefined ? {} : { body }) })
    // To be tried again: the ring has settled for who joined, and perhaps not yet for all others.
    let response = await ask()
    for (let tries = 0; response.status === 503 && tries < 20; tries++) response = await afterASecond(ask)
    answers.push(`${response.status} ${(await response.text()).trim()}`)
  }
  expect(answers).toEqual([
    '200 {}',
    expect.stringMatching(/^200 \{"value":"petrel",/),
    expect.stringMatching(/^200 \[(\{"timestamp":\d+,"type":"ADD"[^]*){4}\]$/),
    '200 {}',
  ])
  expect(await joiner.closed).toBe(0)
  await cluster.says(new RegExp(`has heard of REMOVE \\S+ http://127.0.0.1:${free}$`, 'm'))
})

async function afterASecond<Value>(work: () => Promise<Value>): Promise<Value> {
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  return work()
}
