import { embeddedPage } from '../../../http/embedded-page.ts'
import { DRAWING_FUNCTIONS } from './drawing.ts'
import { RingPage } from './ring-page.ts'

const STYLE = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1c2024; --muted: #60646c; --line: #e4e6ea; --panel: #f6f7f9;
  --well: #2a7e3b; --silent: #c62a2f }
@media (prefers-color-scheme: dark) { :root { --paper: #15171a; --ink: #edeef0; --muted: #a0a5ad; --line: #2b2f35;
  --panel: #1d2024; --well: #63c174; --silent: #ff8b7f } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 72rem; padding: 1rem 1.2rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif }
h1 { font-size: 1.3rem; margin: 0 } h2 { font-size: 1rem; margin: 1.4rem 0 .3rem }
#state { margin: .2rem 0 } .well { color: var(--well) } .silent { color: var(--silent) }
.top { display: grid; grid-template-columns: minmax(16rem, 22rem) minmax(0, 1fr); gap: 1.5rem; align-items: start }
@media (max-width: 52rem) { .top { grid-template-columns: minmax(0, 1fr) } }
svg { display: block; width: 100% } td svg { width: .8rem }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; vertical-align: top; padding: .15rem .6rem .15rem 0; border-bottom: 1px solid var(--line);
  unicode-bidi: isolate; white-space: nowrap }
#items td:nth-child(-n + 2) { min-width: 9rem; overflow-wrap: anywhere }
thead { color: var(--muted) } th { font-weight: normal } #items td:nth-child(-n + 2) > * { white-space: pre-wrap }
a { color: inherit } button { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--line);
  border-radius: 5px; padding: .2rem .6rem; margin: .4rem .3rem 0 0 }
:focus-visible { outline: 2px solid #3f74c4; outline-offset: 1px }
#none { color: var(--muted) } [hidden] { display: none }
`

const BODY = `
<header><h1>Ring</h1><p id="state" role="status">…</p></header>
<main>
<div class="top">
<svg id="ring" viewBox="-92 -92 184 184" role="img"
 aria-label="The ring: an arc for each token, in the colour of its node; marks inside are the items of this node"></svg>
<div class="wide"><h2>Nodes</h2>
<table><thead><tr><th></th><th>name</th><th>where</th><th>tokens</th><th>of the ring</th><th></th></tr></thead>
<tbody id="members"></tbody></table></div>
</div>
<h2>What this node holds</h2>
<div class="wide"><table><thead><tr><th>key</th><th>values</th><th>place</th><th></th></tr></thead>
<tbody id="items"></tbody></table></div>
<p id="none">Nothing.</p>
<button id="first" type="button" hidden>First page</button><button id="next" type="button" hidden>Next page</button>
<h2>What has happened, the latest first</h2>
<div class="wide"><table><thead><tr><th>when</th><th>what</th><th>name</th><th>where</th><th>tokens</th></tr></thead>
<tbody id="events"></tbody></table></div>
</main>
<noscript>This page asks its node with a script that is part of it, and scripts are switched off.</noscript>
`

/** A node's page: the ring drawn, what the node holds, and the history of events, as they change. */
export const ringPage = embeddedPage({
  title: 'Ring',
  style: STYLE,
  body: BODY,
  script: `'use strict'
${[...DRAWING_FUNCTIONS, RingPage].map(String).join('\n')}
new RingPage(document, window, { sharesOf, colourOf, drawRing })
`,
})
