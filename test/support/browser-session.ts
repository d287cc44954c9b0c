import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { onTestFinished } from 'vitest'
import { browser, FLAGS } from '../cli/support/browser.ts'

/** Without them a browser asks its maker's servers for this and that. */
const QUIET = ['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

/** How long a browser that was asked to end may take. */
const PATIENCE_MS = 5_000

/** A page in a real browser, used as a person does: by keys and clicks. */
export interface BrowserPage {
  /** The value of an expression in the page; promises are waited for. */
  readonly evaluate: (expression: string) => Promise<unknown>
  readonly click: (selector: string) => Promise<void>
  /** In place of what the field holds. */
  readonly type: (selector: string, text: string) => Promise<void>
  readonly press: (key: string, code: number) => Promise<void>
  /** Errors, refused resources and what the console was told, so far. */
  readonly problems: readonly string[]
  /** What was asked of the network, so far. */
  readonly requested: readonly string[]
}

interface Reply {
  readonly id?: number
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: { readonly message: string }
}

type Send = (method: string, params?: object) => Promise<Readonly<Record<string, unknown>>>

/** Opens an address in a browser of its own, spoken to by the DevTools protocol over a pipe; gone when the test is. */
export async function openPage(url: string): Promise<BrowserPage> {
  const folder = mkdtempSync(join(tmpdir(), 'petrel-browser-'))
  const child = spawn(browser!, [...FLAGS, ...QUIET, `--user-data-dir=${folder}`, '--remote-debugging-pipe'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  })
  const closed = new Promise<void>((resolve) => void child.once('close', () => resolve()))
  const [problems, requested]: [string[], string[]] = [[], []]
  const send = conversation(child.stdio[3] as Writable, child.stdio[4] as Readable, ({ method = '', params = {} }) => {
    if (/exceptionThrown|consoleAPICalled|entryAdded|loadingFailed/.test(method)) problems.push(JSON.stringify(params))
    if (method === 'Network.requestWillBeSent') requested.push((params['request'] as { readonly url: string }).url)
  })
  onTestFinished(async () => {
    // Its helpers end with it where it is asked to end; a killed one leaves them writing for a moment.
    const killing = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), PATIENCE_MS)
    await Promise.allSettled([send('')('Browser.close'), closed])
    clearTimeout(killing)
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  })
  const { targetId } = await send('')('Target.createTarget', { url: 'about:blank' })
  const { sessionId } = await send('')('Target.attachToTarget', { targetId, flatten: true })
  const page = send(sessionId as string)
  for (const domain of ['Runtime', 'Log', 'Network', 'Page']) await page(`${domain}.enable`)
  await page('Page.navigate', { url })
  return { ...hands(page), problems, requested }
}

function hands(page: Send): Pick<BrowserPage, 'evaluate' | 'click' | 'type' | 'press'> {
  const evaluate = async (expression: string): Promise<unknown> => {
    const options = { expression, awaitPromise: true, returnByValue: true }
    const { result, exceptionDetails } = await page('Runtime.evaluate', options)
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`)
    return (result as { readonly value?: unknown }).value
  }
  const click = async (selector: string): Promise<void> => {
    const found = `document.querySelector(${JSON.stringify(selector)})`
    await evaluate(`${found}.scrollIntoView({ block: 'center', behavior: 'instant' })`)
    const box = `(({ left, top, width, height }) => [left + width / 2, top + height / 2])(${found}.getBoundingClientRect())`
    const [x, y] = (await evaluate(box)) as [number, number]
    for (const type of ['mousePressed', 'mouseReleased'])
      await page('Input.dispatchMouseEvent', { type, x, y, button: 'left', clickCount: 1 })
  }
  return {
    evaluate,
    click,
    type: async (selector, text) => {
      await click(selector)
      await evaluate(`document.querySelector(${JSON.stringify(selector)}).select()`)
      if (text === '')
        await page('Input.dispatchKeyEvent', { type: 'keyDown', key: 'Delete', windowsVirtualKeyCode: 46 })
      else await page('Input.insertText', { text })
    },
    press: async (key, code) => {
      for (const type of ['keyDown', 'keyUp'])
        await page('Input.dispatchKeyEvent', { type, key, windowsVirtualKeyCode: code })
    },
  }
}

/** Requests with their answers, and events, as JSON with a zero behind each. */
function conversation(input: Writable, output: Readable, onEvent: (event: Reply) => void): (session: string) => Send {
  const waiting = new Map<number, (reply: Reply) => void>()
  let lastId = 0
  let text = ''
  const gone = (): void => {
    for (const answer of waiting.values()) answer({ error: { message: 'the browser ended' } })
    waiting.clear()
  }
  input.on('error', gone)
  output.on('close', gone)
  output.setEncoding('utf8').on('data', (piece: string) => {
    const messages = (text + piece).split('\0')
    text = messages.pop()!
    for (const message of messages) {
      const reply = JSON.parse(message) as Reply
      if (reply.id === undefined) onEvent(reply)
      else waiting.get(reply.id)?.(reply)
    }
  })
  return (sessionId) => (method, params) =>
    new Promise((resolve, reject) => {
      const id = ++lastId
      waiting.set(id, ({ error, result = {} }) => {
        waiting.delete(id)
        if (error === undefined) resolve(result)
        else reject(new Error(`${method}: ${error.message}`))
      })
      input.write(`${JSON.stringify({ id, method, params, ...(sessionId === '' ? {} : { sessionId }) })}\0`)
    })
}
