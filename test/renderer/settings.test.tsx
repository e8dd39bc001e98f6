import { screen, waitFor } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { worlds } from '../support/fake-worlds.ts'
import { askedFor, openApp } from './open-app.tsx'

describe('The settings', () => {
  test('show each value with its source', async () => {
    await openApp(worlds.lively, 'settings')
    expect(screen.getByText('Kept in /home/ada/.config/llm-interactive-proxy/config.yaml')).toBeDefined()
    expect(screen.getByText('config.yaml:9')).toBeDefined()
    expect(screen.getByText('env APP_MEMORY_TURNS')).toBeDefined()
    expect(screen.getByLabelText('Bodies in memory').hasAttribute('disabled')).toBe(true)
  })

  test('are changed in place, and say what it takes for them to hold', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'settings')
    const port = screen.getByLabelText('Port')
    await user.clear(port)
    await user.type(port, '8123{Enter}')
    await waitFor(() => expect(askedFor(fake, 'settings.set')).toEqual([{ key: 'server.port', value: 8123 }]))
    expect(await screen.findByText('Takes effect when the proxy restarts.')).toBeDefined()
    await user.click(screen.getByRole('button', { name: 'Restart now' }))
    expect(askedFor(fake, 'proxy.restart')).toHaveLength(1)
  })

  test.each([
    ['70000', 'A number from 1 to 65,535.'],
    ['80', 'Port 80 needs special rights.'],
  ])('refuse port %s with the reason', async (typed, says) => {
    const { user } = await openApp(worlds.lively, 'settings')
    const port = screen.getByLabelText('Port')
    await user.clear(port)
    await user.type(port, `${typed}{Enter}`)
    expect((await screen.findByRole('alert')).textContent).toBe(says)
  })

  test('go back to their default', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'settings')
    await user.click(screen.getByRole('button', { name: 'Keep requests for: Reset to 30 days' }))
    await waitFor(() => expect(askedFor(fake, 'settings.set')).toEqual([{ key: 'traffic.retention_days', value: 30 }]))
  })

  test('warn where other computers could reach the proxy', async () => {
    const { user } = await openApp(worlds.lively, 'settings')
    const host = screen.getByLabelText('Address')
    await user.clear(host)
    await user.type(host, '0.0.0.0{Enter}')
    expect(await screen.findByText(/Other computers can reach this address/)).toBeDefined()
  })

  test('choose how much is captured, each choice with what it means', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'settings')
    await user.click(screen.getByRole('button', { name: 'Capture: Bodies in memory' }))
    await user.click(await screen.findByRole('menuitemradio', { name: /Facts only/ }))
    await waitFor(() => expect(askedFor(fake, 'settings.set')).toEqual([{ key: 'traffic.capture', value: 'metadata' }]))
    expect(await screen.findByText('No body is kept anywhere.')).toBeDefined()
  })

  test('say where the log of the app is, and open it', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'settings')
    expect(screen.getByText('/home/ada/.local/state/llm-interactive-proxy/logs')).toBeDefined()
    await user.click(screen.getByRole('button', { name: 'Show folder' }))
    expect(askedFor(fake, 'logs.open')).toHaveLength(1)
  })

  test('say where the log goes where there is no desktop app', async () => {
    await openApp(worlds.headless, 'settings')
    expect(screen.getByText(/standard error/)).toBeDefined()
    expect(screen.getByRole('button', { name: 'Show folder' }).hasAttribute('disabled')).toBe(true)
  })

  test('are found by what they say', async () => {
    const { user } = await openApp(worlds.lively, 'settings')
    await user.type(screen.getByRole('searchbox'), 'log size')
    await waitFor(() => expect(screen.queryByLabelText('Port')).toBeNull())
    expect(screen.getByLabelText('Log size at most')).toBeDefined()
    await user.type(screen.getByRole('searchbox'), ' unheard of')
    expect(await screen.findByText('No setting is called that.')).toBeDefined()
  })

  test('switch what happens at login', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'settings')
    await user.click(screen.getByRole('switch', { name: 'Launch at login' }))
    await waitFor(() =>
      expect(screen.getByRole('switch', { name: 'Launch at login' }).getAttribute('aria-checked')).toBe('true'),
    )
    expect(askedFor(fake, 'loginItem.set')).toEqual([{ launchAtLogin: true }])
  })

  test('say that a switch was turned elsewhere', async () => {
    await openApp(
      {
        loginItem: {
          supported: true,
          launchAtLogin: false,
          startHidden: true,
          startProxyAtLaunch: true,
          changedOutside: true,
        },
      },
      'settings',
    )
    expect(screen.getByText('Changed outside the app.')).toBeDefined()
  })

  test('say why the desktop’s own can’t be had elsewhere', async () => {
    await openApp(worlds.headless, 'settings')
    expect(screen.getAllByText(/The headless server runs as long as it is let run/)).toHaveLength(3)
    expect(screen.getByRole('switch', { name: 'Launch at login' }).hasAttribute('disabled')).toBe(true)
  })

  test('change the look at once', async () => {
    const { user } = await openApp(worlds.lively, 'settings')
    await user.click(screen.getByRole('radio', { name: 'Dark' }))
    await user.click(screen.getByRole('radio', { name: 'Comfortable' }))
    expect(localStorage.getItem('preferences')).toMatch(/"theme":"dark","density":"comfortable"/)
  })

  test('say why they can’t be read', async () => {
    await openApp(worlds.broken, 'settings')
    expect(await screen.findByText('config.yaml can’t be read: permission denied.')).toBeDefined()
  })
})
