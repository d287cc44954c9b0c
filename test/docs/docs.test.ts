import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ROOT } from '../support/compiler.ts'
import { projectFiles } from '../tidy/source.ts'
import { blocksOf, commandsOf, infoFindings } from './blocks.ts'
import { compileFindings, createWorkspace, runFindings } from './workspace.ts'

/** Everything that is wrong with the code of a page. */
function check(markdown: string): readonly string[] {
  const blocks = blocksOf(markdown)
  if (blocks.length === 0) return []
  const workspace = createWorkspace(blocks)
  onTestFinished(workspace.remove)
  return [...infoFindings(markdown), ...compileFindings(workspace, blocks), ...runFindings(workspace, blocks)]
}

function page(...blocks: readonly (readonly [info: string, code: string])[]): string {
  return blocks.map(([info, code]) => `Some words.\n\n\`\`\`${info}\n${code}\n\`\`\`\n`).join('\n')
}

describe('the code in the documentation does what it says', () => {
  test.each(projectFiles(['README.md', 'docs'], /\.md$/))('%s', { timeout: 300_000 }, (path) => {
    expect(check(readFileSync(join(ROOT, path), 'utf8'))).toEqual([])
  })
})

describe('a page is found wrong', () => {
  test.each([
    ['where a block does not compile', page(['ts', "export const a: number = 'one'"]), /^line 4: error TS2322/],
    [
      'where a block imports what Petrel has not',
      page(['ts', "import { nothing } from 'petrel'\nnothing()"]),
      /^line 4: error TS2305/,
    ],
    ['where a block throws', page(['ts', "throw new Error('wet')"]), /^line 4: the block exits with 1[^]*wet/],
    [
      'where a block that should fail does not',
      page(['ts fails', 'export const a = 1']),
      /^line 4: the block exits with 0/,
    ],
    [
      'where a test fails',
      page(['ts', "import { expect, test } from 'vitest'\ntest('a', () => expect(1).toBe(2))"]),
      /^line 4: the block exits with 1/,
    ],
    [
      'where a command exits otherwise',
      page(['sh', 'npx petrel no-such-command']),
      /^line 4: petrel no-such-command exits with/,
    ],
    ['where a block has no language', page(['', 'a']), /a block is one of/],
    ['where an option is unknown', page(['ts norun', 'export {}']), /unknown option “norun”/],
  ])('%s', { timeout: 60_000 }, (_what, markdown, finding) => {
    expect(check(markdown).join('\n')).toMatch(finding)
  })
})

describe('a page is found right', () => {
  test('where blocks build on one another, and tests find what they should', { timeout: 60_000 }, () => {
    const markdown = page(
      ['ts one.ts', "import { DiskError } from 'petrel'\nexport const one: string = new DiskError('EIO', 'a').code"],
      ['ts', "import { one } from './one.ts'\nif (one !== 'EIO') throw new Error(one)"],
      ['ts no-run', "throw new Error('never')"],
      ['ts a.test.ts fails', "import { expect, test } from 'vitest'\ntest('a', () => expect(1).toBe(2))"],
      ['sh', 'npm install --save-dev petrel'],
      ['text', 'anything <here>'],
    )
    expect(check(markdown)).toEqual([])
  })
})

describe('commands', () => {
  test('are the lines that begin with petrel, with what they should exit with', () => {
    const [block] = blocksOf(
      page(['sh', '# first\ncd a\nnpx petrel run "a b" --seed 1   # exits 1: it finds the bug\n$ petrel list']),
    )
    expect(block && commandsOf(block)).toEqual([
      { argv: ['run', 'a b', '--seed', '1'], exits: 1, line: 6 },
      { argv: ['list'], exits: 0, line: 7 },
    ])
  })

  test('are made shorter by runs=', () => {
    const argv = (markdown: string): unknown =>
      blocksOf(markdown)
        .flatMap(commandsOf)
        .map((command) => command.argv.join(' '))
    expect(argv(page(['sh runs=5', 'petrel run a\npetrel run b --runs 1000 --seed 3']))).toEqual([
      'run a --runs 5',
      'run b --runs 5 --seed 3',
    ])
  })

  test('are left alone where the page says so, seen or unseen', () => {
    expect(blocksOf(page(['sh no-run', 'petrel run a'])).flatMap(commandsOf)).toEqual([])
    const hidden = blocksOf('<!-- sh no-run -->\n```sh\npetrel run a\n```\n')
    expect(hidden.flatMap(commandsOf)).toEqual([])
    expect(hidden[0]?.line).toBe(3)
  })
})
