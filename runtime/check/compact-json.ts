/** JSON as people read it, but for lists of numbers: an order may have a million, and they stand on one line. */
export function compactJson(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item === 'number')) return JSON.stringify(value)
    return enclosed(
      '[',
      value.map((item) => compactJson(item, inner)),
      ']',
      indent,
    )
  }
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  const lines = fields.map(([name, field]) => `${JSON.stringify(name)}: ${compactJson(field, inner)}`)
  return enclosed('{', lines, '}', indent)
}

function enclosed(open: string, lines: readonly string[], close: string, indent: string): string {
  if (lines.length === 0) return open + close
  return `${open}\n${lines.map((line) => `${indent}  ${line}`).join(',\n')}\n${indent}${close}`
}
