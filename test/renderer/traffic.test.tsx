import { act, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { fakeTurns } from '../support/fake-turns.ts'
import { worlds } from '../support/fake-worlds.ts'
import { askedFor, openApp } from './open-app.tsx'

const now = Date.now()
const rows = () => within(screen.getByRole('grid')).getAllByRole('row').slice(1)
const selected = () => screen.getByRole('row', { selected: true })

describe('The traffic list', () => {
  test('shows a request as it comes, runs and ends, once', async () => {
    const { control, told } = await openApp({ turns: 2 }, 'traffic')
    const turn = control.newOpenTurn(Date.now())
    await told(() => control.change([turn]))
    expect(rows()).toHaveLength(3)
    expect(rows()[0]?.textContent).toContain('streaming')
    await told(() => control.change([{ ...turn, open: false, outcome: 'rate limited', error: 'Too many.' }]))
    expect(rows()).toHaveLength(3)
    expect(rows()[0]?.textContent).toContain('Too many.')
  })

  test('says when it can’t tell of every request, and gets those it left out when it is calm again', async () => {
    const { control, told, ...fake } = await openApp({ turns: 3 }, 'traffic')
    await told(() => control.tell('rush', true))
    expect(screen.getByText(/More requests end than can be shown/)).toBeDefined()
    const missed = fakeTurns(2, Date.now() + 60_000, 7).map(turn => ({ ...turn, id: `missed-${turn.id}` }))
    control.addQuietly(missed)
    expect(rows()).toHaveLength(3)
    await told(() => control.tell('rush', false))
    await waitFor(() => expect(rows()).toHaveLength(5))
    expect(screen.queryByText(/More requests end than can be shown/)).toBeNull()
    expect(askedFor(fake, 'turns.list')).toContainEqual({ limit: 500 })
  })

  test('has columns that are made wider and narrower by keys', async () => {
    const { user } = await openApp({ turns: 3 }, 'traffic')
    const grip = screen.getByRole('separator', { name: 'Width of Client' })
    grip.focus()
    await user.keyboard('{ArrowRight}{ArrowRight}{ArrowLeft}')
    expect(grip.getAttribute('aria-valuenow')).toBe('112')
    await user.keyboard('{Home}')
    expect(grip.getAttribute('aria-valuenow')).toBe('104')
    await user.keyboard('{ArrowLeft>20/}')
    expect(grip.getAttribute('aria-valuenow')).toBe('34')
  })

  test('draws only what is in view of fifty thousand', async () => {
    await openApp({ turns: 50_000, told: 50_000 }, 'traffic')
    expect(rows().length).toBeGreaterThan(10)
    expect(rows().length).toBeLessThan(60)
    expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('50001')
  })

  test('loads older requests as its end comes into view', async () => {
    const fake = await openApp({ turns: fakeTurns(20, now) }, 'traffic')
    await waitFor(() => expect(screen.getByText('That is all there is in the log.')).toBeDefined())
    expect(askedFor(fake, 'turns.list')).toEqual([{ limit: 500, before: fake.control.turns().at(-1)?.id }])
    expect(rows()).toHaveLength(20)
  })

  test('is filtered by words, by what is wrong, and by backend, and says so in its address', async () => {
    const { user } = await openApp({ turns: 400 }, 'traffic')
    await user.type(screen.getByRole('searchbox'), 'aider')
    await waitFor(() => expect(rows().every(row => row.textContent.includes('Aider'))).toBe(true))
    await user.click(screen.getByRole('radio', { name: 'Problems' }))
    await user.click(screen.getByRole('button', { name: 'Backend' }))
    await user.click(await screen.findByRole('menuitemcheckbox', { name: 'openai' }))
    expect(location.hash).toBe('#/traffic?q=aider&is=problems&backend=openai')
  })

  test('searches the log where nothing here matches, and then says that there is nothing', async () => {
    const { user, ...fake } = await openApp({ turns: 400 }, 'traffic?q=nowhere-to-be-found')
    expect(await screen.findByText('No request matches.')).toBeDefined()
    await waitFor(() => expect(askedFor(fake, 'turns.list')).toHaveLength(1))
    expect(askedFor(fake, 'turns.list')[0]).toMatchObject({ filter: { text: 'nowhere-to-be-found' } })
    await user.click(screen.getByRole('button', { name: 'Clear the filter' }))
    expect(rows().length).toBeGreaterThan(0)
  })

  test('stands still while it is paused, and tells what it leaves out', async () => {
    const { user, control, told } = await openApp({ turns: 5 }, 'traffic')
    await user.click(screen.getByRole('button', { name: 'Pause the list' }))
    await told(() => control.change([control.newOpenTurn(Date.now() + 1000)]))
    expect(screen.getByText(/1 request since are counted/)).toBeDefined()
    expect(rows()).toHaveLength(5)
    await user.click(screen.getByRole('button', { name: 'Resume' }))
    expect(rows()).toHaveLength(6)
  })

  test('keeps what came in above it behind a pill while it is scrolled away', async () => {
    const { user, control, told } = await openApp({ turns: 100 }, 'traffic')
    const scroller = screen.getByRole('grid').parentElement as HTMLElement
    await act(async () => {
      scroller.scrollTop = 500
      scroller.dispatchEvent(new Event('scroll'))
    })
    await told(() => control.change([control.newOpenTurn(Date.now() + 1000), control.newOpenTurn(Date.now() + 2000)]))
    const pill = screen.getByRole('button', { name: '2 new' })
    scroller.scrollTo = () => {
      scroller.scrollTop = 0
      scroller.dispatchEvent(new Event('scroll'))
    }
    await user.click(pill)
    await waitFor(() => expect(screen.queryByRole('button', { name: '2 new' })).toBeNull())
  })

  test('begins at its top, with what is newest, when it is filtered', async () => {
    const { user, control, told } = await openApp({ turns: 100 }, 'traffic')
    const scroller = () => screen.getByRole('grid').parentElement as HTMLElement
    await act(async () => {
      scroller().scrollTop = 500
      scroller().dispatchEvent(new Event('scroll'))
    })
    const turn = { ...control.newOpenTurn(Date.now() + 1000), client: 'Newcomer' }
    await told(() => control.change([turn]))
    await user.type(screen.getByRole('searchbox'), 'newcomer')
    await waitFor(() => expect(rows()).toHaveLength(1))
    expect(scroller().scrollTop).toBe(0)
    await user.keyboard('{Escape}')
    await waitFor(() => expect(rows()[0]?.textContent).toContain('Newcomer'))
  })

  test('is walked by letters from anywhere, and leaves the detail by Escape from there', async () => {
    const { user } = await openApp({ turns: 40 }, 'traffic')
    await user.keyboard('j')
    expect(document.activeElement).toBe(screen.getByRole('grid'))
    await user.keyboard(']')
    expect(document.activeElement).toBe(screen.getByRole('region', { name: 'Request detail' }))
    await user.keyboard('{Escape}')
    expect(screen.queryByRole('region', { name: 'Request detail' })).toBeNull()
    expect(document.activeElement).toBe(screen.getByRole('grid'))
  })

  test('is walked by keys', async () => {
    const { user } = await openApp({ turns: 40 }, 'traffic')
    await user.keyboard('jjk')
    expect(selected().getAttribute('aria-rowindex')).toBe('2')
    screen.getByRole('grid').focus()
    await user.keyboard('{ArrowDown}{ArrowDown}')
    expect(selected().getAttribute('aria-rowindex')).toBe('4')
    expect(screen.getByRole('grid').getAttribute('aria-activedescendant')).toBe(selected().id)
    await user.keyboard('{Escape}')
    expect(screen.queryByRole('row', { selected: true })).toBeNull()
    await user.keyboard('/')
    expect(document.activeElement).toBe(screen.getByRole('searchbox'))
  })

  test('shows the columns that were chosen', async () => {
    const { user } = await openApp({ turns: 3 }, 'traffic')
    expect(screen.queryByRole('columnheader', { name: 'Path' })).toBeNull()
    await user.click(screen.getByRole('button', { name: 'View options' }))
    await user.click(await screen.findByRole('menuitemcheckbox', { name: 'Path' }))
    expect(await screen.findByRole('columnheader', { name: 'Path', hidden: true })).toBeDefined()
  })

  test.each([
    ['the proxy is stopped', worlds.stopped, 'Nothing is listening.', 'Start proxy'],
    ['nothing has come yet', worlds.fresh, 'No requests yet.', 'Send a test request'],
  ])('says what to do where %s', async (_, world, says, offers) => {
    await openApp(world, 'traffic')
    expect(screen.getByText(says)).toBeDefined()
    expect(screen.getByRole('button', { name: offers })).toBeDefined()
  })

  test('waits for the app in its own shape', async () => {
    await openApp(worlds.slow, 'traffic')
    expect(screen.getByRole('status', { name: 'Loading' })).toBeDefined()
  })
})

describe('The detail of a request', () => {
  const open = async (change: Parameters<typeof openApp>[0] = { turns: 4 }) => {
    const app = await openApp(change, 'traffic')
    await app.user.click(rows()[1] as HTMLElement)
    return { ...app, detail: within(await screen.findByRole('region', { name: 'Request detail' })) }
  }

  test('shows request, response and headers, by its tabs and their number keys', async () => {
    const { user, detail } = await open()
    await user.click(await detail.findByRole('tab', { name: 'Request' }))
    expect(detail.getByRole('tabpanel').textContent).toContain('"messages"')
    await user.keyboard('4')
    expect(detail.getByRole('tabpanel').textContent).toContain('Bearer ••••7F3A')
    await user.keyboard('3')
    expect(detail.getByRole('tab', { selected: true }).textContent).toBe('Response')
  })

  test('copies the request as a command', async () => {
    const { user, detail } = await open()
    await user.click(await detail.findByRole('button', { name: 'Copy as curl' }))
    expect(await navigator.clipboard.readText()).toContain("-H 'authorization: Bearer $API_KEY'")
  })

  test('copies no command that would lack the body, and says why', async () => {
    const { user, detail } = await open({ turns: 4, bodiesMissing: 'It is from before the start.' })
    await navigator.clipboard.writeText('before')
    await user.click(await detail.findByRole('button', { name: 'Copy as curl' }))
    expect(await screen.findByText('No command was copied. It is from before the start.')).toBeDefined()
    await user.keyboard('{Control>}{Shift>}c{/Shift}{/Control}')
    expect(await navigator.clipboard.readText()).toBe('before')
  })

  test('stops a stream that is open', async () => {
    const { user, detail } = await open({ turns: 2, open: 2 })
    await user.click(await detail.findByRole('button', { name: 'Stop' }))
    expect((await detail.findAllByText('client cancelled')).length).toBeGreaterThan(0)
  })

  test('says why it can’t be shown, and tries again', async () => {
    const { user, detail, ...fake } = await open({ turns: 4, failing: { 'turns.get': 'The log is locked.' } })
    expect(await detail.findByText('The log is locked.')).toBeDefined()
    await user.click(detail.getByRole('button', { name: 'Try again' }))
    await waitFor(() => expect(askedFor(fake, 'turns.get')).toHaveLength(2))
  })

  test('says that a request has left the log', async () => {
    await openApp({ turns: 4 }, 'traffic?turn=long-gone')
    expect(await screen.findByText('This request is no longer in the log.')).toBeDefined()
  })

  test('is made larger and smaller by keys', async () => {
    const { user } = await open()
    const splitter = screen.getByRole('separator', { name: 'Size of the detail' })
    splitter.focus()
    await user.keyboard('{ArrowLeft}{ArrowLeft}')
    expect(splitter.getAttribute('aria-valuenow')).toBe('46')
  })
})
