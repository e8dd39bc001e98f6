import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { fakeBackends, type FakeWorld } from '../support/fake-bridge.ts'
import { fakeTurns, turnId } from '../support/fake-turns.ts'
import { worlds } from '../support/fake-worlds.ts'
import { askedFor, openApp } from './open-app.tsx'

const headline = () => screen.getByRole('heading', { level: 1 }).textContent

describe('The overview says first', () => {
  const failing = fakeBackends.map(backend =>
    backend.id === 'openai' ? { ...backend, turns: 20, failures: 9 } : backend,
  )
  const keyless = fakeBackends.map(backend =>
    backend.isDefault ? { ...backend, state: 'needs-key' as const } : backend,
  )
  const noDemo = keyless.map(backend => ({ ...backend, state: 'needs-key' as const }))
  test.each<[string, FakeWorld, string]>([
    ['that all is good', worlds.lively, 'All good. 3 backends ready. 3 streams open now.'],
    ['that the proxy is stopped', worlds.stopped, 'The proxy is stopped.'],
    ['that it could not start', worlds.portTaken, 'The proxy is not running.'],
    ['that it is starting', { status: { run: 'starting' } }, 'The proxy is starting.'],
    ['that the config is broken', worlds.crowded, 'The config file has a problem.'],
    [
      'that the log is not written',
      { status: { log: { state: 'degraded', dropped: 3, reason: 'The disk is full.' } } },
      'The traffic log can’t be written. The disk is full. Requests go on; 3 requests',
    ],
    ['which backend fails', { backends: failing }, 'OpenAI is failing. 45\u202f% of 20 requests'],
    ['that only the demo answers', worlds.fresh, 'Only the demo answers.'],
    ['that no backend is ready', { backends: noDemo }, 'No backend is ready.'],
    [
      'that the default backend needs a key',
      { backends: keyless },
      'OpenAI needs a key. Everything else is fine: 2 backends ready.',
    ],
  ])('%s', async (_, world, says) => {
    await openApp({
      ...world,
      turns: typeof world.turns === 'number' ? Math.min(world.turns, 200) : (world.turns ?? 60),
    })
    expect(headline()).toContain(says)
  })
})

describe('The overview', () => {
  test('waits in the shape of what is to come', async () => {
    await openApp(worlds.slow)
    expect(screen.getByRole('status', { name: 'Loading' })).toBeDefined()
  })

  test('ticks its steps by what is so, and goes when they are done', async () => {
    const { user, control, told } = await openApp(worlds.fresh)
    const steps = () => within(screen.getByRole('region', { name: 'Set up' })).getAllByLabelText(/Done|To do/)
    expect(steps().map(step => step.getAttribute('aria-label'))).toEqual(['Done', 'To do', 'To do', 'To do'])
    await user.click(screen.getAllByRole('button', { name: 'Send a test request' })[0] as HTMLElement)
    await waitFor(() =>
      expect(steps().map(step => step.getAttribute('aria-label'))).toEqual(['Done', 'To do', 'Done', 'To do']),
    )
    await told(() => {
      control.tell('backends', fakeBackends as never)
      control.change([control.newOpenTurn(Date.now())])
    })
    expect(screen.queryByRole('region', { name: 'Set up' })).toBeNull()
  })

  test('shows what is going on, and stops it', async () => {
    const { user, ...fake } = await openApp({ turns: 5, open: 1 })
    const now = screen.getByRole('region', { name: 'Now' })
    await user.click(within(now).getByRole('button', { name: /^Stop .+ for .+/ }))
    expect(await within(now).findByText('No stream is open.')).toBeDefined()
    expect(askedFor(fake, 'turns.stop')).toHaveLength(1)
  })

  test('keeps streams in their places when others begin', async () => {
    const { control, told } = await openApp({ turns: 5, open: 6 })
    const stops = () =>
      within(screen.getByRole('region', { name: 'Now' }))
        .getAllByRole('listitem')
        .map(item => item.querySelector('button')?.textContent.replace(/\d.*/, ''))
    const before = stops()
    await told(() => control.change([{ ...control.newOpenTurn(Date.now()), client: 'Newcomer' }]))
    expect(stops()).toEqual(before)
    expect(screen.getByRole('button', { name: '1 more in Traffic' })).toBeDefined()
  })

  test('offers another port where its own is taken', async () => {
    const { user, ...fake } = await openApp(worlds.portTaken)
    expect(screen.getByText('Port 8000 is taken by node (pid 4312).')).toBeDefined()
    await user.click(screen.getByRole('button', { name: 'Move to 8001' }))
    await screen.findByRole('button', { name: 'Proxy: Running' })
    expect(askedFor(fake, 'settings.set')).toEqual([{ key: 'server.port', value: 8001 }])
  })

  test('takes the port for this time only where that is asked', async () => {
    const { user, ...fake } = await openApp(worlds.portTaken)
    await user.click(screen.getByRole('button', { name: 'Use 8001 this time' }))
    await screen.findByRole('button', { name: 'Proxy: Running' })
    expect(askedFor(fake, 'proxy.start')).toEqual([{ port: 8001 }])
    expect(askedFor(fake, 'settings.set')).toEqual([])
  })

  test('finds problems in the log that are not among the newest requests', async () => {
    const now = Date.now()
    const [sample] = fakeTurns(1, now)
    if (sample === undefined) throw new Error('no turn')
    const fine = { ...sample, outcome: 'ok' as const, error: undefined }
    const turns = Array.from({ length: 400 }, (_, n) => ({ ...fine, id: turnId(1000 - n), at: now - n }))
    const broken = { ...fine, id: turnId(1), at: now - 1000, outcome: 'network' as const, error: 'It hung up on us.' }
    await openApp({ turns: [...turns, broken], told: 300 })
    const problems = within(screen.getByRole('region', { name: 'Recent problems' }))
    expect(await problems.findByText(/It hung up on us/)).toBeDefined()
  })

  test('says of a backend that fails what every screen says of it', async () => {
    const [sample] = fakeBackends.filter(({ state }) => state === 'ready')
    if (sample === undefined) throw new Error('no backend')
    const limited = [{ name: 'K', state: 'rate-limited' as const, detail: 'Rests.' }]
    await openApp({
      backends: [
        { ...sample, id: 'a', title: 'Refusing', status: 'Ready', keys: [], turns: 2, failures: 2 },
        {
          ...sample,
          id: 'b',
          title: 'Resting',
          status: 'Rate limited until 21:28',
          keys: limited,
          turns: 0,
          failures: 0,
        },
        { ...sample, id: 'c', title: 'Sound', status: 'Ready', keys: [], turns: 9, failures: 1 },
      ],
    })
    const tiles = within(screen.getByRole('region', { name: 'Backends' })).getAllByRole('listitem')
    expect(tiles.map(tile => tile.textContent)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/Refusing.*Failing/),
        expect.stringMatching(/Resting.*Rate limited until 21:28/),
        expect.stringMatching(/Sound.*Ready/),
      ]),
    )
  })

  test('groups problems that are the same', async () => {
    await openApp({ turns: 400 })
    const problems = within(screen.getByRole('region', { name: 'Recent problems' })).getAllByRole('listitem')
    const texts = problems.map(problem => problem.textContent.replace(/\d.*$/, ''))
    expect(new Set(texts).size).toBe(texts.length)
    expect(texts.length).toBeLessThanOrEqual(5)
  })
})
