import type { TimelineFile } from './data.ts'
import type { Box, Pen } from './dom.ts'
import { firstAfter, isOpen } from './lanes.ts'
import type { Lanes } from './lanes.ts'

/*
 * This file runs in the browser: its functions are written into the page as they are. So they use nothing but each
 * other, those of `lanes.ts`, and what they are given.
 */

/** All that a picture is made of. */
export interface Scene {
  readonly file: TimelineFile
  readonly lanes: Lanes
  readonly byTime: boolean
  /** The places at the left and at the right edge of the bars. */
  readonly from: number
  readonly to: number
  /** How many pixels of lanes are above the picture. */
  readonly scroll: number
  readonly width: number
  readonly height: number
  /** Of the column with the names, and of the row with the scale. */
  readonly nameWidth: number
  readonly scaleHeight: number
  readonly laneHeight: number
  /** By row: the moments at which operations can have taken effect. */
  readonly points: Float64Array
  /** What the operations in conflict are called, by row. */
  readonly labels: ReadonlyMap<number, string>
  readonly stuck: number
  /** By row, 1 where it was searched for; undefined where nothing was. */
  readonly found: Uint8Array | undefined
  readonly selected: number
  readonly colour: (name: string) => string
}

export function paint(pen: Pen, scene: Scene): void {
  const { width, height, nameWidth, scaleHeight, laneHeight, scroll, lanes } = scene
  pen.clearRect(0, 0, width, height)
  paintScale(pen, scene)
  const first = Math.max(0, Math.floor(scroll / laneHeight))
  const last = Math.min(lanes.lanes.length - 1, Math.floor((scroll + height - scaleHeight) / laneHeight))
  pen.save()
  pen.beginPath()
  pen.rect(nameWidth, scaleHeight, width - nameWidth, height - scaleHeight)
  pen.clip()
  for (let lane = first; lane <= last; lane++) paintLane(pen, scene, lane)
  pen.restore()
  pen.save()
  pen.beginPath()
  pen.rect(0, scaleHeight, nameWidth, height - scaleHeight)
  pen.clip()
  for (let lane = first; lane <= last; lane++) paintName(pen, scene, lane)
  pen.restore()
}

export function topOf({ scaleHeight, laneHeight, scroll }: Scene, lane: number): number {
  return scaleHeight + lane * laneHeight - scroll
}

export function pixelOf({ from, to, width, nameWidth }: Scene, place: number): number {
  return nameWidth + ((place - from) / (to - from)) * (width - nameWidth)
}

export function paintName(pen: Pen, scene: Scene, lane: number): void {
  pen.fillStyle = scene.colour('muted')
  pen.font = '12px system-ui, sans-serif'
  pen.textBaseline = 'middle'
  pen.textAlign = 'right'
  const middle = topOf(scene, lane) + scene.laneHeight / 2
  pen.fillText(scene.lanes.lanes[lane]!.name, scene.nameWidth - 8, middle, scene.nameWidth - 12)
}

/** Vertical lines at round places, with their times or numbers. */
export function paintScale(pen: Pen, scene: Scene): void {
  const { from, to, width, height, nameWidth, scaleHeight, byTime } = scene
  const step = roundStep((to - from) / Math.max(1, (width - nameWidth) / 110))
  pen.font = '11px system-ui, sans-serif'
  pen.textBaseline = 'middle'
  pen.textAlign = 'center'
  for (let place = Math.ceil(from / step) * step; place <= to; place += step) {
    const pixel = Math.round(pixelOf(scene, place))
    pen.fillStyle = scene.colour('grid')
    pen.fillRect(pixel, scaleHeight, 1, height - scaleHeight)
    pen.fillStyle = scene.colour('muted')
    const digits = Math.max(0, Math.min(9, Math.ceil(3 - Math.log10(step))))
    pen.fillText(byTime ? `${(place / 1000).toFixed(digits)} s` : String(place), pixel, scaleHeight / 2)
  }
}

/** 1, 2 or 5 times a power of ten, not below `least`. */
export function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= least) ?? 10
  return factor * power
}

export function paintLane(pen: Pen, scene: Scene, lane: number): void {
  const { lanes, from, to } = scene
  const { rows } = lanes.lanes[lane]!
  const end = firstAfter(lanes, rows, to)
  let drawnTo = -Infinity
  let drawnAs = ''
  const important: number[] = []
  for (let index = 0; index < end; index++) {
    const row = rows[index]!
    if (lanes.to[row]! < from) continue
    if (scene.labels.has(row) || row === scene.selected) {
      important.push(row)
      continue
    }
    const right = pixelOf(scene, Math.min(lanes.to[row]!, to))
    const look = lookOf(scene, row)
    // Thousands of operations may share a pixel: one of each look stands for them.
    if (right - drawnTo < 0.5 && look === drawnAs) continue
    drawnTo = right
    drawnAs = look
    paintBar(pen, scene, lane, row)
  }
  for (const row of important) paintBar(pen, scene, lane, row)
}

export function lookOf({ file, found }: Scene, row: number): string {
  return `${file.operations.outcome[row]!}${found?.[row] ?? ''}`
}

export function paintBar(pen: Pen, scene: Scene, lane: number, row: number): void {
  const { file, lanes, labels, found, selected, laneHeight } = scene
  const left = Math.max(pixelOf(scene, lanes.from[row]!), scene.nameWidth - 4)
  const right = Math.min(pixelOf(scene, lanes.to[row]!), scene.width + 4)
  const width = Math.max(right - left, 2)
  const label = labels.get(row)
  const isLow = isOpen(file, row) && label === undefined
  const height = isLow ? Math.max(3, laneHeight * 0.25) : laneHeight - 6
  const top = topOf(scene, lane) + (laneHeight - height) / 2
  pen.globalAlpha = found !== undefined && found[row] !== 1 ? 0.2 : isLow ? 0.6 : 1
  pen.fillStyle = scene.colour(
    row === scene.stuck ? 'stuck' : label !== undefined ? 'core' : file.operations.outcome[row]!,
  )
  pen.fillRect(left, top, width, height)
  if (row === selected) {
    pen.strokeStyle = scene.colour('ink')
    pen.lineWidth = 2
    pen.strokeRect(left, top, width, height)
  }
  paintWords(pen, scene, row, left, width, top + height / 2, label)
  paintPoint(pen, scene, row, { left, width, top, height })
  pen.globalAlpha = 1
}

export function paintWords(
  pen: Pen,
  scene: Scene,
  row: number,
  left: number,
  width: number,
  middle: number,
  label: string | undefined,
): void {
  if (label !== undefined && width < 28) {
    pen.font = 'bold 11px system-ui, sans-serif'
    pen.textAlign = 'left'
    pen.textBaseline = 'middle'
    pen.fillStyle = scene.colour('ink')
    pen.fillText(label, left + width + 3, middle)
    return
  }
  if (width < 16 || (label === undefined && isOpen(scene.file, row))) return
  const words = scene.file.operations.words[row]!
  const text = label === undefined ? words : `${label}  ${words}`
  pen.font = label === undefined ? '11px system-ui, sans-serif' : 'bold 11px system-ui, sans-serif'
  pen.textAlign = 'left'
  pen.textBaseline = 'middle'
  pen.fillStyle = scene.colour('on-bar')
  const room = Math.floor((width - 8) / (label === undefined ? 6 : 6.8))
  const shown = text.length <= room ? text : room >= 2 ? `${text.slice(0, room - 1)}…` : ''
  if (shown !== '') pen.fillText(shown, left + 4, middle)
}

/** The moment at which the operation can have taken effect, within its bar. */
export function paintPoint(pen: Pen, scene: Scene, row: number, bar: Box): void {
  const place = scene.points[row]!
  if (place !== place) return
  const radius = Math.min(3.5, bar.height / 2)
  const right = Math.max(bar.left + bar.width - radius, bar.left + radius)
  const pixel = Math.min(Math.max(pixelOf(scene, place), bar.left + radius), right)
  pen.fillStyle = scene.colour('point')
  pen.strokeStyle = scene.colour('paper')
  pen.lineWidth = 1.5
  pen.beginPath()
  pen.arc(pixel, bar.top + bar.height, radius, 0, 2 * Math.PI)
  pen.fill()
  pen.stroke()
}

/** Written into the page. */
export const PAINTING_FUNCTIONS = [
  paint,
  topOf,
  pixelOf,
  paintName,
  paintScale,
  roundStep,
  paintLane,
  lookOf,
  paintBar,
  paintWords,
  paintPoint,
]
