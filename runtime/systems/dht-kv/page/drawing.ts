import type { PageElement, RingDocument, ShownMember } from './dom.ts'

/*
 * These functions run in the browser: they are written into the page as they are. So they use nothing but each other,
 * and what they are given.
 */

/** The part of the ring behind the token before, up to a token; places are fractions of the whole, from 0 at the top. */
export interface RingArc {
  readonly from: number
  readonly to: number
  readonly member: number
}

/** Where a position stands on the ring: its first digits are enough for an eye. */
export function fractionOf(position: string): number {
  return Number.parseInt(position.slice(0, 12), 16) / 2 ** 48
}

/** In the order of the ring. The first may begin below 0: it goes over the top. */
export function arcsOf(members: readonly ShownMember[]): readonly RingArc[] {
  const tokens = members
    .flatMap(({ tokens: own }, member) => own.map((token) => ({ at: fractionOf(token), member })))
    .sort((one, other) => one.at - other.at)
  return tokens.map(({ at, member }, place) => {
    const before = place === 0 ? tokens.at(-1)!.at - 1 : tokens[place - 1]!.at
    return { from: before, to: at, member }
  })
}

/** How much of the ring is each member's. */
export function sharesOf(members: readonly ShownMember[]): readonly number[] {
  const shares = members.map(() => 0)
  for (const { from, to, member } of arcsOf(members)) shares[member]! += to - from
  return shares
}

/** Far apart for members that stand beside each other in the list. */
export function colourOf(member: number): string {
  return `hsl(${(member * 137.5) % 360} 65% 50%)`
}

export function pointAt(fraction: number, radius: number): readonly [x: number, y: number] {
  const angle = 2 * Math.PI * fraction
  return [radius * Math.sin(angle), -radius * Math.cos(angle)]
}

/** Each member's arcs, its tokens at their ends, and inside a mark for each item of this node. */
export function drawRing(
  page: RingDocument,
  members: readonly ShownMember[],
  positions: readonly string[],
): readonly PageElement[] {
  const make = (tag: string, attributes: Readonly<Record<string, string | number>>, title: string): PageElement => {
    const element = page.createElementNS('http://www.w3.org/2000/svg', tag)
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value))
    const words = page.createElementNS('http://www.w3.org/2000/svg', 'title')
    words.textContent = title
    element.append(words)
    return element
  }
  const arcs = arcsOf(members).map(({ from, to, member }) => {
    const [x1, y1] = pointAt(from, 80)
    const [x2, y2] = pointAt(to, 80)
    // A whole circle has no two ends to draw between.
    const path =
      to - from > 0.9999
        ? 'M 0 -80 A 80 80 0 1 1 -0.01 -80'
        : `M ${x1} ${y1} A 80 80 0 ${to - from > 0.5 ? 1 : 0} 1 ${x2} ${y2}`
    const { name, isSuspected } = members[member]!
    const style = { fill: 'none', stroke: colourOf(member), 'stroke-width': 12, opacity: isSuspected ? 0.35 : 1 }
    return make('path', { d: path, ...style }, name)
  })
  const tokens = members.flatMap(({ name, tokens: own }, member) =>
    own.map((token) => {
      const [cx, cy] = pointAt(fractionOf(token), 80)
      return make('circle', { cx, cy, r: 3, fill: colourOf(member), stroke: 'currentColor' }, `${name} ${token}`)
    }),
  )
  const marks = positions.map((position) => {
    const [x1, y1] = pointAt(fractionOf(position), 62)
    const [x2, y2] = pointAt(fractionOf(position), 70)
    return make('line', { x1, y1, x2, y2, stroke: 'currentColor', 'stroke-width': 0.8 }, position)
  })
  return [...arcs, ...tokens, ...marks]
}

/** What the page is given of these. */
export interface Drawing {
  readonly sharesOf: typeof sharesOf
  readonly colourOf: typeof colourOf
  readonly drawRing: typeof drawRing
}

export const DRAWING_FUNCTIONS = [fractionOf, arcsOf, sharesOf, colourOf, pointAt, drawRing]
