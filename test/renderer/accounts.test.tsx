import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { worlds } from '../support/fake-worlds.ts'
import { askedFor, openApp } from './open-app.tsx'

const SECRET = 'sk-or-v1-0123456789abcdef'

describe('The keys', () => {
  test('are listed with where they come from, whether they are in use, and nothing secret', async () => {
    await openApp(worlds.lively, 'accounts')
    const [, openai, openrouter, old] = screen.getAllByRole('row')
    expect(openai?.textContent).toMatch(/OpenAI…7F3AKeychain.*Ready/)
    expect(openrouter?.textContent).toMatch(/EnvironmentOPENROUTER_API_KEY/)
    expect(old?.textContent).toContain('Not in use')
  })

  test('take a new one in: pasted, told by its beginning, tested, saved, and forgotten here', async () => {
    const { user, ...fake } = await openApp(worlds.fresh, 'accounts')
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
    expect(askedFor(fake, 'keys.add')).toEqual([
      { backend: 'openrouter', value: SECRET, beside: true, store: 'keychain' },
    ])
    expect(await screen.findByText('…cdef')).toBeDefined()
    expect(document.documentElement.outerHTML).not.toContain(SECRET)
  })

  test('join the one that there is, or take its place, and say before which', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'accounts')
    await user.click(screen.getByRole('button', { name: 'Add a key' }))
    await user.type(await screen.findByLabelText('Key'), 'sk-abcdefghijklmnop')
    expect(await screen.findByText('Will be stored as openai.1, beside the others.')).toBeDefined()
    await user.click(screen.getByRole('radio', { name: 'Replace it' }))
    expect(await screen.findByText('Takes the place of the stored key openai.')).toBeDefined()
    await user.click(screen.getByRole('button', { name: 'Save key' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(askedFor(fake, 'keys.add')).toMatchObject([{ backend: 'openai', beside: false }])
  })

  test('are taken in several at a time, each shown with its backend and what will become of it', async () => {
    const { user, ...fake } = await openApp(worlds.fresh, 'accounts')
    await user.click(screen.getAllByRole('button', { name: 'Add a key' })[0] as HTMLElement)
    const sheet = within(await screen.findByRole('dialog'))
    await user.click(sheet.getByLabelText('Key'))
    await user.paste(
      `# all of ours\nOPENROUTER_API_KEY="${SECRET}"\n\nsk-or-v1-fedcba9876543210\nunknown-000\n${SECRET}\n`,
    )
    const list = within(await sheet.findByRole('list', { name: 'New keys' }))
    await waitFor(() =>
      expect(list.getAllByRole('listitem').map(item => item.textContent)).toEqual([
        '…cdefOpenRouterWill be stored as openrouter.',
        '…3210OpenRouterWill be stored as openrouter.1, beside the others.',
        '…Choose a backendIts beginning tells nothing; choose the backend.',
      ]),
    )
    expect(sheet.getByRole('button', { name: 'Save 3 keys' }).hasAttribute('disabled')).toBe(true)
    await user.click(list.getByRole('button', { name: 'Leave … out' }))
    await user.click(sheet.getByRole('button', { name: 'Save 2 keys' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(askedFor(fake, 'keys.add')).toMatchObject([{ value: SECRET }, { value: 'sk-or-v1-fedcba9876543210' }])
    expect(await screen.findByText('…3210')).toBeDefined()
    expect(document.documentElement.outerHTML).not.toContain('fedcba9876543210')
  })

  test('that are refused stay, each with the reason, while the others are stored', async () => {
    const { user, ...fake } = await openApp(worlds.fresh, 'accounts')
    await user.click(screen.getAllByRole('button', { name: 'Add a key' })[0] as HTMLElement)
    const sheet = within(await screen.findByRole('dialog'))
    await user.click(sheet.getByLabelText('Key'))
    await user.paste(`${SECRET}\nsk-or-v1-with a space`)
    await user.click(await sheet.findByRole('button', { name: 'Save 2 keys' }))
    expect(await sheet.findByText(/A key has no spaces in it/)).toBeDefined()
    expect(sheet.getByRole('button', { name: 'Save 1 key' })).toBeDefined()
    expect(askedFor(fake, 'keys.add')).toHaveLength(2)
  })

  test('say why one is not taken', async () => {
    const { user } = await openApp(worlds.lively, 'accounts')
    await user.click(screen.getByRole('button', { name: 'Add a key' }))
    await user.type(await screen.findByLabelText('Key'), 'sk-abc def{Enter}')
    expect(await screen.findByText(/A key has no spaces in it/)).toBeDefined()
  })

  test('ask for a passphrase where they go to a file', async () => {
    const { user, ...fake } = await openApp(worlds.weakStore, 'accounts')
    await user.click(screen.getByRole('button', { name: 'Add a key' }))
    await user.type(await screen.findByLabelText('Key'), 'sk-abcdefghijklmnop')
    expect(screen.getByRole('button', { name: 'Save key' }).hasAttribute('disabled')).toBe(true)
    await user.type(screen.getByLabelText('Passphrase'), 'correct horse')
    await user.click(screen.getByRole('button', { name: 'Save key' }))
    await waitFor(() =>
      expect(askedFor(fake, 'keys.add')).toEqual([
        { backend: 'openai', value: 'sk-abcdefghijklmnop', beside: true, store: 'file', passphrase: 'correct horse' },
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
    const { user } = await openApp(worlds.locked, 'accounts')
    const stores = within(screen.getByRole('region', { name: 'Where new keys go' }))
    expect(stores.getByText('Locked')).toBeDefined()
    await user.click(stores.getByRole('button', { name: 'Unlock…' }))
    expect(await screen.findByLabelText('Passphrase')).toBeDefined()
  })

  test('warn of a weak store, and name the one that does not answer', async () => {
    await openApp(worlds.weakStore, 'accounts')
    const stores = within(screen.getByRole('region', { name: 'Where new keys go' }))
    expect(stores.getByText('Weak')).toBeDefined()
    expect(stores.getByText('No Secret Service answers on the session bus.')).toBeDefined()
    expect(stores.getByText('Not available')).toBeDefined()
  })

  test('are tested rung by rung, each by itself', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'accounts')
    await user.click(screen.getByRole('button', { name: 'Test of openai' }))
    const dialog = within(await screen.findByRole('dialog'))
    expect(await dialog.findByText('The key works.')).toBeDefined()
    expect(askedFor(fake, 'keys.test')).toEqual([{ backend: 'openai', name: 'openai' }])
    expect(dialog.getAllByRole('listitem').map(rung => rung.textContent)).toEqual([
      'Reach the serverTLS 1.384 ms',
      'Sign inaccepted212 ms',
      'List models68 models143 ms',
    ])
  })

  test('go only after a question', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'accounts')
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
    const { user, ...fake } = await openApp(worlds.broken, 'accounts')
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
  const { user } = await openApp({ ...worlds.fresh, stores }, 'accounts')
  expect(screen.getByText(/No keychain answers here/)).toBeDefined()
  await user.click(screen.getAllByRole('button', { name: 'Add a key' })[0] as HTMLElement)
  expect(await screen.findByLabelText('Passphrase')).toBeDefined()
})

describe('The backends', () => {
  const line = (title: string) => {
    const list = within(screen.getByRole('list', { name: 'Backends' }))
    return within(list.getByText(title).closest('li') as HTMLElement)
  }

  test('are listed with their state in words, the default first, and each of several keys with its health', async () => {
    const { user } = await openApp(worlds.lively, 'accounts')
    await user.click(screen.getByRole('tab', { name: 'Backends' }))
    expect(location.hash).toBe('#/accounts?tab=backends')
    expect(screen.getByText('3 of 4 ready')).toBeDefined()
    const [first] = within(screen.getByRole('list', { name: 'Backends' })).getAllByRole('listitem')
    expect(first?.textContent).toMatch(/^OpenAIopenaidefault/)
    expect(line('work').getByText('Needs a key')).toBeDefined()
    expect(line('OpenRouter').getByText('412 models listed 3 hours ago')).toBeDefined()
    const keys = within(line('OpenRouter').getByRole('list', { name: 'Keys of OpenRouter' }))
    expect(keys.getAllByRole('listitem').map(key => key.textContent)).toEqual([
      'Rate limited until 14:05OPENROUTER_API_KEYnumber 1',
      'ReadyOPENROUTER_API_KEY_2number 2',
    ])
  })

  test('let the order of their keys be made only where it counts, by keyboard and by drag', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'accounts?tab=backends')
    const keys = () =>
      within(line('OpenRouter').getByRole('list', { name: 'Keys of OpenRouter' }))
        .getAllByRole('listitem')
        .map(item => /number \d/.exec(item.textContent)?.[0])
    const handle = (name: string) => line('OpenRouter').queryByRole('button', { name })
    expect(handle('Move openrouter.1, 1 of 2')).toBeNull()
    await user.click(line('OpenRouter').getByRole('button', { name: /Which key of OpenRouter is next/ }))
    await user.click(await screen.findByRole('menuitemradio', { name: 'The first, until it is refused' }))
    await waitFor(() => expect(handle('Move openrouter.1, 1 of 2')).not.toBeNull())
    handle('Move openrouter.1, 1 of 2')?.focus()
    await user.keyboard('{ArrowDown}')
    await waitFor(() => expect(keys()).toEqual(['number 2', 'number 1']))
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Move openrouter.1, 2 of 2')
    const [first, second] = line('OpenRouter').getByRole('list').children
    fireEvent.dragStart(second as Element)
    fireEvent.dragOver(first as Element)
    fireEvent.drop(first as Element)
    await waitFor(() => expect(keys()).toEqual(['number 1', 'number 2']))
    expect(askedFor(fake, 'backends.useKeys')).toEqual([
      { id: 'openrouter', rotation: 'fill-first' },
      { id: 'openrouter', rotation: 'fill-first', order: ['openrouter.2', 'openrouter.1'] },
      { id: 'openrouter', rotation: 'fill-first', order: ['openrouter.1', 'openrouter.2'] },
    ])
  })

  test('show in the list of keys what they found wrong with one', async () => {
    await openApp(worlds.lively, 'accounts')
    const row = screen.getByRole('row', { name: /OPENROUTER_API_KEY/ })
    expect(row.textContent).toContain('Rate limited until 14:05')
    expect(row.textContent).toContain('20 requests a minute are free.')
  })

  test('are found by name, address and state', async () => {
    const { user } = await openApp(worlds.crowded, 'accounts?tab=backends')
    await user.type(screen.getByRole('searchbox', { name: 'Search backends' }), 'not running number 4')
    const list = screen.getByRole('list', { name: 'Backends' })
    expect(
      within(list)
        .getAllByRole('listitem')
        .map(item => item.textContent)
        .join(),
    ).toContain('gateway-4')
    await user.type(screen.getByRole('searchbox'), 'zzz')
    expect(screen.getByText('No backend has this in its name or address.')).toBeDefined()
    await user.click(screen.getByRole('button', { name: 'Clear' }))
    expect(within(screen.getByRole('list', { name: 'Backends' })).getAllByRole('listitem').length).toBeGreaterThan(15)
  })

  test('are tried as requests use them, once that is asked for, up to the rung that breaks', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'accounts?tab=backends')
    await user.click(screen.getByRole('button', { name: 'Test of work' }))
    const dialog = within(await screen.findByRole('dialog'))
    expect(askedFor(fake, 'backends.test')).toEqual([])
    await user.type(dialog.getByLabelText('Model'), 'gpt-x{Enter}')
    expect(await dialog.findByText('This does not work.')).toBeDefined()
    expect(askedFor(fake, 'backends.test')).toEqual([{ backend: 'work', model: 'gpt-x' }])
    expect(dialog.getAllByRole('listitem').map(rung => rung.textContent)).toEqual([
      'Reach the serverTLS 1.384 ms',
      'Key and model list401: Incorrect API key provided: sk-…7F3A. The key is wrong or was revoked.212 ms',
    ])
  })

  test('are tried with one of several keys', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'accounts?tab=backends')
    await user.click(screen.getByRole('button', { name: 'Test of OpenRouter' }))
    await user.click(await screen.findByRole('button', { name: 'Key: The next in turn' }))
    await user.click(await screen.findByRole('menuitemradio', { name: '2 · OPENROUTER_API_KEY_2' }))
    await user.click(screen.getByRole('button', { name: 'Start the test' }))
    expect(await screen.findByText('Everything works.')).toBeDefined()
    expect(askedFor(fake, 'backends.test')).toEqual([{ backend: 'openrouter', instance: '2' }])
  })

  test('take a key in for the one that was chosen', async () => {
    const { user } = await openApp(worlds.lively, 'accounts?tab=backends')
    await user.click(screen.getByRole('button', { name: 'Actions for work' }))
    await user.click(await screen.findByRole('menuitem', { name: 'Add a key…' }))
    expect(await screen.findByRole('button', { name: 'Backend: work' })).toBeDefined()
  })
})

describe('The logins', () => {
  const card = (title: string) =>
    within(screen.getByRole('switch', { name: `Use ${title}` }).closest('li') as HTMLElement)

  const switches = () =>
    screen
      .getAllByRole('switch', { name: /^Use / })
      .map(element => `${element.getAttribute('aria-label')} ${element.getAttribute('aria-checked')}`)

  test('are listed with their states, those in use first, and say what was found on this computer', async () => {
    const { user } = await openApp(worlds.lively, 'accounts')
    await user.click(screen.getByRole('tab', { name: 'Logins' }))
    expect(await screen.findByText('3 in use. Found on this computer: Claude Code.')).toBeDefined()
    expect(switches()).toEqual([
      'Use Codex (ChatGPT plan) true',
      'Use Kimi Code true',
      'Use Cline true',
      'Use Claude (Pro, Max) false',
      'Use Qwen Code false',
    ])
    expect(card('Cline').getByText('Needs sign-in')).toBeDefined()
    expect(card('Cline').getByText(/Sign in with Cline: cline auth/)).toBeDefined()
    expect(card('Qwen Code').getByText(/ended this service on 2026-04-15\. Use a key of Model Studio\./)).toBeDefined()
  })

  test('hide the account until it is asked for', async () => {
    const { user } = await openApp(worlds.lively, 'accounts?tab=logins')
    const codex = card('Codex (ChatGPT plan)')
    expect(codex.getByText('a…@example.com')).toBeDefined()
    expect(document.documentElement.outerHTML).not.toContain('ada.lovelace')
    await user.click(codex.getByRole('button', { name: 'Show the account' }))
    expect(codex.getByText('ada.lovelace@example.com')).toBeDefined()
    expect(codex.getByText('plus')).toBeDefined()
  })

  test('show their quotas with where and when they were heard, as used or as left', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'accounts?tab=logins')
    const windows = () =>
      card('Codex (ChatGPT plan)')
        .getByRole('list', { name: 'Quota' })
        .textContent.replace(/\u202f/g, ' ')
    expect(windows()).toMatch(/^5 h38 % usedstarts anew in 2 h 0[45] m, at \d\d:\d\d7 days74 % used/)
    expect(card('Codex (ChatGPT plan)').getByText(/with an answer, 3 minutes ago$/)).toBeDefined()
    expect(card('Kimi Code').getByText(/when asked, 44 minutes ago; may have changed since$/)).toBeDefined()
    expect(card('Cline').getByText(/Nothing is known of its quota yet/)).toBeDefined()
    await user.click(screen.getByRole('radio', { name: 'Left' }))
    expect(windows()).toMatch(/^5 h62 % left.*7 days26 % left/)
    await user.click(screen.getByRole('button', { name: 'Ask for quotas' }))
    expect(askedFor(fake, 'logins.list')).toContainEqual({ quota: true })
  })

  test('are switched on only by one who was shown what the vendor says', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'accounts?tab=logins')
    const ask = async (answer: string) => {
      await user.click(screen.getByRole('switch', { name: 'Use Claude (Pro, Max)' }))
      const sheet = within(await screen.findByRole('dialog'))
      expect(sheet.getByText('The vendor does not permit this')).toBeDefined()
      expect(sheet.getByText(/does not document this use/)).toBeDefined()
      expect(sheet.getByText(/It is read from .*\.credentials\.json/)).toBeDefined()
      await user.click(sheet.getByRole('button', { name: answer }))
      await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    }
    await ask('Not now')
    expect(askedFor(fake, 'logins.enable')).toEqual([])
    await ask('Use this login')
    expect(askedFor(fake, 'logins.enable')).toEqual([{ id: 'anthropic-oauth', version: 'v1', writeBack: false }])
    await waitFor(() => expect(card('Claude (Pro, Max)').getByText('Ready')).toBeDefined())
  })

  test('are written back only where that is agreed to apart, then or later', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'accounts?tab=logins')
    await user.click(screen.getByRole('switch', { name: 'Use Claude (Pro, Max)' }))
    const sheet = within(await screen.findByRole('dialog'))
    const leave = sheet.getByRole('switch', { name: 'Let this app renew it' })
    expect(leave.getAttribute('aria-checked')).toBe('false')
    await user.click(leave)
    await user.click(sheet.getByRole('button', { name: 'Use this login' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(askedFor(fake, 'logins.enable')).toEqual([{ id: 'anthropic-oauth', version: 'v1', writeBack: true }])
    const later = 'Renew the token of Codex (ChatGPT plan) here and write it back'
    await user.click(screen.getByRole('switch', { name: later }))
    await waitFor(() => expect(screen.getByRole('switch', { name: later }).getAttribute('aria-checked')).toBe('true'))
    await user.click(screen.getByRole('switch', { name: 'Use Qwen Code' }))
    expect(within(await screen.findByRole('dialog')).queryByRole('switch')).toBeNull()
  })

  test('set an account up at its vendor’s only once what that does was read, and tell what came of it', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'accounts?tab=logins')
    expect(card('Kimi Code').queryByRole('button', { name: 'Set up…' })).toBeNull()
    await user.click(card('Cline').getByRole('button', { name: 'Set up…' }))
    const dialog = within(await screen.findByRole('dialog'))
    expect(dialog.getByText('The vendor is asked to set this account up, in the free tier.')).toBeDefined()
    expect(askedFor(fake, 'logins.onboard')).toEqual([])
    await user.click(dialog.getByRole('button', { name: 'Set it up' }))
    expect(await dialog.findByText('The account is set up with free-tier (made-2).')).toBeDefined()
    expect(askedFor(fake, 'logins.onboard')).toEqual([{ id: 'cline' }])
  })

  test('say why one is not switched on', async () => {
    const failing = { 'logins.enable': 'config.yaml can’t be written: permission denied.' }
    const { user } = await openApp({ ...worlds.lively, failing }, 'accounts?tab=logins')
    await user.click(screen.getByRole('switch', { name: 'Use Claude (Pro, Max)' }))
    await user.click(await screen.findByRole('button', { name: 'Use this login' }))
    expect((await screen.findByRole('alert')).textContent).toContain('permission denied')
  })

  test('are switched off at once', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'accounts?tab=logins')
    await user.click(screen.getByRole('switch', { name: 'Use Codex (ChatGPT plan)' }))
    await waitFor(() => expect(card('Codex (ChatGPT plan)').getByText('Off')).toBeDefined())
    expect(askedFor(fake, 'logins.disable')).toEqual([{ id: 'openai-codex' }])
  })

  test('are tried as requests use them, where they can be used', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'accounts?tab=logins')
    expect(card('Cline').getByRole('button', { name: 'Test of Cline' }).hasAttribute('disabled')).toBe(true)
    await user.click(screen.getByRole('button', { name: 'Test of Codex (ChatGPT plan)' }))
    await user.click(await screen.findByRole('button', { name: 'Start the test' }))
    expect(await screen.findByText('Everything works.')).toBeDefined()
    expect(askedFor(fake, 'backends.test')).toEqual([{ backend: 'openai-codex' }])
  })

  test('say that there are none', async () => {
    await openApp({ ...worlds.lively, logins: [] }, 'accounts?tab=logins')
    expect(await screen.findByText('No login is known.')).toBeDefined()
  })

  test('say why they can’t be listed', async () => {
    const { user, ...fake } = await openApp(worlds.broken, 'accounts?tab=logins')
    expect(await screen.findByText('The folder of Codex CLI did not answer within 5 s.')).toBeDefined()
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    await waitFor(() => expect(askedFor(fake, 'logins.list').length).toBeGreaterThan(1))
  })
})

describe('A custom backend', () => {
  const choose = async (user: Awaited<ReturnType<typeof openApp>>['user'], from: RegExp, choice: string) => {
    await user.click(screen.getByRole('button', { name: from }))
    await user.click(await screen.findByRole('menuitemradio', { name: choice }))
  }

  test('is added with what was typed', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'accounts?tab=backends')
    await user.click(screen.getByRole('button', { name: 'Add a backend' }))
    await user.type(await screen.findByLabelText('Id'), 'lab')
    expect(screen.getByRole('button', { name: 'Save backend' }).hasAttribute('disabled')).toBe(true)
    await user.type(screen.getByLabelText('Base URL'), 'http://127.0.0.1:9000/v1')
    await choose(user, /^Protocol/, 'Anthropic Messages')
    await choose(user, /^How the key is shown/, 'In a header')
    await user.type(screen.getByLabelText('Name of the header'), 'x-lab-key')
    await user.type(screen.getByLabelText('Where the key is'), 'env:LAB_KEY')
    await user.type(screen.getByLabelText('Models'), 'lab-1, vendor/lab-2')
    await user.type(screen.getByLabelText('Headers'), 'x-team: a:b\nx-token: env:LAB_TOKEN')
    await user.type(screen.getByLabelText('Time-out'), '30 s')
    await user.type(screen.getByLabelText('Requests a minute'), '20')
    await user.click(screen.getByRole('button', { name: 'Save backend' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(askedFor(fake, 'backends.save')).toEqual([
      {
        backend: {
          id: 'lab',
          protocol: 'anthropic',
          url: 'http://127.0.0.1:9000/v1',
          auth: { header: 'x-lab-key' },
          key: 'env:LAB_KEY',
          models: ['lab-1', 'vendor/lab-2'],
          headers: { 'x-team': 'a:b', 'x-token': 'env:LAB_TOKEN' },
          timeout: 30,
          requestsPerMinute: 20,
        },
        isNew: true,
      },
    ])
    expect(await screen.findByRole('button', { name: 'Test of lab' })).toBeDefined()
  })

  test('says why it is not taken', async () => {
    const { user } = await openApp(worlds.lively, 'accounts?tab=backends')
    await user.click(screen.getByRole('button', { name: 'Add a backend' }))
    await user.type(await screen.findByLabelText('Id'), 'openai')
    await user.type(screen.getByLabelText('Base URL'), 'http://127.0.0.1:9000/v1')
    await user.click(screen.getByRole('button', { name: 'Save backend' }))
    const alert = await screen.findByRole('alert')
    expect(alert.textContent).toContain('There is a backend openai already')
    expect(alert.closest('footer')).not.toBeNull()
  })

  test('is not thrown away by a click outside, by keys, or unasked', async () => {
    const { user } = await openApp(worlds.lively, 'accounts?tab=backends')
    await user.click(screen.getByRole('button', { name: 'Add a backend' }))
    await user.type(await screen.findByLabelText('Id'), 'lab')
    // The overlay lies over all else, which takes no clicks.
    fireEvent.pointerDown(document.body)
    await user.keyboard('{Control>}1{/Control}')
    expect(screen.getByDisplayValue('lab')).toBeDefined()

    await user.keyboard('{Escape}')
    expect(screen.getByRole('alert').textContent).toBe('Discard what you typed?')
    await user.keyboard('{Escape}')
    expect(document.activeElement).toBe(screen.getByDisplayValue('lab'))

    await user.click(screen.getByRole('button', { name: 'Cancel' }))
    await user.click(screen.getByRole('button', { name: 'Discard' }))
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  test('closes unasked where nothing was typed', async () => {
    const { user } = await openApp(worlds.lively, 'accounts?tab=backends')
    await user.click(screen.getByRole('button', { name: 'Add a backend' }))
    await screen.findByLabelText('Id')
    await user.keyboard('{Escape}')
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  test('is edited from what stands in the file', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'accounts?tab=backends')
    await user.click(screen.getByRole('button', { name: 'Actions for work' }))
    await user.click(await screen.findByRole('menuitem', { name: 'Edit…' }))
    expect(await screen.findByDisplayValue('env:WORK_KEY')).toBeDefined()
    await choose(user, /^How the key is shown/, 'No key')
    await user.click(screen.getByRole('button', { name: 'Save backend' }))
    await waitFor(() =>
      expect(askedFor(fake, 'backends.save')).toEqual([
        {
          backend: { id: 'work', protocol: 'openai-chat', url: 'http://127.0.0.1:9101/v1', auth: 'none' },
          isNew: false,
        },
      ]),
    )
  })

  test('is removed only after a question; one of the product’s list can’t be', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'accounts?tab=backends')
    await user.click(screen.getByRole('button', { name: 'Actions for OpenAI' }))
    await screen.findByRole('menu')
    expect(screen.queryByRole('menuitem', { name: 'Remove…' })).toBeNull()
    await user.keyboard('{Escape}')
    await user.click(screen.getByRole('button', { name: 'Actions for work' }))
    await user.click(await screen.findByRole('menuitem', { name: 'Remove…' }))
    expect(askedFor(fake, 'backends.remove')).toEqual([])
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Remove' }))
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Test of work' })).toBeNull())
    expect(askedFor(fake, 'backends.remove')).toEqual([{ id: 'work' }])
  })

  test('is not removed while something sends requests to it, which is said before', async () => {
    const uses = [
      { kind: 'route', name: 'careful' },
      { kind: 'rule', at: 0, name: 'pictures' },
    ] as const
    const { user } = await openApp({ ...worlds.lively, uses: { work: [...uses] } }, 'accounts?tab=backends')
    await user.click(screen.getByRole('button', { name: 'Actions for work' }))
    await user.click(await screen.findByRole('menuitem', { name: 'Remove…' }))
    const dialog = within(await screen.findByRole('dialog'))
    expect((await dialog.findAllByRole('listitem')).map(item => item.textContent)).toEqual([
      'Route careful',
      'Rule 1, pictures',
    ])
    expect(dialog.getByRole('button', { name: 'Remove' }).hasAttribute('disabled')).toBe(true)
    expect(dialog.queryByText(/stored key/)).toBeNull()
  })
})
