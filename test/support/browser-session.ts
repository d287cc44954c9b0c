import { chromium } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { browser, FLAGS } from '../cli/support/browser.ts'

/** Without them a browser asks its maker's servers for this and that. */
const QUIET = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** How long what is to be clicked may take to be there. */
const PATIENCE_MS = 20_000

/** A page in a real browser, used as a person does: by keys and clicks. */
export interface BrowserPage {
  /** The value of an expression in the page; promises are waited for. */
  readonly evaluate: (expression: string) => Promise<unknown>
  readonly click: (selector: string) => Promise<void>
  /** In place of what the field holds. */
  readonly type: (selector: string, text: string) => Promise<void>
  readonly press: (key: string) => Promise<void>
  /** Errors, refused resources and what the console was told, so far. */
  readonly problems: readonly string[]
  /** What was asked of the network, so far. */
  readonly requested: readonly string[]
}

/** Opens an address in a headless browser of its own, which is gone when the test is. */
export async function openPage(url: string): Promise<BrowserPage> {
  const session = await chromium.launch({ executablePath: browser!, args: [...FLAGS, ...QUIET] })
  onTestFinished(() => session.close())
  const page = await session.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  const [problems, requested]: [string[], string[]] = [[], []]
  page.on('pageerror', ({ message }) => problems.push(message))
  page.on('console', (message) => problems.push(message.text()))
  page.on('requestfailed', (request) => problems.push(`${request.url()}: ${request.failure()?.errorText}`))
  page.on('request', (request) => requested.push(request.url()))
  await page.goto(url)
  return {
    evaluate: (expression) => page.evaluate(expression),
    click: (selector) => page.click(selector),
    type: async (selector, text) => {
      await page.click(selector)
      await page.keyboard.press('ControlOrMeta+A')
      if (text === '') await page.keyboard.press('Delete')
      else await page.keyboard.insertText(text)
    },
    press: (key) => page.keyboard.press(key),
    problems,
    requested,
  }
}
