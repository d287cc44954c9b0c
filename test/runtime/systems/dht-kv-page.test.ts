import { describe, expect, test } from 'vitest'
import { browser, hasBrowser } from '../../cli/support/browser.ts'
import { openPage, type BrowserPage } from '../../support/browser-session.ts'
import { joined, ring, type RingNode } from './support/ring.ts'

const text = (page: BrowserPage, selector: string): Promise<unknown> =>
  page.evaluate(`document.querySelector(${JSON.stringify(selector)})?.textContent`)

const count = (page: BrowserPage, selector: string): Promise<unknown> =>
  page.evaluate(`document.querySelectorAll(${JSON.stringify(selector)}).length`)

/** Waits until the words at a place fit. */
async function shows(page: BrowserPage, selector: string, words: RegExp): Promise<void> {
  await expect.poll(() => text(page, selector), { timeout: 20_000 }).toMatch(words)
}

async function has(page: BrowserPage, selector: string, number: number): Promise<void> {
  await expect.poll(() => count(page, selector), { timeout: 20_000 }).toBe(number)
}

async function put(node: RingNode, key: string, value: string): Promise<void> {
  expect(await node.post({ type: 'PUT', key, value })).toEqual([200, {}])
}

describe.skipIf(!hasBrowser)(`the page of a node (DH-9), in ${browser}`, { timeout: 120_000 }, () => {
  test('shows the ring, what the node holds and what has happened, as they change', async () => {
    const [one, two] = await ring(2, { tokens: 3 })
    const page = await openPage(`${one!.url}/ui`)
    const { name } = one!.state().identity
    await shows(page, '#state', new RegExp(`^${name}, one of 2 at ${one!.url}\\.$`))
    expect(await page.evaluate('document.title')).toBe(`${name} · ring`)
    expect([await count(page, '#ring path'), await count(page, '#ring circle')]).toEqual([6, 6])
    expect(await page.evaluate("document.querySelector('#ring path').getTotalLength() > 1")).toBe(true)
    expect(await count(page, '#events tr')).toBe(2)
    const hrefs = "[...document.querySelectorAll('#members a')].map(({ href }) => href).sort()"
    expect(await page.evaluate(hrefs)).toEqual([`${one!.url}/ui`, `${two!.url}/ui`].sort())
    const shares =
      "[...document.querySelectorAll('#members td:nth-child(5)')].map((cell) => parseFloat(cell.textContent))"
    const [share, other] = (await page.evaluate(shares)) as readonly [number, number]
    expect(share + other).toBeCloseTo(100, 0)

    expect(await page.evaluate("document.getElementById('none').hidden")).toBe(false)
    await put(two!, 'bird', 'petrel')
    await shows(page, '#items tr', /^birdpetrel[0-9a-f]{12}$/)
    expect([await count(page, '#ring line'), await page.evaluate("document.getElementById('none').hidden")]).toEqual([
      1,
      true,
    ])
    await put(two!, 'bird', 'gull')
    await shows(page, '#items tr', /^birdgull/)

    const three = await joined(one!, { tokens: 3 })
    await shows(page, '#state', /one of 3 at/)
    await has(page, '#members tr', 3)
    await shows(page, '#events tr:first-child', new RegExp(`ADD.*${three.state().identity.name}`))
    expect([await count(page, '#ring path'), await count(page, '#ring circle')]).toEqual([9, 9])

    expect(await three.post(undefined, '/shutdown')).toEqual([200, {}])
    await has(page, '#members tr', 2)
    expect(await two!.post(undefined, '/shutdown')).toEqual([200, {}])
    await has(page, '#members tr', 1)
    await shows(page, '#events tr:first-child', /REMOVE/)
    await shows(page, '#state', /one of 1 at/)
    expect(page.problems).toEqual([])
    await one!.node.stop()
    await shows(page, '#state', /^This node does not answer\. What is below is from .+\.$/)
    expect(await text(page, '#items tr')).toMatch(/^birdgull/)
  })

  test('a silent node is marked, and goes through items a hundred at a time', async () => {
    const [one, two] = await ring(2)
    for (let key = 0; key < 130; key++) await put(one!, `key ${key}`, 'v')
    const page = await openPage(`${one!.url}/ui`)
    await has(page, '#items tr', 100)
    await page.click('#next')
    await has(page, '#items tr', 30)
    await page.click('#first')
    await has(page, '#items tr', 100)
    await two!.node.kill()
    await shows(page, '#state', /1 of them is silent\.$/)
    expect(await text(page, '#members')).toContain('silent')
  })

  test('hostile keys, values and addresses stay words, and nothing is asked of anyone else', async () => {
    const [one] = await ring(1)
    const hostile = '<img src=x onerror="document.title=1"></td></script><script>document.title=1</script>'
    await put(one!, hostile, hostile)
    await put(one!, 'x'.repeat(100_000), '\u202e\ud83d')
    const [event] = (await one!.look('/events')) as readonly object[]
    const added = { ...event, type: 'ADD', nodeId: 'e', name: 'Dodo', uri: 'http://127.0.0.1:9' }
    expect(await one!.post({ ...added, uri: 'javascript:document.title=1' }, '/events')).toEqual([
      400,
      expect.anything(),
    ])
    expect(await one!.post({ ...added, name: hostile }, '/events')).toEqual([400, expect.anything()])
    const page = await openPage(`${one!.url}/ui`)
    await has(page, '#items tr', 2)
    expect(await text(page, '#items')).toContain(hostile)
    expect(await text(page, '#items')).toContain('… (100000 characters)')
    expect(await page.evaluate('[document.images.length, document.scripts.length]')).toEqual([0, 1])
    const { name } = one!.state().identity
    expect(await page.evaluate('document.title')).toBe(`${name} · ring`)
    expect(page.problems).toEqual([])
    const elsewhere = (asked: string): boolean => !asked.startsWith(one!.url) && !asked.startsWith('data:')
    expect(page.requested.filter(elsewhere)).toEqual([])
    // What got in all the same could run nothing: the policy of the page allows its own script alone.
    await page.evaluate(`document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(hostile)})`)
    await expect.poll(() => page.problems.join('\n')).toContain('Content Security Policy')
    expect(await page.evaluate('document.title')).toBe(`${name} · ring`)
  })
})
