import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withTables } from '../../support/backends-table.ts'

test('docs/backends.md has the tables that the code gives: npm run docs writes them', async () => {
  const document = await readFile(join(import.meta.dirname, '../../../docs/backends.md'), 'utf8')
  expect(withTables(document)).toBe(document)
})
