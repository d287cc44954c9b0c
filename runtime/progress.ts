import { styleFor } from './terminal.ts'
import type { Style } from '../reports/style.ts'

/** At most so often the line is drawn anew. */
const EVERY_MS = 100

/** One line on a terminal's standard error that is drawn over again and again; nothing where there is no terminal. */
export class ProgressLine {
  private readonly shown = process.stderr.isTTY
  private readonly style = styleFor(process.stderr)
  private lastMs = -Infinity

  draw(line: (style: Style, columns: number) => string): void {
    const nowMs = performance.now()
    if (!this.shown || nowMs - this.lastMs < EVERY_MS) return
    this.lastMs = nowMs
    process.stderr.write(`\r\u001b[2K${line(this.style, (process.stderr.columns || 80) - 1)}`)
  }

  clear(): void {
    if (this.shown) process.stderr.write('\r\u001b[2K')
  }
}
