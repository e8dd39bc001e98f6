import { act, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { useConnection } from '../../renderer/stores/connection.ts'
import { worlds } from '../support/fake-worlds.ts'
import { askedFor, openApp } from './open-app.tsx'

describe('The frame', () => {
  test('stops and starts the proxy from its button', async () => {
    const { user } = await openApp(worlds.lively)
    await user.click(screen.getByRole('button', { name: 'Proxy: Running' }))
    await user.click(await screen.findByRole('menuitem', { name: /Stop proxy/ }))
    const stopped = await screen.findByRole('button', { name: 'Proxy: Stopped' })
    await user.click(stopped)
    await user.click(await screen.findByRole('menuitem', { name: /Start proxy/ }))
    expect(await screen.findByRole('button', { name: 'Proxy: Running' })).toBeDefined()
  })

  test('copies the base URL, with what clients need behind it', async () => {
    const { user } = await openApp(worlds.lively)
    await user.click(screen.getByRole('button', { name: /Copy the base URL/ }))
    expect(await navigator.clipboard.readText()).toBe('http://127.0.0.1:8000/v1')
    expect(await screen.findByText('Base URL copied')).toBeDefined()
  })

  test('lists the base URL of each front end, and covers none with a tip', async () => {
    const { user } = await openApp(worlds.lively)
    await user.click(screen.getByRole('button', { name: 'Base URLs by client' }))
    const list = within(await screen.findByRole('dialog', { name: 'Base URLs by client' }))
    expect(list.getAllByRole('listitem').map(item => item.textContent)).toEqual([
      'OpenAI Chat Completionshttp://127.0.0.1:8000/v1',
      'OpenAI Responseshttp://127.0.0.1:8000/v1',
      'Anthropic Messageshttp://127.0.0.1:8000/anthropic',
      'Geminihttp://127.0.0.1:8000',
    ])
    expect(screen.queryByRole('tooltip')).toBeNull()
    await user.click(list.getByRole('button', { name: 'Copy the base URL for Anthropic Messages' }))
    expect(await navigator.clipboard.readText()).toBe('http://127.0.0.1:8000/anthropic')
  })

  test('shows with a model what it takes and costs, and who says so', async () => {
    const { user } = await openApp(worlds.lively)
    await user.keyboard('{Control>}{Shift>}m{/Shift}{/Control}')
    const line = await screen.findByRole('option', { name: /gpt-5\.4/ })
    expect(line.textContent).toContain('gpt-5.41.05M$2.5 / $15 · 2026-05')
    expect(within(line).getByTitle(/for prompts up to 272k tokens; by vendor\.example, 2026-05$/)).toBeDefined()
  })

  test('switches the default route by keys alone, and takes it back', async () => {
    const { user, ...fake } = await openApp(worlds.lively)
    await user.keyboard('{Control>}{Shift>}m{/Shift}{/Control}')
    await user.type(await screen.findByRole('combobox'), 'gemini')
    await waitFor(() => expect(screen.getByRole('option', { selected: true }).textContent).toContain('gemini'))
    await user.keyboard('{Enter}')
    expect(await screen.findByRole('button', { name: 'Default route: openrouter / google/gemini-3-pro' })).toBeDefined()
    await user.click(await screen.findByRole('button', { name: 'Undo' }))
    expect(await screen.findByRole('button', { name: 'Default route: openai / gpt-5.6-terra' })).toBeDefined()
    expect(askedFor(fake, 'route.set')).toEqual([
      { backend: 'openrouter', model: 'google/gemini-3-pro' },
      { backend: 'openai', model: 'gpt-5.6-terra' },
    ])
  })

  test('says what it can’t do in the app’s words', async () => {
    const { user } = await openApp({ ...worlds.lively, failing: { 'proxy.stop': 'The log is being written.' } })
    await user.keyboard('{Control>}{Shift>}p{/Shift}{/Control}')
    expect(await screen.findByText(/The log is being written/)).toBeDefined()
  })

  test('counts down while a quit waits for open streams, and can take it back or cut it short', async () => {
    const { user, ...fake } = await openApp({ turns: 3, open: 2, status: { endsAt: Date.now() + 30_000 } })
    expect(screen.getByRole('timer').textContent).toMatch(/^2 streams open, (30|29) s at the most/)
    await user.click(screen.getByRole('button', { name: 'Quit now' }))
    await user.click(screen.getByRole('button', { name: 'Don’t quit' }))
    expect(askedFor(fake, 'app.decideQuit')).toEqual([{ choice: 'now' }, { choice: 'stay' }])
    expect(screen.queryByRole('timer')).toBeNull()
  })

  test('goes to every screen by its keys', async () => {
    const { user } = await openApp(worlds.lively)
    for (const [key, name] of [
      ['2', 'Traffic'],
      ['3', 'Sessions'],
      ['4', 'Accounts'],
      ['5', 'Routing'],
      [',', 'Settings'],
      ['1', 'Overview'],
    ] as const) {
      await user.keyboard(`{Control>}${key}{/Control}`)
      await waitFor(() => expect(screen.getByRole('link', { current: 'page' }).textContent).toContain(name))
    }
  })

  test('does what the palette is told', async () => {
    const { user } = await openApp(worlds.lively)
    await user.keyboard('{Control>}k{/Control}')
    await user.type(await screen.findByRole('combobox'), 'theme dark')
    await user.keyboard('{Enter}')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(localStorage.getItem('preferences')).toContain('"theme":"dark"')
  })

  test('finds a model in the palette although none was asked for before, and a request by its id', async () => {
    const { user } = await openApp(worlds.lively)
    await user.keyboard('{Control>}k{/Control}')
    await user.type(await screen.findByRole('combobox'), 'terra-mini')
    expect(
      await screen.findByRole('option', { name: 'Send new requests to openai / gpt-5.6-terra-mini' }),
    ).toBeDefined()
    await user.clear(screen.getByRole('combobox'))
    await user.type(screen.getByRole('combobox'), '01M8Q8GQ6E00004S9N5C8VWTB4{Enter}')
    await waitFor(() => expect(location.hash).toBe('#/traffic?turn=01M8Q8GQ6E00004S9N5C8VWTB4'))
  })

  test('lists its shortcuts at a question mark, but not while text is typed', async () => {
    const { user } = await openApp(worlds.lively, 'traffic')
    await user.type(screen.getByRole('searchbox'), '?')
    expect(screen.queryByRole('dialog')).toBeNull()
    await user.clear(screen.getByRole('searchbox'))
    await user.keyboard('{Escape}')
    await user.keyboard('?')
    expect(within(await screen.findByRole('dialog')).getByText('Start or stop the proxy')).toBeDefined()
  })

  test('shows the day’s figures, each the way to what is behind it', async () => {
    const { user } = await openApp(worlds.lively)
    await user.click(within(screen.getByRole('contentinfo')).getByRole('button', { name: /errors/ }))
    expect(location.hash).toBe('#/traffic?is=problems')
  })

  test('says when the window is not let in any more, and offers nothing that would be no use', async () => {
    await openApp({ ...worlds.lively, failing: { 'keys.list': 'The app refused this page.' } }, 'accounts')
    expect(await screen.findByRole('button', { name: 'Try again' })).toBeDefined()
    act(() => useConnection.setState({ state: 'refused' }))
    expect((await screen.findAllByText(/Open the address that the app printed/)).length).toBe(2)
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull()
  })

  test('says in one place that it lost the app, and no more that all is good', async () => {
    const { user } = await openApp({ ...worlds.lively, failing: { 'models.list': 'The app does not answer.' } })
    act(() => useConnection.setState({ state: 'lost' }))
    expect(await screen.findByText(/Reconnecting/)).toBeDefined()
    expect(screen.getByText('Disconnected')).toBeDefined()
    expect(screen.getByRole('heading', { level: 1 }).textContent).toContain('The app is out of reach.')
    await user.keyboard('{Control>}{Shift>}m{/Shift}{/Control}')
    await screen.findByRole('combobox')
    expect(screen.queryByText('That did not work. The app does not answer.')).toBeNull()
  })
})
