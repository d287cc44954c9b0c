import { z } from 'zod'
import { dictionaryPage } from './dictionary-page/document.ts'
import type { HttpQuestion } from '../http/routes.ts'
import type { SystemWeb } from './system.ts'

const PATH = '/api/value'

const written = z.strictObject({
  value: z.string(),
  /** What the key must hold for the value to be written; null: nothing. */
  expected: z.string().nullable().optional(),
})

/** The words of a request about the key that the query names. */
function about(words: (key: string, question: HttpQuestion) => readonly string[]) {
  return (question: HttpQuestion): readonly string[] | string => {
    const { key } = question.query
    return key === undefined ? `Name the key: ${PATH}?key=bird.` : words(key, question)
  }
}

/** The dictionary for a browser and for programs: what the terminal's words do, by HTTP. */
export const raftKvWeb: SystemWeb = {
  page: dictionaryPage('raft-kv', PATH),
  routes: [
    { method: 'GET', path: PATH, words: about((key) => ['get', key]), statusOfNo: 404 },
    {
      method: 'PUT',
      path: PATH,
      body: written,
      words: about((key, { body }) => {
        const { value, expected } = body as z.infer<typeof written>
        if (expected === undefined) return ['set', key, value]
        return expected === null ? ['add', key, value] : ['cas', key, expected, value]
      }),
      statusOfNo: 409,
    },
    { method: 'DELETE', path: PATH, words: about((key) => ['delete', key]), statusOfNo: 404 },
    { method: 'GET', path: '/api/leader', words: () => ['leader'], statusOfNo: 503 },
    // Also where too few answer to be of use: it says how each is.
    { method: 'GET', path: '/api/status', words: () => ['status'], statusOfNo: 200 },
  ],
}
