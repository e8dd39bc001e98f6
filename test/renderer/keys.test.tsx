import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { worlds } from '../support/fake-worlds.ts'
import { askedFor, openApp } from './open-app.tsx'

const SECRET = 'sk-or-v1-0123456789abcdef'

describe('The keys', () => {
  test('are listed with where they come from, whether they are in use, and nothing secret', async () => {
    await openApp(worlds.lively, 'keys')
    const [, openai, openrouter, old] = screen.getAllByRole('row')
    expect(openai?.textContent).toMatch(/OpenAI…7F3AKeychain.*Ready/)
    expect(openrouter?.textContent).toMatch(/EnvironmentOPENROUTER_API_KEY/)
    expect(old?.textContent).toContain('Not in use')
  })

  test('take a new one in: pasted, told by its beginning, tested, saved, and forgotten here', async () => {
    const { user, ...fake } = await openApp(worlds.fresh, 'keys')
    await user.click(screen.getAllByRole('button', { name: 'Add a key' })[0] as HTMLElement)
    const sheet = within(await screen.findByRole('dialog'))
    await user.click(sheet.getByLabelText('Key'))
    await user.paste(SECRET)
    expect(await sheet.findByText('Told by the key’s beginning.')).toBeDefined()
    expect(sheet.getByRole('button', { name: 'Backend: OpenRouter' })).toBeDefined()
    await user.click(sheet.getByRole('button', { name: 'Test first' }))
    expect(await sheet.findByText('The key works.')).toBeDefined()
    expect(sheet.getByText('68 models')).toBeDefined()
    await user.click(sheet.getByRole('button', { name: 'Save key' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(askedFor(fake, 'keys.add')).toEqual([{ backend: 'openrouter', value: SECRET, store: 'keychain' }])
    expect(await screen.findByText('…cdef')).toBeDefined()
    expect(document.documentElement.outerHTML).not.toContain(SECRET)
  })

  test('say why one is not taken', async () => {
    const { user } = await openApp(worlds.lively, 'keys')
    await user.click(screen.getByRole('button', { name: 'Add a key' }))
    await user.type(await screen.findByLabelText('Key'), 'sk-abc def{Enter}')
    expect(await screen.findByText(/A key has no spaces in it/)).toBeDefined()
  })

  test('ask for a passphrase where they go to a file', async () => {
    const { user, ...fake } = await openApp(worlds.weakStore, 'keys')
    await user.click(screen.getByRole('button', { name: 'Add a key' }))
    await user.type(await screen.findByLabelText('Key'), 'sk-abcdefghijklmnop')
    expect(screen.getByRole('button', { name: 'Save key' }).hasAttribute('disabled')).toBe(true)
    await user.type(screen.getByLabelText('Passphrase'), 'correct horse')
    await user.click(screen.getByRole('button', { name: 'Save key' }))
    await waitFor(() =>
      expect(askedFor(fake, 'keys.add')).toEqual([
        { backend: 'openai', value: 'sk-abcdefghijklmnop', store: 'file', passphrase: 'correct horse' },
      ]),
    )
  })

  test('ask for the passphrase of a locked file on every screen, and say why one is refused', async () => {
    const { user } = await openApp(worlds.locked, 'traffic')
    await user.click(screen.getByRole('button', { name: 'Unlock…' }))
    await user.type(await screen.findByLabelText('Passphrase'), 'wrong{Enter}')
    expect(await screen.findByText(/is not the one that the file was encrypted with/)).toBeDefined()
    await user.clear(screen.getByLabelText('Passphrase'))
    await user.type(screen.getByLabelText('Passphrase'), 'correct horse battery{Enter}')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(screen.queryByText('The stored keys are locked.')).toBeNull()
    expect(document.documentElement.outerHTML).not.toContain('correct horse battery')
  })

  test('offer to unlock the file where it is listed', async () => {
    const { user } = await openApp(worlds.locked, 'keys')
    const stores = within(screen.getByRole('region', { name: 'Where new keys go' }))
    expect(stores.getByText('Locked')).toBeDefined()
    await user.click(stores.getByRole('button', { name: 'Unlock…' }))
    expect(await screen.findByLabelText('Passphrase')).toBeDefined()
  })

  test('warn of a weak store, and name the one that does not answer', async () => {
    await openApp(worlds.weakStore, 'keys')
    const stores = within(screen.getByRole('region', { name: 'Where new keys go' }))
    expect(stores.getByText('Weak')).toBeDefined()
    expect(stores.getByText('No Secret Service answers on the session bus.')).toBeDefined()
    expect(stores.getByText('Not available')).toBeDefined()
  })

  test('are tested rung by rung', async () => {
    const { user } = await openApp(worlds.lively, 'keys')
    await user.click(screen.getByRole('button', { name: 'Test of openai' }))
    const dialog = within(await screen.findByRole('dialog'))
    expect(await dialog.findByText('The key works.')).toBeDefined()
    expect(dialog.getAllByRole('listitem').map(rung => rung.textContent)).toEqual([
      'Reach the serverTLS 1.384 ms',
      'Sign inaccepted212 ms',
      'List models68 models143 ms',
    ])
  })

  test('go only after a question', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'keys')
    const remove = async (answer: string) => {
      await user.click(screen.getByRole('button', { name: 'Actions for openai' }))
      await user.click(await screen.findByRole('menuitem', { name: 'Remove…' }))
      await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: answer }))
      await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    }
    await remove('Cancel')
    expect(askedFor(fake, 'keys.remove')).toEqual([])
    await remove('Remove')
    expect(askedFor(fake, 'keys.remove')).toEqual([{ name: 'openai' }])
    await waitFor(() => expect(screen.queryByText('…7F3A')).toBeNull())
  })

  test('say why they can’t be listed', async () => {
    const { user, ...fake } = await openApp(worlds.broken, 'keys')
    expect(await screen.findByText('The keychain did not answer within 5 s.')).toBeDefined()
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    await waitFor(() => expect(askedFor(fake, 'keys.list').length).toBeGreaterThan(1))
  })
})

test('Where no keychain answers, a key can still go into a file with a passphrase', async () => {
  const stores = worlds.weakStore.stores.map(store => ({
    ...store,
    usable: store.id === 'env',
    inUse: false,
    weak: false,
  }))
  const { user } = await openApp({ ...worlds.fresh, stores }, 'keys')
  expect(screen.getByText(/No keychain answers here/)).toBeDefined()
  await user.click(screen.getAllByRole('button', { name: 'Add a key' })[0] as HTMLElement)
  expect(await screen.findByLabelText('Passphrase')).toBeDefined()
})
