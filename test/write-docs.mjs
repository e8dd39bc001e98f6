import { readFile, writeFile } from 'node:fs/promises'
import { withTables } from './support/backends-table.ts'
import { withCommandTables } from './support/commands-table.ts'

/** `npm run docs`: writes the tables of docs/backends.md and docs/commands.md from the code. */
const documents = [
  ['backends', withTables],
  ['commands', withCommandTables],
]
for (const [name, written] of documents) {
  const document = new URL(`../docs/${name}.md`, import.meta.url)
  await writeFile(document, written(await readFile(document, 'utf8')))
}
