export interface XmlElement {
  readonly name: string
  readonly attributes: { readonly [name: string]: string }
  readonly children: XmlElement[]
  text: string
}

const TOKEN = /<\?xml [^?]*\?>|<(\/?)([\w-]+)((?: [\w-]+="[^"<]*")*)(\/?)>|([^<]+)/gy

/** A parser for the XML that reports write and nothing else; throws on anything that is not well-formed. */
export function parseXml(source: string): XmlElement {
  const root: XmlElement = { name: '', attributes: {}, children: [], text: '' }
  const open = [root]
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < source.length) {
    const start = TOKEN.lastIndex
    const found = TOKEN.exec(source)
    if (found === null) throw new Error(`not XML: ${JSON.stringify(source.slice(start, start + 60))}`)
    const [, closing, name, attributes = '', empty, text] = found
    const parent = open.at(-1) as XmlElement
    if (text !== undefined) parent.text += unescape(text)
    if (name === undefined) continue
    if (closing === '/') {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes nothing`)
    } else {
      const element = { name, attributes: attributesOf(attributes), children: [], text: '' }
      parent.children.push(element)
      if (empty !== '/') open.push(element)
    }
  }
  if (open.length !== 1 || root.children.length !== 1) throw new Error('not one root element')
  return root.children[0] as XmlElement
}

function attributesOf(source: string): { readonly [name: string]: string } {
  const pairs = [...source.matchAll(/ ([\w-]+)="([^"]*)"/g)].map(
    ([, name = '', value = '']) => [name, unescape(value)] as const,
  )
  if (new Set(pairs.map(([name]) => name)).size !== pairs.length) throw new Error(`an attribute twice: ${source}`)
  return Object.fromEntries(pairs)
}

function unescape(source: string): string {
  if (/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u.test(source))
    throw new Error('a character that XML forbids')
  if (/&(?!amp;|lt;|gt;|quot;|#\d+;)/.test(source)) throw new Error('a bare &')
  return source
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&amp;', '&')
}
