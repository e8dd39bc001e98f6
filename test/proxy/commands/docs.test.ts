import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withCommandTables } from '../../support/commands-table.ts'

test('docs/commands.md has the tables that the code gives: npm run docs writes them', async () => {
  const document = await readFile(join(import.meta.dirname, '../../../docs/commands.md'), 'utf8')
  expect(withCommandTables(document)).toBe(document)
})
