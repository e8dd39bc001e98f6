import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { fakeSessions } from '../support/fake-sessions.ts'
import { fakeTurns } from '../support/fake-turns.ts'
import { askedFor, openApp } from './open-app.tsx'

const now = Date.now()
const three = fakeSessions(3, now).map((session, i) => ({
  ...session,
  title: ['First words', 'Second words', undefined][i],
  client: 'Codex',
  changed: i === 0 ? [{ kind: 'setting' as const, name: 'model', value: 'o5' }] : [],
}))
const [first] = three
const rows = () => within(screen.getByRole('grid')).getAllByRole('row').slice(1)
const detail = () => within(screen.getByRole('region', { name: 'Session detail' }))

describe('The sessions', () => {
  test('are listed with what they used, and what is not priced or not paid by use is told in words', async () => {
    const base = { ...three[0], errors: 0, turns: 2, changed: [] } as (typeof three)[number]
    await openApp(
      {
        sessions: [
          { ...base, id: '00000000000a', cost: 0.042, unpriced: 0, covered: 0 },
          { ...base, id: '00000000000b', cost: 0.5, unpriced: 1, covered: 0 },
          { ...base, id: '00000000000c', cost: 0, unpriced: 2, covered: 0 },
          { ...base, id: '00000000000d', cost: 0, unpriced: 0, covered: 2 },
        ],
      },
      'sessions',
    )
    const costs = rows().map(row =>
      within(row)
        .getAllByRole('gridcell')
        .map(({ textContent }) => textContent),
    )
    expect(costs.map(cells => cells.find(cell => /\$|unpriced|subscription/.test(cell)))).toEqual([
      '$0.042',
      '≥ $0.50',
      'unpriced',
      'subscription',
    ])
  })

  test('are found by words, which stand in the address', async () => {
    const { user, ...fake } = await openApp({ sessions: three }, 'sessions')
    await user.type(screen.getByRole('searchbox'), 'second')
    await waitFor(() => expect(rows()).toHaveLength(1))
    expect(location.hash).toBe('#/sessions?q=second')
    expect(askedFor(fake, 'sessions.list').at(-1)).toEqual({ limit: 200, text: 'second' })
    await user.type(screen.getByRole('searchbox'), 'x')
    expect(await screen.findByText('No match in 3 sessions.')).toBeDefined()
    await user.click(screen.getByRole('button', { name: 'Clear the search' }))
    await waitFor(() => expect(rows()).toHaveLength(3))
  })

  test('are gone through by keys', async () => {
    const { user } = await openApp({ sessions: three }, 'sessions')
    await user.keyboard('jj')
    expect(screen.getByRole('row', { selected: true }).textContent).toContain('Second words')
    await user.keyboard('[[')
    await user.keyboard('{End}')
    expect(screen.getByRole('row', { selected: true }).textContent).toContain('Codex, session 000000')
    await user.keyboard('{Escape}')
    expect(screen.queryByRole('region', { name: 'Session detail' })).toBeNull()
    await user.keyboard('/')
    expect(document.activeElement).toBe(screen.getByRole('searchbox'))
  })

  test('are drawn only as far as they are in view, and asked for as far as one scrolls', async () => {
    const fake = await openApp({ sessions: 3000 }, 'sessions')
    expect(rows().length).toBeLessThan(60)
    expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('3001')
    expect(askedFor(fake, 'sessions.list').at(-1)).toEqual({ limit: 200 })
  })

  test('are asked for again when they change', async () => {
    const { control, told } = await openApp({ sessions: three }, 'sessions')
    control.sessions().pop()
    await told(() => control.tell('sessions', {}))
    await waitFor(() => expect(rows()).toHaveLength(2))
  })

  test('say which clients name theirs where there are none, and what went wrong where they can’t be had', async () => {
    await openApp({ sessions: 0 }, 'sessions')
    expect(screen.getByText(/Claude Code, Codex and opencode name their sessions/)).toBeDefined()
  })

  test('that can’t be had say so, and are asked for again', async () => {
    const { user, ...fake } = await openApp({ failing: { 'sessions.list': 'No.' } }, 'sessions')
    const again = await screen.findByRole('button', { name: 'Try again' })
    expect(screen.getByText('No.')).toBeDefined()
    const before = askedFor(fake, 'sessions.list').length
    await user.click(again)
    expect(askedFor(fake, 'sessions.list')).toHaveLength(before + 1)
  })
})

describe('The detail of a session', () => {
  test('tells where its next turn goes, and what is changed; both follow a change', async () => {
    const { user } = await openApp({ sessions: three }, `sessions?session=${first?.id ?? ''}`)
    expect(await detail().findByText(/Its next turn goes to openai:o5 \(command of the session\)/)).toBeDefined()
    await user.click(detail().getByRole('button', { name: 'Take back model' }))
    expect(await detail().findByText(/\(default backend\)/)).toBeDefined()
    expect(detail().getByText('Nothing: its turns go as its client asks.')).toBeDefined()
  })

  test('changes what is changed already, and something else, as far as the app lets it', async () => {
    const { user, ...fake } = await openApp({ sessions: three }, `sessions?session=${first?.id ?? ''}`)
    await user.click(await detail().findByRole('button', { name: 'Change model' }))
    const value = () => detail().getByLabelText('Value')
    await user.clear(value())
    await user.type(value(), 'o6{Enter}')
    expect(await detail().findByText('o6')).toBeDefined()

    await user.click(detail().getByRole('button', { name: 'Change something' }))
    await user.click(detail().getByRole('button', { name: /^What to change/ }))
    await user.click(await screen.findByRole('menuitemradio', { name: /^temperature/ }))
    await user.type(value(), '5{Enter}')
    expect(await detail().findByText(/Temperature must be a number from 0 to 2/)).toBeDefined()
    await user.clear(value())
    await user.type(value(), '0.5{Enter}')
    expect(await detail().findByText('0.5')).toBeDefined()
    await user.click(detail().getByRole('button', { name: 'Take all back' }))
    expect(await detail().findByText('Nothing: its turns go as its client asks.')).toBeDefined()
    expect(askedFor(fake, 'sessions.change')).toMatchObject([
      { kind: 'setting', name: 'model', value: 'o6' },
      { kind: 'setting', name: 'temperature', value: '5' },
      { kind: 'setting', name: 'temperature', value: '0.5' },
    ])
  })

  test('forgets it after a question', async () => {
    const { user } = await openApp({ sessions: three }, `sessions?session=${first?.id ?? ''}`)
    await user.click(await detail().findByRole('button', { name: 'Forget' }))
    await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Forget' }))
    await waitFor(() => expect(rows()).toHaveLength(2))
    expect(location.hash).toBe('#/sessions')
  })

  test('says so where it is gone', async () => {
    await openApp({ sessions: three }, 'sessions?session=ffffffffffff')
    expect(await screen.findByText('This session is not known any more.')).toBeDefined()
  })

  test('leads to its requests in the traffic, and a request leads back to it', async () => {
    const id = first?.id ?? ''
    const turns = fakeTurns(20, now).map((turn, i) => ({ ...turn, ...(i < 2 && { session: id, cost: 0.042 }) }))
    const { user } = await openApp({ sessions: three, turns }, `sessions?session=${id}`)
    await user.click(await detail().findByRole('button', { name: 'Show in Traffic' }))
    expect(location.hash).toBe(`#/traffic?session=${id}`)
    expect(rows()).toHaveLength(2)
    await user.click(rows()[0] as HTMLElement)
    expect(screen.getByText('$0.042')).toBeDefined()
    expect((await screen.findByRole('link', { name: id })).getAttribute('href')).toBe(`#/sessions?session=${id}`)
    await user.click(screen.getByRole('button', { name: /Show all sessions/ }))
    expect(rows()).toHaveLength(20)
  })
})

test('The detail of a turn by two models shows each phase with its tokens and cost', async () => {
  const [turn] = fakeTurns(1, now)
  if (turn === undefined) throw new Error('no turn')
  const attempts = [
    {
      ...{ backend: 'a', model: 'm', phase: 'thinking' as const },
      tokensIn: 900,
      tokensOut: 84,
      isEstimate: true,
      cost: 0.0042,
    },
    {
      ...{ backend: 'b', model: 'n', phase: 'answer' as const },
      tokensIn: 11,
      tokensOut: 7,
      cost: 'unpriced' as const,
    },
  ]
  await openApp({ turns: [{ ...turn, attempts, cost: 'unpriced' }] }, `traffic?turn=${turn.id}`)
  const phases = await screen.findByText(/thinking: a:m/)
  expect(phases.textContent).toBe(
    'thinking: a:m: 900 in, 84 out, estimated, $0.0042\nanswer: b:n: 11 in, 7 out, unpriced',
  )
})
