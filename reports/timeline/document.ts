import { htmlFile } from '../html-file.ts'
import type { CheckedFile } from '../check-document.ts'
import { timelineFile } from './data.ts'
import { Hands } from './hands.ts'
import { LANE_FUNCTIONS } from './lanes.ts'
import { TimelinePage } from './page.ts'
import { PAINTING_FUNCTIONS } from './painting.ts'
import { Viewport } from './viewport.ts'

const STYLE = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1c2024; --muted: #60646c; --grid: #e4e6ea; --ok: #b9c7d8;
  --fail: #d9dbdf; --info: #e5d9b4; --core: #7aa7e8; --stuck: #e5806f; --point: #14315c; --on-bar: #10151c;
  --good: #2a7e3b; --bad: #c62a2f; --unsure: #976200; --panel: #f6f7f9 }
@media (prefers-color-scheme: dark) { :root { --paper: #15171a; --ink: #edeef0; --muted: #a0a5ad; --grid: #2b2f35;
  --ok: #4a5c72; --fail: #3c4048; --info: #5e5330; --core: #3f74c4; --stuck: #b5493a; --point: #d4e4ff;
  --on-bar: #f4f6f8; --good: #63c174; --bad: #ff8b7f; --unsure: #f1a10d; --panel: #1d2024 } }
* { box-sizing: border-box }
body { margin: 0; padding: 14px 18px; background: var(--paper); color: var(--ink); font: 14px/1.5 system-ui, sans-serif;
  height: 100vh; display: grid; gap: 10px 16px; grid-template: auto minmax(0, 1fr) / minmax(260px, 27%) minmax(0, 1fr) }
header { grid-column: 1 / -1 } aside { overflow: auto; padding: 2px } body.plain { grid-template-columns: minmax(0, 1fr) } .plain aside { display: none }
main { display: flex; flex-direction: column; gap: 8px; min-width: 0 }
@media (max-width: 820px) { body { display: flex; flex-direction: column; height: auto } #field { min-height: 70vh } }
h1 { font-size: 18px; margin: 0; overflow-wrap: anywhere } h2 { font-size: 13px; margin: 6px 0 2px; color: var(--muted) }
#verdict { margin-right: .5em } .ok { color: var(--good) } .violated { color: var(--bad) } .unknown { color: var(--unsure) }
#about { color: var(--muted) } ul { margin: 2px 0; padding-left: 20px }
.bar { display: flex; flex-wrap: wrap; gap: 6px; align-items: center }
.list { display: flex; flex-direction: column; gap: 3px; align-items: flex-start }
button, select, input { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--grid);
  border-radius: 5px; padding: 2px 9px; max-width: 100%; text-align: left; overflow-wrap: anywhere }
button[aria-pressed=true] { border-color: var(--core); box-shadow: inset 0 0 0 1px var(--core) }
button.stuck { border-color: var(--stuck) } :focus-visible { outline: 2px solid var(--core); outline-offset: 1px }
#field { position: relative; flex: 1; min-height: 260px; border: 1px solid var(--grid); border-radius: 5px }
#lanes { position: absolute; inset: 0; width: 100%; height: 100%; touch-action: none; cursor: crosshair }
#tip { position: absolute; pointer-events: none; max-width: 350px; background: var(--panel); color: var(--ink);
  border: 1px solid var(--muted); border-radius: 5px; padding: 4px 8px; overflow-wrap: anywhere; z-index: 1 }
#selected { min-height: 1.5em; overflow-wrap: anywhere } [hidden] { display: none !important }
.legend span::before { content: ''; display: inline-block; width: 12px; height: 12px; margin: 0 4px 0 10px;
  vertical-align: -1px; background: var(--of) } .legend .dot::before { border-radius: 6px; width: 8px; height: 8px }
`

const BODY = `
<header><h1><span id="verdict"></span><span id="name"></span></h1>
<div class="bar"><span id="about"></span><select id="file" aria-label="File"></select></div></header>
<aside aria-label="What is wrong"><div id="violations" class="list"></div>
<h2>Why</h2><ul id="because"></ul>
<h2>The operations in conflict</h2><div id="core" class="list"></div>
<div id="attempts-part"><h2>How far orders came; the dots show one of them</h2><div id="attempts" class="list"></div></div>
</aside>
<main>
<div class="bar" role="toolbar" aria-label="View">
<button id="conflict">The conflict</button><button id="all">All</button>
<button id="closer" aria-label="Zoom in">+</button><button id="farther" aria-label="Zoom out">−</button>
<button id="scale">Even out time</button><select id="key" aria-label="Key"></select>
<input id="search" type="search" placeholder="Search operations, processes" aria-label="Search">
<span id="matches" role="status"></span>
<span class="legend"><span style="--of: var(--ok)">ok</span><span style="--of: var(--info)">outcome unknown</span><span
 style="--of: var(--fail)">failed</span><span style="--of: var(--core)">in conflict</span><span
 style="--of: var(--stuck)">no place for it</span><span class="dot" style="--of: var(--point)">took effect here</span></span>
</div>
<div id="field"><canvas id="lanes" tabindex="0" role="application"
 aria-label="Operations as bars, a lane for each process. Arrow keys go from one to the next, plus and minus zoom, Home shows all."></canvas>
<div id="tip" role="tooltip" hidden></div></div>
<div id="selected" role="status" aria-live="polite"></div>
</main>
<noscript>This page draws the timeline with a script that is part of it, and scripts are switched off.</noscript>
`

/** No page may be asked for anything: all that it needs is in it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

/**
 * The operations of histories as one HTML page that needs no network: each a bar on the lane of its process, with the
 * moments at which they can have taken effect, and what conflicts marked.
 */
export function timelineDocument(checked: readonly CheckedFile[]): string {
  const files = checked.map(timelineFile)
  const title = checked.map(({ name }) => name).join(', ')
  const script = [...LANE_FUNCTIONS, ...PAINTING_FUNCTIONS, Viewport, Hands, TimelinePage].map(String).join('\n')
  const body = `<body id="body">${BODY}<script type="application/json" id="data">${jsonInScript(files)}</script>
<script>
'use strict'
${script}
new Hands(new TimelinePage(document, window, JSON.parse(document.getElementById('data').textContent)))
</script>
</body>`
  return htmlFile({ title, policy: POLICY, style: STYLE, body })
}

/** JSON that can't end the element it stands in, whatever strings it has. */
function jsonInScript(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}
