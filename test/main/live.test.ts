import { describe, expect, it, vi } from 'vitest'
import type { Notice, NoticeBody, SentNotice, Status, TurnRow } from '../../proxy/app/contract.ts'
import type { App } from '../../proxy/index.ts'
import { followApp, type Live } from '../../main/live.ts'

/** An app that tells what the test wants told. */
async function follow() {
  let listener: (notice: SentNotice) => void = () => undefined
  const models = vi.fn(async () => [{ id: 'gpt-x', backend: 'openai', model: 'gpt-x' }])
  const app = {
    status: () => ({ run: 'stopped' }) as Status,
    notices: {
      seq: () => 5,
      listen: (_: number, heard: typeof listener) => {
        listener = heard
        return () => undefined
      },
    },
    handlers: {
      'app.snapshot': async () => ({
        route: { backend: 'openai', source: 'default' },
        backends: [],
        counters: { tokensIn: 30, tokensOut: 12 },
      }),
      'models.list': models,
    },
  } as unknown as App
  const ended: string[] = []
  const changes: Live[] = []
  const { now } = followApp(app, (live, _, turns) => {
    changes.push(live)
    ended.push(...turns.map(({ id }) => id))
  })
  await vi.waitFor(() => {
    expect(now().models).toHaveLength(1)
  })
  changes.length = 0
  const tell = <N extends Notice>(type: N, body: NoticeBody<N>) => listener({ seq: 6, type, body } as SentNotice)
  return { now, tell, ended, changes, models }
}

const turn = (id: string, open: boolean) => ({ id, open }) as TurnRow

describe('what the shell knows of the app', () => {
  it('begins with a snapshot', async () => {
    const { now } = await follow()
    expect(now()).toMatchObject({
      status: { run: 'stopped' },
      route: { backend: 'openai' },
      tokensToday: 42,
      models: [{ id: 'gpt-x' }],
    })
  })

  it('follows the notices', async () => {
    const { now, tell } = await follow()
    tell('route', { backend: 'demo', model: 'demo', source: 'config.yaml:1' })
    tell('counters', { tokensIn: 100, tokensOut: 1 } as NoticeBody<'counters'>)
    tell('status', { run: 'failed' } as Status)
    expect(now()).toMatchObject({ route: { backend: 'demo' }, tokensToday: 101, status: { run: 'failed' } })
  })

  it('counts the turns that are open, and tells of those that ended', async () => {
    const { now, tell, ended } = await follow()
    tell('turns', [turn('a', true), turn('b', true)])
    expect([...now().openTurns]).toEqual(['a', 'b'])
    tell('turns', [turn('a', false), turn('c', false)])
    expect([...now().openTurns]).toEqual(['b'])
    expect(ended).toEqual(['a', 'c'])
  })

  it('does not stir for the words of an open turn', async () => {
    const { tell, changes } = await follow()
    tell('turns', [turn('a', true)])
    for (let i = 0; i < 10; i++) tell('turns', [turn('a', true)])
    expect(changes).toHaveLength(1)
  })

  it('asks for the models again when the proxy starts, and when keys or settings change', async () => {
    const { tell, models } = await follow()
    const before = models.mock.calls.length
    tell('status', { run: 'running' } as Status)
    tell('status', { run: 'running' } as Status)
    tell('keys', {})
    tell('settings', {})
    expect(models.mock.calls.length - before).toBe(3)
  })

  it('has no models where they can’t be told', async () => {
    const { now, tell, models } = await follow()
    models.mockRejectedValueOnce(new Error('no network'))
    tell('keys', {})
    await vi.waitFor(() => {
      expect(now().models).toEqual([])
    })
  })
})
