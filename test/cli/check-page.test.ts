import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/temp-folder.ts'
import { hasBrowser, inBrowser } from './support/browser.ts'
import { petrel } from './support/petrel.ts'

const line = (fields: object) => `${JSON.stringify(fields)}\n`
const call = (process: string, input: object, output: unknown, invoked: number, returned: number) =>
  line({ type: 'ok', process, input, output, invoked, returned })

/** A stale read of x by carol, an open write of y, and strings that try to get out of the page. */
const HOSTILE = '</script><img src=x onerror="problems.push(1)">\u2028<!--'
const STALE =
  call('alice', { action: 'set', key: 'x', value: 1 }, null, 0, 1000) +
  call('alice', { action: 'set', key: 'x', value: 2 }, null, 2000, 3000) +
  call('bob', { action: 'get', key: 'x' }, 2, 4000, 5000) +
  call('carol', { action: 'get', key: 'x' }, 1, 6000, 7000) +
  call(HOSTILE, { action: 'set', key: HOSTILE, value: HOSTILE }, null, 0, 9000) +
  line({ type: 'info', process: 'dora', input: { action: 'set', key: 'y', value: 3 }, error: HOSTILE, invoked: 500 })

function pageOf(files: Readonly<Record<string, string>>, model: string): string {
  const folder = temporaryFolder(files)
  petrel(folder, ['check', ...Object.keys(files), '--model', model, '--html', 'page.html'])
  return join(folder, 'page.html')
}

/** What a script in the page answered, where nothing went wrong in it. */
function ask(page: string, script: string): unknown {
  const { value, problems } = inBrowser(page, script) as { readonly value: unknown; readonly problems: unknown }
  expect(problems).toEqual([])
  return value
}

test('a page needs nothing but itself', () => {
  const html = readFileSync(pageOf({ 'stale.jsonl': STALE }, 'dictionary'), 'utf8')
  expect(html).not.toMatch(/<(?:link|img|iframe)\b|\bimport\b *[('"]|https?:/)
  expect(html.match(/<\/script>/g)).toHaveLength(2)
  expect(html).toContain("default-src 'none'")
})

describe.skipIf(!hasBrowser)('the page of a timeline', { timeout: 120_000 }, () => {
  test('says what is wrong, shows it, and goes where one clicks; hostile strings stay strings', () => {
    const page = pageOf({ 'stale.jsonl': STALE }, 'dictionary')
    const answer = ask(
      page,
      `const before = colours()
       const told = [text('verdict'), text('name'), text('because'), document.getElementById('key').value]
       click('T3')
       const third = text('selected')
       type('set y')
       press('n')
       const searched = [text('matches'), text('selected')]
       return { before, told, third, searched, images: document.images.length }`,
    ) as { before: Readonly<Record<string, number>>; told: string[]; third: string; searched: string[]; images: number }
    expect(answer.told.slice(0, 2)).toEqual(['FAIL', 'stale.jsonl as dictionary'])
    expect(answer.told[2]).toContain('a contradiction')
    expect(answer.third).toMatch(/^T3, process carol: read x -> 1 · ok · key x · from 6\.000000 s to 7\.000000 s$/)
    expect(answer.searched).toEqual(['0 found', answer.third])
    expect(answer.images).toBe(0)
    // The colours of operations in conflict, and of others.
    expect(answer.before['#7aa7e8']).toBeGreaterThan(100)
    expect(answer.before['#b9c7d8']).toBeGreaterThan(100)
  })

  test('goes through operations by keys, and over all keys with a search', () => {
    const page = pageOf({ 'stale.jsonl': STALE }, 'dictionary')
    expect(
      ask(
        page,
        `const key = document.getElementById('key')
         key.value = '-1'
         key.dispatchEvent(new Event('change'))
         type('write y')
         press('n')
         const open = [text('matches'), text('selected')]
         type('')
         click('T1')
         press('ArrowRight')
         const next = text('selected')
         press('ArrowDown')
         press('+'); press('-'); press('Home')
         const { width } = surface.getBoundingClientRect()
         const begin = 120 + (width - 120) * 0.5 / 1.12
         for (let lane = 0; lane < 5; lane++) {
           point(begin, 28 + 24 * lane + 12, 'pointermove')
           if (text('tip').includes('carol')) break
         }
         return { open, next, below: text('selected'), tip: text('tip') }`,
      ),
    ).toEqual({
      open: [
        '1 found',
        expect.stringMatching(/^process dora: write y=3 \(.*nobody knows whether it took effect · key y/s),
      ],
      next: expect.stringMatching(/^T2, process alice: write x=2/),
      below: expect.stringMatching(/^(?:T3, )?process (?:bob|carol)/),
      tip: expect.any(String),
    })
  })

  test('of a good history shows an order that explains it; of several files the one that is chosen', () => {
    const good =
      call('a', { action: 'set', key: 'x', value: 1 }, null, 0, 10) + call('b', { action: 'get', key: 'x' }, 1, 5, 20)
    const page = pageOf({ 'good.jsonl': good, 'stale.jsonl': STALE }, 'dictionary')
    const answer = ask(
      page,
      `const first = text('name')
       const file = document.getElementById('file')
       file.value = '0'
       file.dispatchEvent(new Event('change'))
       return { first, second: text('name'), verdict: text('verdict'), points: colours()['#14315c'] ?? 0 }`,
    )
    expect(answer).toMatchObject({
      first: 'stale.jsonl as dictionary',
      second: 'good.jsonl as dictionary',
      verdict: 'PASS',
    })
    expect((answer as { points: number }).points).toBeGreaterThan(10)
  })

  test('of thirty thousand operations is searched and drawn as any other', () => {
    let many = ''
    for (let at = 0; at < 30_000; at++) {
      many += call(`p${at % 20}`, { action: 'set', key: `k${at % 7}`, value: at }, null, at, at + 15)
    }
    const page = pageOf({ 'many.jsonl': many }, 'dictionary')
    const answer = ask(
      page,
      `const all = colours()['#b9c7d8'] ?? 0
       type('=29998')
       press('n')
       press('+')
       const one = text('matches')
       const selected = text('selected').slice(0, 36)
       type('write')
       return { all, told: [text('about').slice(0, 17), one, text('matches'), selected] }`,
    ) as { all: number; told: readonly string[] }
    expect(answer.all).toBeGreaterThan(10_000)
    expect(answer.told).toEqual([
      '30,000 operations',
      '1 found',
      '30,000 found',
      'process p18: write k3=29998 · ok · k',
    ])
  })
})
