import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { UsageError } from '../../../proxy/cli/args.ts'
import { sessions } from '../../../proxy/cli/sessions.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'

let proxy: StartedApp

beforeEach(async () => {
  proxy = await startApp('default_backend: demo\n')
})
afterEach(() => proxy.close())

async function run(...args: string[]) {
  const out = new PassThrough()
  const err = new PassThrough()
  const code = await sessions([...args, '--data-dir', proxy.folder], { env: {}, out, err })
  out.end()
  err.end()
  return { code, out: await text(out), err: await text(err) }
}

/** Says something in a conversation, and gives what came back. */
async function say(content: string) {
  const answer = await fetch(`${proxy.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'x-session-id': 'of-the-test', 'user-agent': 'opencode/1.0' },
    body: JSON.stringify({ model: 'demo-chat', messages: [{ role: 'user', content }] }),
  })
  const { choices } = (await answer.json()) as { choices: { message: { content: string } }[] }
  return choices[0]?.message.content ?? ''
}

it('tells that there are none', async () => {
  expect(await run()).toEqual({ code: 0, out: 'No conversation is known yet.\n', err: '' })
})

it('lists what commands changed, shows all of one, and forgets it while the proxy runs', async () => {
  const id = /[0-9a-f]{12}/.exec(await say('!/set(project=apollo)\n!/set(temperature=0.5)'))?.[0] ?? ''
  expect((await run()).out).toMatch(
    new RegExp(`^${id}  .*  opencode  0 turns  \\$0.0000  temperature: 0.5; project: apollo\n$`),
  )
  expect((await run('show', id)).out).toContain('told by x-session-id')
  const { sessions: all } = JSON.parse((await run('list', '--json')).out) as { sessions: Record<string, unknown>[] }
  expect(all).toMatchObject([{ id, overrides: { project: 'apollo', params: { temperature: 0.5 } } }])
  expect(Object.keys(all[0] ?? {})).not.toContain('owner')

  expect(await say('!/status')).toContain('project: apollo')
  expect((await run('forget', id)).code).toBe(0)
  expect(await say('!/status')).toContain('Nothing is changed by commands.')
})

it('tells what is wrong with an order', async () => {
  expect(await run('show', 'ffffffffffff')).toMatchObject({
    code: 1,
    err: expect.stringContaining('no session') as string,
  })
  await expect(run('show')).rejects.toThrow(UsageError)
  await expect(run('change')).rejects.toThrow(UsageError)
})
