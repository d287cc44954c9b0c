/** A point of a series, with the least and the most of the draws whose middle it is. */
export interface ChartPoint {
  readonly x: number
  readonly y: number
  readonly range?: readonly [least: number, most: number]
}

export interface ChartSeries {
  readonly name: string
  /** In the order of x. */
  readonly points: readonly ChartPoint[]
  /** True of what was not measured: what it is measured against. */
  readonly isReference: boolean
}

export interface ChartAxis {
  readonly label: string
  readonly scale: 'linear' | 'logarithmic'
}

/** One drawing: lines over a common axis, each with its points. */
export interface Chart {
  readonly title: string
  /** What is drawn and how it was measured, in sentences. */
  readonly about: string
  readonly x: ChartAxis
  readonly y: ChartAxis
  readonly series: readonly ChartSeries[]
}
