import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { userFiles } from '../../runtime/user-files.ts'
import { temporaryFolder } from '../support/temp-folder.ts'

test('finds what is imported in every way, directly or not, once, and no package', () => {
  const folder = temporaryFolder({
    'main.ts': `
      import { a } from './a.ts'
      import type { B } from "./types/b.js"
      export * from './c'
      const later = await import('./d.mts')
      import 'vitest'
      import './missing.ts'
    `,
    'a.ts': "import './main.ts'\nimport './folder'",
    'types/b.ts': 'export type B = 1',
    'c.ts': "const data = require('../data.json')",
    'd.mts': '',
    'folder/index.ts': '',
    'unused.ts': '',
  })
  const found = userFiles(join(folder, 'main.ts')).map((path) => relative(folder, path))
  expect(found).toEqual(['a.ts', 'c.ts', 'd.mts', 'folder/index.ts', 'main.ts', 'types/b.ts'])
})
