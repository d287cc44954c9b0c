import { Console } from 'node:console'

export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
}

/** One document and nothing else. */
export function printJson(document: object): void {
  print(JSON.stringify(document, undefined, 2))
}

export function warn(sentence: string): void {
  process.stderr.write(`petrel: ${sentence}\n`)
}

/** What a machine logs must not get into results that a program reads. */
export function sendConsoleToStderr(): void {
  globalThis.console = new Console(process.stderr, process.stderr)
}
