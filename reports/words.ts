/** Numbers as people read them. No locale of the machine is asked, so that a report is the same everywhere. */

/** 12044 → `12,044`. */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** As {@link count}, in at most six columns: 1234567 → `1.23M`. */
export function shortCount(value: number): string {
  for (const [size, unit] of [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (value >= size && value >= 1e5) return significant(value / size) + unit
  }
  return count(value)
}

/** `1 fault`, `2 faults`; the plural is given where an `s` does not make it. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

/** Three digits that count: 8.46, 84.6, 846, 8,460. */
export function significant(value: number): string {
  if (value >= 100) return count(value)
  return String(Number(value.toFixed(value >= 10 ? 1 : 2)))
}

/** A length of time from milliseconds: `0.5 ms`, `210 ms`, `2.31 s`, `4.5 minutes`, `2.8 hours`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${significant(ms)} ms`
  if (ms < 120_000) return `${significant(ms / 1000)} s`
  const [value, unit] =
    ms < 7_200_000 ? [ms / 60_000, 'minutes'] : ms < 172_800_000 ? [ms / 3_600_000, 'hours'] : [ms / 86_400_000, 'days']
  return `${value >= 100 ? count(value) : String(Number(value.toFixed(1)))} ${unit}`
}

/** A point of virtual time from milliseconds, in seconds: 2310 → `2.310`; `never` where it is not finite. */
export function moment(ms: number): string {
  return Number.isFinite(ms) ? (ms / 1000).toFixed(3) : 'never'
}

/** A seed in the form every command takes: a bare number of decimal digits would be read as decimal. */
export function seedText(seed: number): string {
  return `0x${seed.toString(16)}`
}

/** A probability as percent: 0.125 → `12.5 %`. */
export function percent(probability: number): string {
  return `${significant(probability * 100)} %`
}
