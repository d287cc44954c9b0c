import { embeddedPage } from '../../http/embedded-page.ts'
import type { HttpPage } from '../../http/routes.ts'
import { DictionaryPage } from './page.ts'

const STYLE = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1c2024; --muted: #60646c; --line: #e4e6ea; --panel: #f6f7f9;
  --yes: #2a7e3b; --no: #60646c; --failed: #c62a2f; --unknown: #976200 }
@media (prefers-color-scheme: dark) { :root { --paper: #15171a; --ink: #edeef0; --muted: #a0a5ad; --line: #2b2f35;
  --panel: #1d2024; --yes: #63c174; --no: #a0a5ad; --failed: #ff8b7f; --unknown: #f1a10d } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 60rem; padding: 1rem 1.2rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif }
h1 { font-size: 1.3rem; margin: 0 } h2 { font-size: 1rem; margin: 1.4rem 0 .3rem }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .15rem .6rem .15rem 0; border-bottom: 1px solid var(--line); font-weight: normal }
tr.leader > * { font-weight: bold } tr.silent { color: var(--failed) } thead { color: var(--muted) }
.fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: .5rem; margin: .3rem 0 .6rem }
label { display: block; color: var(--muted) }
input, button { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--line);
  border-radius: 5px; padding: .25rem .6rem } input { width: 100% } button { margin-right: .3rem }
:focus-visible { outline: 2px solid #3f74c4; outline-offset: 1px }
ol { list-style: none; margin: 0; padding: 0 } li { padding: .25rem 0; border-bottom: 1px solid var(--line) }
code, output { white-space: pre-wrap; overflow-wrap: anywhere } output { display: block; padding-left: 1rem }
.yes { color: var(--yes) } .no { color: var(--no) } .failed { color: var(--failed) } .unknown { color: var(--unknown) }
.waiting { color: var(--muted) } [hidden] { display: none }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
`

const BODY = (title: string): string => `
<header><h1>${title}</h1><p id="state" role="status">…</p></header>
<main>
<h2>Servers</h2>
<table aria-label="How each server is"><thead><tr><th>server</th><th>role</th><th>term</th><th>log</th>
<th>committed</th><th>applied</th></tr></thead><tbody id="servers"></tbody></table>
<h2>Ask</h2>
<div class="fields">
<label>Key <input id="key" autocomplete="off" spellcheck="false"></label>
<label>Value, to write <input id="value" autocomplete="off" spellcheck="false"></label>
<label>Value it must have, to compare <input id="expected" autocomplete="off" spellcheck="false"></label>
</div>
<div role="toolbar" aria-label="What to ask">
<button id="get" type="button">Get</button><button id="set" type="button">Set</button><button
 id="add" type="button" title="Write where the key has no value">Add</button><button
 id="cas" type="button" title="Write where the key has the value to compare with">Compare and set</button><button
 id="delete" type="button">Delete</button>
</div>
<h2>Asked</h2>
<p id="none" class="waiting">Nothing yet.</p>
<p id="latest" class="unseen" role="status" aria-live="polite"></p>
<ol id="asked"></ol>
</main>
<noscript>This page asks the servers with a script that is part of it, and scripts are switched off.</noscript>
`

/**
 * A dictionary's page: the servers as they are, and forms for what its client can be asked. `title` is a name of ours
 * and stands in the markup as it is; `path` is where values are asked for.
 */
export function dictionaryPage(title: string, path: string): HttpPage {
  const script = `'use strict'
${String(DictionaryPage)}
new DictionaryPage(document, window, ${JSON.stringify(path)})
`
  return embeddedPage({ title, style: STYLE, body: BODY(title), script })
}
