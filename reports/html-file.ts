import { escapeMarkup } from './markup.ts'

export interface HtmlFileParts {
  /** Text, not markup. */
  readonly title: string
  /** The page's Content-Security-Policy. */
  readonly policy: string
  readonly style: string
  /** The markup of the `body` element, with its tags. */
  readonly body: string
}

/** A document that people open from a file and pass on: it is one file, and its policy keeps it from asking anybody. */
export function htmlFile({ title, policy, style, body }: HtmlFileParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeMarkup(title)}</title>
<style>${style}</style>
</head>
${body}
</html>
`
}
