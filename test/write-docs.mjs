import { readFile, writeFile } from 'node:fs/promises'
import { withTables } from './support/backends-table.ts'

/** `npm run docs`: writes the tables of docs/backends.md from the code. */
const document = new URL('../docs/backends.md', import.meta.url)
await writeFile(document, withTables(await readFile(document, 'utf8')))
