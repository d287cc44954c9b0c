import { createHash } from 'node:crypto'
import type { HttpPage } from './routes.ts'
import { escapeMarkup } from '../../reports/markup.ts'

export interface PageParts {
  /** Text, not markup. */
  readonly title: string
  readonly style: string
  /** Markup of the page's own; nothing from outside belongs into it. */
  readonly body: string
  readonly script: string
}

/**
 * A page that is whole in one document. Its policy lets nothing run or style but what it brought, and lets it speak to
 * nobody but the node that served it: what a hostile key or name smuggles in stays text.
 */
export function embeddedPage({ title, style, body, script }: PageParts): HttpPage {
  const policy = [
    "default-src 'none'",
    "connect-src 'self'",
    'img-src data:',
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
  return {
    contentType: 'text/html; charset=utf-8',
    headers: { 'content-security-policy': policy, 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' },
    content: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escapeMarkup(title)}</title>
<style>${style}</style>
</head>
<body>${body}
<script>${script}</script>
</body>
</html>
`,
  }
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
