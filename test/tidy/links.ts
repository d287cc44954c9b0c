import { posix } from 'node:path'

const LINK = /(?<!!)\[[^\]\n]+\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g
const IMAGE = /!\[[^\]\n]*\]\(([^)\s]+)\)/g

/** The text without code blocks and code in a line, which may hold anything. */
function prose(markdown: string): string {
  return markdown
    .replaceAll(/^```[\s\S]*?^```/gm, '')
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ''))
}

/** The anchors that a page's headings get, as the usual viewers make them. */
export function anchors(markdown: string): ReadonlySet<string> {
  const headings = markdown.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)
  return new Set(
    [...headings].map(([, heading]) =>
      (heading as string)
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(/\s/g, '-'),
    ),
  )
}

/**
 * Links within the project that lead nowhere. `read` gives a file's text, '' for a folder, undefined where there is
 * nothing. Links to other sites are not followed.
 */
export function brokenLinks(
  path: string,
  markdown: string,
  read: (path: string) => string | undefined,
): readonly string[] {
  const text = prose(markdown)
  const targets = [...text.matchAll(LINK), ...text.matchAll(IMAGE)].map(([, target]) => target as string)
  return targets.flatMap((target) => {
    if (/^[a-z][a-z+.-]*:/.test(target)) return []
    const [file = '', anchor] = target.split('#')
    const page = file === '' ? path : posix.join(posix.dirname(path), file)
    const contents = page === path ? markdown : read(page)
    if (contents === undefined) return [`${path} links to ${target}, and there is no such file`]
    const missing = anchor !== undefined && page.endsWith('.md') && !anchors(contents).has(anchor)
    return missing ? [`${path} links to ${target}, and there is no such heading`] : []
  })
}
