import type { NodeId } from '../sim/machine.ts'
import type { Glyphs } from './style.ts'

/** Where a diagram's columns stand; all widths in characters. */
export interface Layout {
  readonly nodes: readonly NodeId[]
  readonly timeWidth: number
  readonly columnWidth: number
  readonly gridWidth: number
}

/** One row of characters, a lifeline at each node's place. */
export class Grid {
  readonly #cells: string[]
  readonly #layout: Layout
  readonly #glyphs: Glyphs

  constructor(layout: Layout, down: ReadonlySet<NodeId>, glyphs: Glyphs) {
    this.#layout = layout
    this.#glyphs = glyphs
    this.#cells = new Array<string>(layout.gridWidth).fill(' ')
    layout.nodes.forEach((node, index) => {
      this.#cells[index * layout.columnWidth] = down.has(node) ? glyphs.down : glyphs.line
    })
  }

  place(node: NodeId | undefined): number {
    const index = node === undefined ? -1 : this.#layout.nodes.indexOf(node)
    return index < 0 ? -1 : index * this.#layout.columnWidth
  }

  put(node: NodeId | undefined, text: string): void {
    const place = this.place(node)
    if (place >= 0) this.#write(place, text)
  }

  /** From the sender's place to just before the receiver's. `reach` is how many columns before it the line ends. */
  arrow(from: NodeId | undefined, to: NodeId | undefined, label: string, head: string | undefined): void {
    const start = this.place(from)
    const end = this.place(to)
    if (start < 0 || end < 0 || start === end) return
    const rightwards = start < end
    const short = head === undefined ? 0 : 2
    const first = rightwards ? start + 1 : end + label.length + short
    const last = rightwards ? end - 1 - short : start - 1
    for (let place = first; place <= last; place++) {
      this.#write(place, place % this.#layout.columnWidth === 0 ? this.#glyphs.crossing : this.#glyphs.dash)
    }
    this.#write(start, this.#glyphs.origin)
    this.#write(rightwards ? last : first, head ?? (rightwards ? this.#glyphs.right : this.#glyphs.left))
  }

  /** Between neighbours that no group of the partition has both of. */
  walls(groups: readonly (readonly NodeId[])[], labels: readonly number[]): void {
    const inAny = (node: NodeId) => groups.some((group) => group.includes(node))
    this.#layout.nodes.forEach((left, index) => {
      const right = this.#layout.nodes[index + 1]
      if (right === undefined || !inAny(left) || !inAny(right)) return
      if (groups.some((group) => group.includes(left) && group.includes(right))) return
      const place = index * this.#layout.columnWidth
      this.#write(
        place + (labels[index] ?? 1) + 1,
        this.#glyphs.wall.repeat(this.#layout.columnWidth - (labels[index] ?? 1) - 2),
      )
    })
  }

  text(): string {
    return this.#cells.join('')
  }

  nodes(): readonly NodeId[] {
    return this.#layout.nodes
  }

  #write(place: number, text: string): void {
    for (let index = 0; index < text.length && place + index < this.#cells.length; index++) {
      this.#cells[place + index] = text.charAt(index)
    }
  }
}
