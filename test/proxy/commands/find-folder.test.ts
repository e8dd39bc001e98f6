import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createFindFolder } from '../../../proxy/commands/find-folder.ts'

let home: string

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'lip-folder-'))
  await mkdir(join(home, 'my work'))
  await writeFile(join(home, 'file'), '')
})

afterAll(() => rm(home, { recursive: true }))

it('finds folders by their whole path, from home, and by variables', () => {
  const find = createFindFolder({ WORK: join(home, 'my work') }, home)
  expect(find(home)).toBe(home)
  expect(find('~')).toBe(home)
  expect(find('~/my work/')).toBe(join(home, 'my work'))
  for (const path of ['$WORK', '${WORK}', '%WORK%', '$WORK/../my work']) expect(find(path)).toBe(join(home, 'my work'))
})

it('finds nothing that is no folder, not there, or not a whole path', () => {
  const find = createFindFolder({}, home)
  for (const path of [join(home, 'file'), join(home, 'none'), 'my work', '$NONE/x', ''])
    expect(find(path)).toBeUndefined()
})
