import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { tempFolder } from './support.ts'

const child = fileURLToPath(new URL('growing-child.ts', import.meta.url))

test('thirty thousand more turns take no more memory', async () => {
  const file = join(await tempFolder(), 'traffic.db')
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', child, file])
  const [first = NaN, later = NaN] = JSON.parse(stdout) as number[]
  expect(later - first).toBeLessThan(4 * 2 ** 20)
})
