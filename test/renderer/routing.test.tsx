import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { lineDiff } from '../../renderer/screens/routing/line-diff.ts'
import { worlds } from '../support/fake-worlds.ts'
import { askedFor, openApp } from './open-app.tsx'

const rulesShown = () =>
  within(screen.getByRole('list', { name: 'Rules' }))
    .getAllByRole('button', { name: /^Edit / })
    .map(button => button.getAttribute('aria-label')?.replace('Edit ', ''))

describe('The rules', () => {
  test('are listed in their order, with what they ask, where they lead and where they stand', async () => {
    await openApp(worlds.lively, 'routing')
    expect(rulesShown()).toEqual(['pictures', 'long reads of Claude Code', 'Rule 3'])
    const [first, second, third] = within(screen.getByRole('list', { name: 'Rules' })).getAllByRole('listitem')
    expect(first?.textContent).toBe(
      '1picturesconfig.yaml:18with images→ openai:gpt-5.6-terra then openrouter:google/gemini-3-pro',
    )
    expect(second?.textContent).toContain('client claude-* · Anthropic Messages · from 120,000 tokens')
    expect(third?.textContent).toContain('Off')
  })

  test('take a new one, with all that it asks', async () => {
    const { user, ...fake } = await openApp(worlds.fresh, 'routing')
    await user.click(screen.getByRole('button', { name: 'Add a rule' }))
    const sheet = within(await screen.findByRole('dialog'))
    await user.type(sheet.getByLabelText('Name'), 'big ones')
    await user.type(sheet.getByLabelText('Client'), 'codex*')
    await user.click(sheet.getByRole('button', { name: 'Front end: Any' }))
    await user.click(await screen.findByRole('menuitemradio', { name: 'Gemini' }))
    await user.click(within(sheet.getByRole('radiogroup', { name: 'Tools' })).getByRole('radio', { name: 'With' }))
    await user.type(sheet.getByLabelText('From tokens'), '1000')
    await user.type(sheet.getByLabelText('Send to'), 'openai:big')
    const chain = within(sheet.getByRole('group', { name: 'When that fails' }))
    for (const target of ['demo:a', 'demo:b']) {
      await user.click(chain.getByRole('button', { name: 'Add a target' }))
      await user.type(chain.getAllByRole('combobox').at(-1) as HTMLElement, target)
    }
    await user.keyboard('{Alt>}{ArrowUp}{/Alt}')
    await user.click(sheet.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(askedFor(fake, 'routing.editRules')).toEqual([
      {
        type: 'add',
        item: {
          name: 'big ones',
          when: { client: 'codex*', frontend: 'gemini', tools: true, min_tokens: 1000 },
          target: 'openai:big',
          on_failure: ['demo:b', 'demo:a'],
          enabled: true,
        },
      },
    ])
    expect(rulesShown()).toEqual(['big ones'])
  })

  test('stay open in their sheet, and say why, where one is refused', async () => {
    const { user } = await openApp(worlds.lively, 'routing')
    await user.click(screen.getByRole('button', { name: 'Edit pictures' }))
    const sheet = within(await screen.findByRole('dialog'))
    await user.clear(sheet.getByLabelText('Send to'))
    expect(sheet.getByRole('button', { name: 'Save' }).hasAttribute('disabled')).toBe(true)
    await user.type(sheet.getByLabelText('Send to'), 'nosuch:x')
    await user.type(sheet.getByLabelText('Up to tokens'), 'many')
    expect(sheet.getByText('A whole number from 1, or nothing.')).toBeDefined()
    await user.clear(sheet.getByLabelText('Up to tokens'))
    await user.click(sheet.getByRole('button', { name: 'Save' }))
    expect((await sheet.findByRole('alert')).textContent).toContain('routing.rules[0].target names "nosuch"')
  })

  test('are moved by the keyboard, which goes on with the one that it moves', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'routing')
    screen.getByRole('button', { name: 'Edit pictures' }).focus()
    await user.keyboard('{Alt>}{ArrowDown}{/Alt}')
    await waitFor(() => expect(rulesShown()).toEqual(['long reads of Claude Code', 'pictures', 'Rule 3']))
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Move pictures' })))
    expect(screen.getByText('pictures is now 2 of 3')).toBeDefined()
    await user.keyboard('{Alt>}{ArrowDown}{/Alt}')
    await waitFor(() => expect(rulesShown()).toEqual(['long reads of Claude Code', 'Rule 2', 'pictures']))
    await user.keyboard('{Alt>}{ArrowDown}{/Alt}')
    expect(askedFor(fake, 'routing.editRules')).toMatchObject([
      { type: 'move', at: 0, to: 1, was: { name: 'pictures' } },
      { type: 'move', at: 1, to: 2, was: { name: 'pictures' } },
    ])
  })

  test('are moved by the pointer', async () => {
    await openApp(worlds.lively, 'routing')
    const grip = screen.getByRole('button', { name: 'Move pictures' }).parentElement as HTMLElement
    const dataTransfer = { setDragImage: () => undefined, effectAllowed: '' }
    const last = within(screen.getByRole('list', { name: 'Rules' })).getAllByRole('listitem')[2] as HTMLElement
    fireEvent.dragStart(grip, { dataTransfer })
    fireEvent.dragOver(last, { dataTransfer, clientY: 10 })
    fireEvent.drop(last, { dataTransfer })
    await waitFor(() => expect(rulesShown()).toEqual(['long reads of Claude Code', 'Rule 2', 'pictures']))
  })

  test('are switched off in place, and go only after a question', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'routing')
    await user.click(screen.getByRole('switch', { name: 'Use pictures' }))
    await waitFor(() => expect(screen.getByRole('switch', { name: 'Use pictures', checked: false })).toBeDefined())
    expect(askedFor(fake, 'routing.editRules')).toMatchObject([{ type: 'replace', at: 0, item: { enabled: false } }])
    await user.click(screen.getByRole('button', { name: 'Actions for pictures' }))
    await user.click(await screen.findByRole('menuitem', { name: 'Remove…' }))
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Remove' }))
    await waitFor(() => expect(rulesShown()).toEqual(['long reads of Claude Code', 'Rule 2']))
  })
})

describe('The other lists', () => {
  test('say what they are for where they are empty', async () => {
    await openApp(worlds.fresh, 'routing')
    for (const title of ['No rules.', 'No rewrites.', 'No named routes.', 'No target has failed of late.']) {
      expect(screen.getByText(title)).toBeDefined()
    }
  })

  test('take a rewrite, and leave those alone that come from the environment', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'routing')
    await user.click(screen.getByRole('button', { name: 'Edit Rewrite of fast$' }))
    const sheet = within(await screen.findByRole('dialog'))
    await user.type(sheet.getByLabelText('Becomes'), '-plus')
    await user.click(sheet.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(askedFor(fake, 'routing.editRewrites')).toEqual([
      {
        type: 'replace',
        at: 0,
        was: { pattern: 'fast$', replacement: 'openrouter:qwen/qwen3-coder' },
        item: { pattern: 'fast$', replacement: 'openrouter:qwen/qwen3-coder-plus' },
      },
    ])
  })

  test('do not offer to change what a variable sets', async () => {
    const rewritesLocked = 'The environment variable MODEL_ALIASES sets this; unset it to change it here.'
    const rewrites = [{ rewrite: { pattern: 'a', replacement: 'b:c' }, source: 'env MODEL_ALIASES' }]
    await openApp({ ...worlds.fresh, routing: { ...worlds.fresh.routing, rewrites, rewritesLocked } }, 'routing')
    expect(screen.getByText(rewritesLocked)).toBeDefined()
    expect(screen.queryByRole('button', { name: 'Add a rewrite' })).toBeNull()
    expect(screen.getByRole('button', { name: 'Edit Rewrite of a' }).hasAttribute('disabled')).toBe(true)
  })

  test('take a named route', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'routing')
    await user.click(screen.getByRole('button', { name: 'Add a route' }))
    const sheet = within(await screen.findByRole('dialog'))
    await user.type(sheet.getByLabelText('Name'), 'careful')
    await user.type(sheet.getByRole('combobox', { name: 'Targets, 1' }), 'openai:o5')
    await user.click(sheet.getByRole('button', { name: 'Save' }))
    expect((await sheet.findByRole('alert')).textContent).toContain('There is a route careful already.')
    await user.type(sheet.getByLabelText('Name'), '-too')
    await user.click(sheet.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(askedFor(fake, 'routing.saveRoute').at(-1)).toEqual({
      route: { name: 'careful-too', policy: 'km', elements: ['openai:o5'] },
      isNew: true,
    })
  })

  test('tell which targets rest, and forgive one when that is asked for', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'routing')
    const list = within(screen.getByRole('list', { name: 'Targets that failed' }))
    expect(list.getByText(/^Rests, \d+ s left$/)).toBeDefined()
    expect(list.getByText('Tried by the next request')).toBeDefined()
    await user.click(list.getByRole('button', { name: 'Reset openrouter:google/gemini-3-pro' }))
    await waitFor(() => expect(list.queryByText('openrouter:google/gemini-3-pro')).toBeNull())
    expect(askedFor(fake, 'breakers.reset')).toEqual([{ target: 'openrouter:google/gemini-3-pro' }])
  })

  test('show the first of two thousand rules, and more when that is asked for', async () => {
    const { user } = await openApp(worlds.crowded, 'routing')
    expect(rulesShown()).toHaveLength(50)
    await user.click(screen.getByRole('button', { name: '1,950 more' }))
    expect(rulesShown()).toHaveLength(100)
  })
})

describe('The default and the static route', () => {
  test('are typed in place, and say why one is refused', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'routing')
    const field = screen.getByRole('combobox', { name: 'Static route' })
    await user.type(field, 'work:x{Enter}')
    await waitFor(() => expect(askedFor(fake, 'settings.set')).toEqual([{ key: 'static_route', value: 'work:x' }]))
    expect((await screen.findByRole('alert')).textContent).toBe('There is no setting static_route.')
    await user.type(field, '{Escape}')
    expect(screen.queryByRole('alert')).toBeNull()
    expect((field as HTMLInputElement).value).toBe('')
  })

  test('are chosen from the list of the header', async () => {
    const { user } = await openApp(worlds.lively, 'routing')
    await user.click(screen.getByRole('button', { name: 'Choose…' }))
    expect(await screen.findByPlaceholderText('Find a backend or a model')).toBeDefined()
  })
})

describe('Trying it', () => {
  test('shows the decision as the request is typed, and which of its targets rest', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'routing')
    const panel = within(screen.getByRole('region', { name: 'Try it' }))
    expect(await panel.findByText('default backend')).toBeDefined()
    await user.type(panel.getByLabelText('Model'), 'o5')
    await user.type(panel.getByLabelText('Client'), 'codex')
    await user.type(panel.getByLabelText('Tokens'), '9x00')
    await user.click(panel.getByRole('switch', { name: 'Images' }))
    expect(await panel.findByText('rule "pictures"')).toBeDefined()
    const targets = within(panel.getByRole('list', { name: 'Goes to' })).getAllByRole('listitem')
    expect(targets.map(target => target.textContent)).toEqual([
      'openai:gpt-5.6-terra',
      expect.stringMatching(/^openrouter:google\/gemini-3-proRests, \d+ s left$/),
    ])
    expect(askedFor(fake, 'routing.explain').at(-1)).toEqual({
      model: 'o5',
      client: 'codex',
      images: true,
      tools: false,
      tokens: 900,
    })
  })

  test('follows a change of the rules, and tells a refusal', async () => {
    const { user } = await openApp(worlds.lively, 'routing')
    const panel = within(screen.getByRole('region', { name: 'Try it' }))
    await user.click(panel.getByRole('switch', { name: 'Images' }))
    expect(await panel.findByText('rule "pictures"')).toBeDefined()
    await user.click(screen.getByRole('switch', { name: 'Use pictures' }))
    expect(await panel.findByText('default backend')).toBeDefined()
    await user.type(panel.getByLabelText('Model'), 'nosuch:x')
    expect(await panel.findByText('There is no backend "nosuch".')).toBeDefined()
  })

  test('starts from a recent request', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'routing')
    const panel = within(screen.getByRole('region', { name: 'Try it' }))
    await user.click(panel.getByRole('button', { name: 'As a recent request' }))
    const [first] = await screen.findAllByRole('menuitem')
    const [model, client] = first?.textContent.split(' ') ?? []
    await user.click(first as HTMLElement)
    await waitFor(() => expect(askedFor(fake, 'routing.explain').at(-1)).toMatchObject({ model, client }))
  })
})

describe('The routing as text', () => {
  const area = () => screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'The routing as YAML' })
  const change = async (from: string, to: string) => {
    const field = await area()
    fireEvent.change(field, { target: { value: field.value.replace(from, to) } })
  }

  test('shows what would change, and saves it', async () => {
    const { user, ...fake } = await openApp(worlds.lively, 'routing?view=text')
    expect(screen.queryByRole('region', { name: 'Unsaved changes' })).toBeNull()
    await area()
    await change('name: pictures', 'name: images')
    const bar = within(await screen.findByRole('region', { name: 'Unsaved changes' }))
    expect(bar.getByText(/1 added · 1 removed/)).toBeDefined()
    await user.click(bar.getByRole('button', { name: 'Show changes' }))
    expect(bar.getByLabelText('Changes').textContent).toContain('−     - name: pictures+     - name: images')
    await user.click(bar.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(screen.queryByRole('region', { name: 'Unsaved changes' })).toBeNull())
    expect(askedFor(fake, 'routing.saveText')).toMatchObject([
      { text: expect.stringContaining('- name: images') as string },
    ])
  })

  test('tells what is wrong and leads there, and does not save it', async () => {
    const { user } = await openApp(worlds.lively, 'routing?view=text')
    await change('target: openai:', 'target: nosuch:')
    const bar = within(await screen.findByRole('region', { name: 'Unsaved changes' }))
    await user.click(await bar.findByRole('button', { name: 'Line 16, column 15' }))
    const field = await area()
    expect(field.value.slice(field.selectionStart, field.selectionEnd)).toContain('target: nosuch:')
    expect(bar.getByRole('button', { name: 'Save' }).hasAttribute('disabled')).toBe(true)
  })

  test('stays typed when the screen is left, until it is discarded', async () => {
    const { user } = await openApp(worlds.lively, 'routing?view=text')
    await change('name: pictures', 'name: images')
    await user.click(screen.getByRole('link', { name: 'Overview' }))
    await user.click(screen.getByRole('link', { name: 'Routing' }))
    await user.click(await screen.findByRole('radio', { name: 'As text' }))
    expect((await area()).value).toContain('name: images')
    await user.click(screen.getByRole('button', { name: 'Discard' }))
    await waitFor(async () => expect((await area()).value).toContain('name: pictures'))
  })

  test('is not offered for a file in braces, with the reason', async () => {
    await openApp({ ...worlds.lively, routingText: null }, 'routing?view=text')
    expect(await screen.findByText(/is written in braces/)).toBeDefined()
  })

  test.each([
    ['a\nb\nc', 'a\nx\nc', ' a\n-b\n+x\n c'],
    ['a\nb', 'a\nb\nc', ' a\n b\n+c'],
    ['a\nb\na\nc', 'b\nc', '-a\n b\n-a\n c'],
    ['', 'a', '-\n+a'],
    ['a', 'a', ' a'],
  ])('tells what turns %j into %j', (before, after, says) => {
    const signs = { same: ' ', added: '+', removed: '-' }
    const lines = lineDiff(before, after).map(({ type, line }) => signs[type] + line)
    expect(lines.join('\n')).toBe(says)
  })
})

describe('The screen', () => {
  test('is reached from the palette', async () => {
    const { user } = await openApp(worlds.lively, 'overview')
    await user.keyboard('{Control>}k{/Control}')
    await user.type(await screen.findByPlaceholderText(/Type a command/), 'routing')
    await user.keyboard('{Enter}')
    await waitFor(() => expect(screen.getByRole('link', { current: 'page' }).textContent).toBe('Routing'))
  })

  test('says why it could not be loaded, and explains selectors', async () => {
    const { user } = await openApp(worlds.broken, 'routing')
    expect(await screen.findByText('The app is still starting.')).toBeDefined()
    await user.click(screen.getByRole('button', { name: 'Selectors and commands' }))
    const help = within(await screen.findByRole('dialog', { name: 'Selectors and commands' }))
    expect(help.getByText('!/oneoff(b:y)')).toBeDefined()
  })
})
