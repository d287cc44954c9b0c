import type { Style } from '../reports/style.ts'

type Environment = { readonly [name: string]: string | undefined }

/**
 * What may be written to a stream: `FORCE_COLOR` decides, then `NO_COLOR` (no-color.org), then whether it is a
 * terminal. Characters beyond ASCII only where the locale says UTF-8.
 */
export function styleFor(stream: { readonly isTTY?: boolean }, environment: Environment = process.env): Style {
  return { colour: colourLevel(stream.isTTY === true, environment), unicode: hasUtf8(environment) }
}

function colourLevel(isTerminal: boolean, environment: Environment): Style['colour'] {
  const { FORCE_COLOR: forced, NO_COLOR: unwanted, TERM: terminal = '' } = environment
  if (forced !== undefined) return forcedLevel(forced)
  if ((unwanted !== undefined && unwanted !== '') || !isTerminal || terminal === 'dumb') return 0
  if (/^(truecolor|24bit)$/.test(environment['COLORTERM'] ?? '')) return 3
  return terminal.includes('256') ? 2 : 1
}

function forcedLevel(forced: string): Style['colour'] {
  if (forced === '0' || forced === 'false') return 0
  return forced === '2' ? 2 : forced === '3' ? 3 : 1
}

/** The first that is set counts, as POSIX has it (Base Definitions, section 8.2). */
function hasUtf8(environment: Environment): boolean {
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || ''
  return /utf-?8/i.test(locale) || (locale === '' && environment['WT_SESSION'] !== undefined)
}
