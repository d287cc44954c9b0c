/** The elements of JUnit XML, whose strings may come from anywhere. */

export interface Counts {
  readonly tests: number
  readonly failures: number
  readonly errors: number
  readonly skipped: number
  readonly seconds: number
}

/** All suites as one document. */
export function junitSuites(suites: readonly (Counts & { readonly xml: string })[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="petrel"${countsOf(sum(suites))}>`,
    ...suites.map(({ xml }) => xml),
    '</testsuites>',
    '',
  ].join('\n')
}

export function suiteElement(name: string, counts: Counts, cases: readonly string[]): string {
  return [`  <testsuite name="${attribute(name)}"${countsOf(counts)}>`, ...cases, '  </testsuite>'].join('\n')
}

export function testcase(suite: string, name: string, seconds: number, children: readonly string[]): string {
  const open = `    <testcase classname="${attribute(`petrel.${suite}`)}" name="${attribute(name)}" time="${seconds.toFixed(3)}"`
  return children.length === 0 ? `${open}/>` : [`${open}>`, ...children, '    </testcase>'].join('\n')
}

export function element(name: string, attributes: { readonly [name: string]: string }, content = ''): string {
  const list = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${attribute(value)}"`)
    .join('')
  return content === '' ? `      <${name}${list}/>` : `      <${name}${list}>${text(content)}</${name}>`
}

function countsOf({ tests, failures, errors, skipped, seconds }: Counts): string {
  return ` tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}" time="${seconds.toFixed(3)}"`
}

function sum(suites: readonly Counts[]): Counts {
  const total = (field: keyof Counts) => suites.reduce((sofar, counts) => sofar + counts[field], 0)
  return {
    tests: total('tests'),
    failures: total('failures'),
    errors: total('errors'),
    skipped: total('skipped'),
    seconds: total('seconds'),
  }
}

/** Colours of a terminal, then what XML 1.0 forbids (section 2.2): control characters, lone surrogates, two non-characters. */
// oxlint-disable-next-line no-control-regex -- what a terminal's colours begin with is a control character
const ANSI = /\u001b\[[0-9;?]*[ -/]*[@-~]/g
const FORBIDDEN = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu

function text(value: string): string {
  return value
    .replace(ANSI, '')
    .replace(FORBIDDEN, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

function attribute(value: string): string {
  return text(value)
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\r', '&#13;')
    .replaceAll('\t', '&#9;')
}
