import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, isAbsolute, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

/** The path of a browser of this machine, where there is one. */
export const browser = [process.env['PETREL_TEST_BROWSER'], ...NAMES]
  .flatMap((name) => (name === undefined ? [] : placesOf(name)))
  .find((path) => spawnSync(path, ['--version']).status === 0)

/** Where a command of this name may be. */
function placesOf(name: string): readonly string[] {
  const folders = isAbsolute(name) ? [''] : (process.env['PATH'] ?? '').split(delimiter)
  return folders.map((folder) => join(folder, name)).filter(existsSync)
}

/** Where there is none the tests that need one are left out, unless services are required: then that is a failure. */
export const hasBrowser = browser !== undefined
if (!hasBrowser) process.stderr.write(`There is none of ${NAMES.join(', ')}: the tests of pages are left out.\n`)
test.runIf(process.env['PETREL_REQUIRE_SERVICES'] === '1')('a browser is there, since services are required', () => {
  expect(hasBrowser).toBe(true)
})

export const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--window-size=1200,800']

/**
 * Opens a page without a network, does what a script says, and gives what the script answers. The script is the body
 * of a function in the page, with a few words of its own: `press(key)`, `click(text)`, `type(text)`, `point(x, y, kind)`,
 * `text(id)` and `colours()`, how often each colour is in the lanes. The page draws at once, and not with the next frame,
 * so that nothing has to be waited for.
 */
export function inBrowser(page: string, script: string): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'petrel-page-'))
  try {
    const path = join(folder, 'page.html')
    const html = readFileSync(page, 'utf8')
    writeFileSync(
      path,
      html.replace('<title>', `<script>${GUARD}</script><title>`) + `<script>${words(script)}</script>`,
    )
    const arguments_ = [...FLAGS, `--user-data-dir=${folder}`, '--dump-dom', pathToFileURL(path).href]
    const { stdout } = spawnSync(browser!, arguments_, { encoding: 'utf8', timeout: 100_000, maxBuffer: 1 << 26 })
    const answer = /<pre id="answer">(.*?)<\/pre>/s.exec(stdout)?.[1]
    if (answer === undefined) throw new Error(`the page did not answer: ${stdout.slice(0, 2000)}`)
    return JSON.parse(decodeURIComponent(answer))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What goes wrong in the page is what it answers. */
const GUARD = `
window.requestAnimationFrame = (work) => (work(), 0)
window.problems = []
addEventListener('error', (event) => problems.push(String(event.message)))
addEventListener('securitypolicyviolation', (event) => problems.push(event.violatedDirective + ' ' + event.blockedURI))
`

function words(script: string): string {
  return `
const surface = document.getElementById('lanes')
const press = (key) => surface.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
const text = (id) => document.getElementById(id).textContent
const click = (words) => [...document.querySelectorAll('button')].find((b) => b.textContent.includes(words)).click()
const type = (words) => {
  document.getElementById('search').value = words
  document.getElementById('search').dispatchEvent(new Event('input'))
}
const colours = () => {
  const { data } = surface.getContext('2d').getImageData(0, 0, surface.width, surface.height)
  const counts = {}
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] !== 255) continue
    const colour = '#' + [0, 1, 2].map((part) => data[at + part].toString(16).padStart(2, '0')).join('')
    counts[colour] = (counts[colour] ?? 0) + 1
  }
  return counts
}
const point = (x, y, kind) => {
  const { left, top } = surface.getBoundingClientRect()
  const at = { clientX: left + x, clientY: top + y, bubbles: true, pointerId: 1 }
  surface.dispatchEvent(new PointerEvent(kind, at))
}
surface.setPointerCapture = () => undefined
let value
try { value = (() => { ${script} })() } catch (error) { problems.push(String(error)) }
const answer = document.createElement('pre')
answer.id = 'answer'
answer.textContent = encodeURIComponent(JSON.stringify({ value, problems }))
document.getElementById('data').remove()
document.body.append(answer)
`
}
