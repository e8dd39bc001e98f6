import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { startKeyring, whyNoKeyring } from '../../support/keyring.ts'

const missing = whyNoKeyring() ?? (spawnSync('secret-tool', ['--version']).error && 'it needs secret-tool')

it('reads an item that another program has put into the system’s keychain', async context => {
  if (missing !== undefined) context.skip(missing)
  await using keyring = await startKeyring()
  // With the attributes that the libraries of the owners give their items.
  await run(
    'secret-tool',
    ['store', '--label', 'x', 'service', 'gemini', 'username', 'antigravity'],
    keyring.env,
    'the token',
  )
  expect(await read(keyring.env, 'gemini', 'antigravity')).toBe('the token')
  expect(await read(keyring.env, 'gemini', 'another')).toBeNull()
})

it('takes a computer without a keychain for one without the item', async () => {
  expect(await read({ PATH: process.env['PATH'] }, 'gemini', 'antigravity')).toBeNull()
})

async function read(env: NodeJS.ProcessEnv, service: string, account: string): Promise<unknown> {
  const program = join(import.meta.dirname, 'keychain-program.ts')
  return JSON.parse(await run(process.execPath, [program, service, account], env)) as unknown
}

async function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv, input = ''): Promise<string> {
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(input)
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')])
  return output
}
