/**
 * Code blocks of a page, and what their info string says about them. Every block is checked:
 *
 * - `ts`: compiled as a file of a user's project, then run. With a file name (`ts counter.ts`) later blocks of the page
 *   can import it; a block that imports vitest, or is named `….test.ts`, is run by vitest.
 * - `ts no-run`: compiled only. `ts fails`: its run must fail, as that of a test that finds a bug.
 * - `sh`: each line that begins with `petrel` or `npx petrel` is run, in the order of the page, in the folder that has
 *   the page's files, and must exit with 0, or with 1 where the line ends with `# exits 1`. `runs=20` in the info
 *   string runs it with `--runs 20`, in place of what the line says.
 * - `sh no-run`, `json`, `text`, `mermaid`: shown only.
 *
 * What a reader need not see goes in the comment before the block: `<!-- sh no-run -->` counts as its info string.
 */
export interface Block {
  readonly language: string
  readonly options: readonly string[]
  /** The name it is given in its info string. */
  readonly fileName: string | undefined
  readonly code: string
  /** The page's line, from 1, of the first line of code. */
  readonly line: number
}

export const LANGUAGES = ['ts', 'sh', 'json', 'text', 'mermaid']
const OPTIONS = /^(?:no-run|fails|runs=\d+|[\w./-]+\.tsx?)$/
const FENCE =
  /^(?:<!--\s*(?<hidden>(?:ts|sh)\b[^\n]*?)\s*-->\n+)?(?<indent> *)```(?<info>[^\n`]*)\n(?<code>[\s\S]*?)^\k<indent>```$/gm

export function blocksOf(markdown: string): readonly Block[] {
  const text = markdown.replaceAll('\r\n', '\n')
  return [...text.matchAll(FENCE)].map((match) => {
    const { hidden, info = '', code = '' } = match.groups ?? {}
    const [language = '', ...options] = (hidden ?? info).trim().split(/\s+/)
    const line = text.slice(0, match.index + match[0].lastIndexOf(`\`\`\`${info}\n`)).split('\n').length + 1
    return { language, options, fileName: options.find((option) => /\.tsx?$/.test(option)), code, line }
  })
}

/** What is wrong with the info strings of a page. */
export function infoFindings(markdown: string): readonly string[] {
  return blocksOf(markdown).flatMap(({ language, options, line }) => {
    if (!LANGUAGES.includes(language))
      return [`line ${line}: a block is one of ${LANGUAGES.join(', ')}, not “${language}”`]
    return options.filter((option) => !OPTIONS.test(option)).map((option) => `line ${line}: unknown option “${option}”`)
  })
}

export interface Command {
  readonly argv: readonly string[]
  readonly exits: number
  readonly line: number
}

/** The commands of a block that are to be run. */
export function commandsOf(block: Block): readonly Command[] {
  if (block.language !== 'sh' || block.options.includes('no-run')) return []
  const runs = block.options.find((option) => option.startsWith('runs='))?.slice('runs='.length)
  return block.code.split('\n').flatMap((text, index) => {
    const [, rest] = /^\s*(?:\$ )?(?:npx )?petrel(?:\s+(.*))?$/.exec(text) ?? []
    if (rest === undefined) return []
    const [, command = '', comment = ''] = /^(.*?)(?:\s+#\s*(.*))?$/.exec(rest) ?? []
    const argv = [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '')
    const exits = Number(/^exits (\d+)/.exec(comment)?.[1] ?? 0)
    return [{ argv: runs === undefined ? argv : withRuns(argv, runs), exits, line: block.line + index }]
  })
}

function withRuns(argv: readonly string[], runs: string): readonly string[] {
  const at = argv.indexOf('--runs')
  return at < 0 ? [...argv, '--runs', runs] : [...argv.slice(0, at + 1), runs, ...argv.slice(at + 2)]
}
