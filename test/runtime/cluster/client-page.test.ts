import { describe, expect, onTestFinished, test } from 'vitest'
import { browser, hasBrowser } from '../../cli/support/browser.ts'
import { petrel } from '../../cli/support/petrel.ts'
import { openPage, type BrowserPage } from '../../support/browser-session.ts'
import { processesIn, running, setUpFolder, type Running } from './support/running.ts'

/** The client's page of a cluster, which is up where servers are asked for. */
async function served(
  servers: number,
  ...more: readonly string[]
): Promise<{ page: Running; url: string; up: Running }> {
  const folder = await setUpFolder(Math.max(1, servers))
  const up = running(servers > 0 ? ['up', 'raft-kv', '--directory', folder] : ['--version'])
  if (servers > 0) await up.says(/leads in term/)
  const page = running(['client', 'raft-kv', '--directory', folder, '--http', '0', ...more])
  // In good order: a killed one leaves its folder.
  onTestFinished(async () => {
    page.signal('SIGTERM')
    await page.closed
  })
  const [, url] = await page.says(/^raft-kv is at (http:\/\/127\.0\.0\.1:\d+\/) until Ctrl-C\.$/m)
  return { page, url: url!, up }
}

type Asked = readonly [status: number, document: unknown]

const api =
  (url: string) =>
  async (method: string, query: string, body?: unknown): Promise<Asked> => {
    const options = body === undefined ? { method } : { method, body: JSON.stringify(body) }
    const response = await fetch(`${url}api/${query}`, options)
    return [response.status, await response.json()]
  }

describe('the client by HTTP (RK-17)', () => {
  test('gets, sets, adds, compares and deletes, and says by status what came of it', async () => {
    const { page, url } = await served(3)
    const ask = api(url)
    const key = `value?key=${encodeURIComponent('../a b&/ü+')}`
    expect(await ask('GET', key)).toEqual([404, { outcome: 'no', value: null, error: 'there is nothing' }])
    expect(await ask('PUT', key, { value: 'v1' })).toEqual([200, { outcome: 'yes', previous: null }])
    expect(await ask('GET', key)).toEqual([200, { outcome: 'yes', value: 'v1' }])
    expect(await ask('PUT', key, { value: 'v2', expected: null })).toEqual([
      409,
      { outcome: 'no', previous: 'v1', error: 'no: the value is v1' },
    ])
    expect(await ask('PUT', key, { value: 'v2', expected: 'v1' })).toEqual([200, { outcome: 'yes', previous: 'v1' }])
    expect(await ask('DELETE', key)).toEqual([200, { outcome: 'yes', previous: 'v2' }])
    expect(await ask('GET', 'leader')).toEqual([
      200,
      { outcome: 'yes', leader: expect.any(String), term: expect.any(Number) },
    ])
    const [status, { servers }] = (await ask('GET', 'status')) as [number, { servers: readonly unknown[] }]
    expect([status, servers.length]).toEqual([200, 3])
    // Keys that a path could not hold.
    for (const odd of ['', '.', '..']) {
      expect((await ask('PUT', `value?key=${odd}`, { value: `"${odd}"` }))[0]).toBe(200)
      expect(await ask('GET', `value?key=${odd}`)).toEqual([200, { outcome: 'yes', value: `"${odd}"` }])
    }
    page.signal('SIGINT')
    expect(await page.closed).toBe(0)
  })

  test('refuses what is malformed, too long, or asked by the page of another site, each with a sentence', async () => {
    const { url } = await served(0)
    const ask = api(url)
    const refusal = async (...request: Parameters<typeof ask>): Promise<Asked> => {
      const [status, document] = await ask(...request)
      return [status, (document as { readonly error: string }).error]
    }
    expect(await refusal('GET', 'value')).toEqual([400, 'Name the key: /api/value?key=bird.'])
    expect(await refusal('GET', 'value?key=%ff')).toEqual([400, 'the query is no percent-encoded UTF-8'])
    expect(await refusal('GET', 'value?key=a&key=b')).toEqual([400, 'the query names key twice'])
    expect(await refusal('GET', `value?key=${'x'.repeat(257)}`)).toEqual([
      400,
      'A key may have at most 256 characters.',
    ])
    expect(await refusal('PUT', 'value?key=x', { value: 'x'.repeat(8_193) })).toEqual([
      400,
      'A value may have at most 8192 characters.',
    ])
    expect(await refusal('PUT', 'value?key=x', { value: 1 })).toEqual([
      400,
      expect.stringMatching(/^the body is not what is asked for: "value": [^\n]*$/),
    ])
    expect(await refusal('PUT', 'value?key=x', { value: 'x'.repeat(300_000) })).toEqual([
      413,
      expect.stringContaining('a body of at most'),
    ])
    expect(await refusal('POST', 'value?key=x')).toEqual([405, 'this path takes GET, PUT, DELETE'])
    const elsewhere = await fetch(`${url}api/value?key=x`, { headers: { origin: 'http://evil.example' } })
    expect(elsewhere.status).toBe(403)
  })

  test('a name that was made to lead here is refused, so that no page of another site passes for this one', async () => {
    const { url } = await served(0)
    const { port } = new URL(url)
    const { get } = await import('node:http')
    const statusUnder = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        get({ port, host: '127.0.0.1', path: '/', headers: { host } }, (answer) => {
          answer.resume()
          resolve(answer.statusCode)
        }).on('error', reject)
      })
    expect(await statusUnder(`evil.example:${port}`)).toBe(403)
    expect(await statusUnder(`localhost:${port}`)).toBe(200)
  })

  test('where no server answers a read was not done, and of a write nobody knows', async () => {
    const { url } = await served(0, '--timeout', '200ms')
    const ask = api(url)
    expect(await ask('GET', 'value?key=x')).toEqual([503, expect.objectContaining({ outcome: 'failed' })])
    const [status, document] = await ask('PUT', 'value?key=x', { value: '1' })
    expect([status, document]).toEqual([
      504,
      expect.objectContaining({ outcome: 'unknown', error: expect.stringContaining('it may have been done') }),
    ])
    expect(await ask('GET', 'leader')).toEqual([503, { outcome: 'no', leader: null, error: 'nobody leads' }])
    expect((await ask('GET', 'status'))[0]).toBe(200)
  })

  test('says which port it can not have, and what it wants to be told', async () => {
    const { url } = await served(0)
    const folder = await setUpFolder(1)
    const client = (...words: readonly string[]) =>
      petrel(folder, ['client', 'raft-kv', '--directory', folder, ...words])
    const { port } = new URL(url)
    expect(client('--http', port)).toMatchObject({
      status: 69,
      stderr: expect.stringContaining(`The page can't be at 127.0.0.1:${port}: another process does.`),
    })
    expect(client('--http', 'nowhere')).toMatchObject({ status: 64, stderr: expect.stringContaining('give a port') })
    expect(client('--http', '99999')).toMatchObject({ status: 64, stderr: expect.stringContaining('give a port') })
    expect(client('--http', '0', 'get', 'x')).toMatchObject({ status: 64, stderr: expect.stringContaining('leave') })
  })
})

const text = (page: BrowserPage, selector: string): Promise<unknown> =>
  page.evaluate(`document.querySelector(${JSON.stringify(selector)})?.textContent`)

/** Waits until the words at a place fit. */
async function shows(page: BrowserPage, selector: string, words: RegExp): Promise<void> {
  await expect.poll(() => text(page, selector), { timeout: 20_000 }).toMatch(words)
}

describe.skipIf(!hasBrowser)(`the client's page (RK-17), in ${browser}`, { timeout: 120_000 }, () => {
  test('shows who leads as it changes, and does what is asked by keys and clicks', async () => {
    const { url, up } = await served(3)
    const page = await openPage(url)
    await shows(page, '#state', /^n\d leads in term \d+\.$/)
    const leader = String(await text(page, '#state')).slice(0, 2)
    await page.type('#key', 'bird')
    await page.type('#value', 'petrel')
    await page.click('#set')
    await shows(page, '#asked li:first-child', /^set bird petrelok$/)
    await page.type('#key', 'bird')
    await page.press('Enter')
    await shows(page, '#asked li:first-child', /^get birdpetrel$/)
    await page.type('#value', 'gull')
    await page.type('#expected', 'fulmar')
    await page.click('#cas')
    await shows(page, '#asked li:first-child', /^cas bird fulmar gullno: the value is petrel$/)
    await page.click('#add')
    await shows(page, '#asked li:first-child output.no', /^no: the value is petrel$/)
    await page.click('#delete')
    await shows(page, '#asked li:first-child output.yes', /^ok$/)
    await page.click('#get')
    await shows(page, '#asked li:first-child output.no', /^there is nothing$/)
    process.kill(processesIn(up.text()).get(leader)!, 'SIGKILL')
    await shows(page, '#state', new RegExp(`^(?!${leader})n\\d leads in term \\d+\\.$`))
    expect(await page.evaluate('document.querySelectorAll("#servers tr").length')).toBe(3)
  })

  test('hostile keys and values stay words, and nothing is asked of anyone else', async () => {
    const { url } = await served(3)
    const page = await openPage(url)
    await shows(page, '#state', /leads in term/)
    const hostile = '<img src=x onerror="document.title=1"></script><script>document.title=1</script>'
    await page.type('#key', hostile)
    await page.type('#value', hostile)
    await page.click('#set')
    await shows(page, '#asked output.yes', /^ok$/)
    await page.click('#get')
    await shows(page, '#asked li:first-child output.yes', /^<img/)
    expect(await page.evaluate('[document.images.length, document.title]')).toEqual([0, 'raft-kv'])
    expect(page.problems).toEqual([])
    expect(page.requested.filter((asked) => !asked.startsWith(url) && !asked.startsWith('data:'))).toEqual([])
    // What got in all the same could run nothing: the policy of the page allows its own script alone.
    await page.evaluate(`document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(hostile)})`)
    await expect.poll(() => page.problems.join('\n')).toContain('Content Security Policy')
    expect(await page.evaluate('document.title')).toBe('raft-kv')
  })

  test('says what is not known, and that its own server is gone', async () => {
    const { page: server, url } = await served(0, '--timeout', '300ms')
    const page = await openPage(url)
    await shows(page, '#state', /^Only 0 of 1 servers answer: too few to serve anything\.$/)
    await page.type('#key', 'bird')
    await page.click('#get')
    await shows(page, '#asked li:first-child output.failed', /^not done: /)
    await page.click('#delete')
    await shows(page, '#asked li:first-child output.unknown', /: it may have been done, or be done yet$/)
    server.signal('SIGTERM')
    await server.closed
    await page.click('#set')
    await shows(page, '#asked li:first-child output.unknown', /^no answer came: it may have been done/)
    await page.click('#get')
    await shows(page, '#asked li:first-child output.failed', /^not read: no answer came$/)
    await shows(page, '#state', /^This page's own server does not answer\. What is below is from .+\.$/)
    expect(await text(page, '#servers tr')).toBe('n1does not answer')
  })
})
