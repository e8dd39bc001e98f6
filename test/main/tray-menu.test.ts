import type { MenuItemConstructorOptions } from 'electron'
import { describe, expect, it, vi } from 'vitest'
import type { Status } from '../../proxy/app/contract.ts'
import { toolTip, trayMenu, type TrayActions, type TrayState } from '../../main/tray-menu.ts'

const running: Status = {
  run: 'running',
  host: '127.0.0.1',
  port: 8000,
  url: 'http://127.0.0.1:8000',
  version: '0.1.0',
  instance: 'x',
  shell: 'desktop',
  platform: 'linux',
  keysLocked: false,
  configProblems: [],
  log: { state: 'ok', dropped: 0 },
}

const state: TrayState = {
  status: running,
  openTurns: 2,
  tokensToday: 1_234_567,
  route: { backend: 'openai', model: 'gpt-x' },
  recent: [
    { backend: 'openai', model: 'gpt-x' },
    { backend: 'demo', model: 'demo' },
  ],
  backends: [
    { id: 'openai', title: 'OpenAI', state: 'ready' },
    { id: 'openrouter', title: 'OpenRouter', state: 'needs-key' },
    { id: 'demo', title: 'Demo (built in)', state: 'ready' },
  ],
  models: [
    { id: 'gpt-x', backend: 'openai', model: 'gpt-x' },
    { id: 'gpt-y', backend: 'openai', model: 'gpt-y' },
    { id: 'demo:demo', backend: 'demo', model: 'demo' },
  ],
  launchAtLogin: true,
  now: 1_000_000,
}

const failed = (trouble: Partial<NonNullable<Status['trouble']>>): TrayState => ({
  ...state,
  status: { ...running, run: 'failed', trouble: { kind: 'unknown', message: '…', ...trouble } },
})

function noActions(): TrayActions {
  return {
    start: vi.fn(),
    stop: vi.fn(),
    open: vi.fn(),
    copyEndpoint: vi.fn(),
    setRoute: vi.fn(),
    setLaunchAtLogin: vi.fn(),
    openLogs: vi.fn(),
    quit: vi.fn(),
    hurryQuit: vi.fn(),
    stay: vi.fn(),
  }
}

type Items = readonly MenuItemConstructorOptions[]

/** The menu as lines of text: dim in brackets, marks before what is checked, submenus indented. */
function lines(items: Items, indent = ''): string[] {
  return items.flatMap(({ type, label = '', enabled, checked, submenu }) => {
    const mark = type === 'radio' || type === 'checkbox' ? (checked === true ? '[x] ' : '[ ] ') : ''
    const text = type === 'separator' ? '---' : enabled === false ? `(${label})` : mark + label
    return [indent + text, ...(Array.isArray(submenu) ? lines(submenu, `${indent}  `) : [])]
  })
}

const menuOf = (shown: TrayState, platform: NodeJS.Platform = 'linux') => trayMenu(shown, platform, noActions())

function click(items: Items, ...path: string[]) {
  const [label, ...rest] = path
  const item = items.find(candidate => candidate.label === label)
  if (item === undefined) throw new Error(`no item ${label ?? ''}`)
  if (rest.length > 0) click(item.submenu as Items, ...rest)
  else item.click?.(undefined as never, undefined, undefined as never)
}

describe('the tray’s menu', () => {
  it('tells the state, and offers everything, while the proxy runs', () => {
    expect(lines(menuOf(state))).toEqual([
      '(● Running · 127.0.0.1:8000)',
      '(2 streams · today 1.2M tokens)',
      '---',
      'Stop proxy',
      'Open LLM Interactive Proxy',
      'Copy endpoint',
      '---',
      'Default: openai / gpt-x',
      '  [x] openai / gpt-x',
      '  [ ] demo / demo',
      '  ---',
      '  OpenAI',
      '    [ ] the model that is asked for',
      '    [x] gpt-x',
      '    [ ] gpt-y',
      '  Demo (built in)',
      '    [ ] the model that is asked for',
      '    [ ] demo',
      '  ---',
      '  More…',
      '---',
      '[x] Launch at login',
      'Show logs folder',
      'Quit LLM Interactive Proxy',
    ])
  })

  it('offers to start while the proxy is stopped, and no address that nothing listens on', () => {
    const shown = lines(menuOf({ ...state, status: { ...running, run: 'stopped' } }))
    expect(shown.slice(0, 5)).toEqual([
      '(○ Stopped)',
      '---',
      'Start proxy',
      'Open LLM Interactive Proxy',
      '(Copy endpoint)',
    ])
  })

  it.each(['starting', 'stopping'] as const)('offers neither while it is %s', run => {
    const shown = lines(menuOf({ ...state, status: { ...running, run } }))
    expect(shown.slice(0, 3)).toEqual([
      run === 'starting' ? '(○ Starting…)' : '(○ Stopping…)',
      '---',
      run === 'starting' ? '(Start proxy)' : '(Stop proxy)',
    ])
  })

  it('says why the proxy is not there, and offers the port that is free', () => {
    const shown = lines(menuOf(failed({ kind: 'address-taken', freePort: 8001 })))
    expect(shown.slice(0, 4)).toEqual(['(▲ Port 8000 is taken)', '---', 'Try again', 'Use port 8001 this time'])
    expect(lines(menuOf(failed({ kind: 'config' })))[0]).toBe('(▲ The config has a problem)')
    expect(lines(menuOf(failed({ kind: 'address-denied' })))[0]).toBe('(▲ Port 8000 is not allowed)')
    expect(lines(menuOf(failed({})))[0]).toBe('(▲ Could not start)')
  })

  it('counts down while a quit waits for open streams, and offers both ways out of the wait', () => {
    const actions = noActions()
    const leaving = (ms: number) => ({ ...state, status: { ...running, endsAt: state.now + ms } })
    const menu = trayMenu(leaving(26_000), 'darwin', actions)
    expect(lines(menu)[0]).toBe('(○ Quitting in 30 s · 2 streams open)')
    expect(lines(menuOf(leaving(4000)))[0]).toBe('(○ Quitting in 5 s · 2 streams open)')
    expect(lines(menuOf(leaving(-1)))[0]).toBe('(○ Quitting in 0 s · 2 streams open)')
    expect(lines(menu).slice(-2)).toEqual(['Don’t quit', 'Quit now'])
    expect(toolTip(leaving(26_000))).toBe('LLM Interactive Proxy: Quitting in 30 s · 2 streams open')
    click(menu, 'Don’t quit')
    click(menu, 'Quit now')
    expect(actions.stay).toHaveBeenCalledOnce()
    expect(actions.hurryQuit).toHaveBeenCalledOnce()
    expect(actions.quit).not.toHaveBeenCalled()
  })

  it('leads into the window when something needs attention', () => {
    const actions = noActions()
    const broken = { ...state, status: { ...running, configProblems: ['line 3: …'] } }
    click(trayMenu(broken, 'linux', actions), 'Needs attention: see the window')
    expect(actions.open).toHaveBeenCalled()
  })

  it('leaves out what the system does not have', () => {
    expect(lines(menuOf({ ...state, launchAtLogin: undefined })).join()).not.toContain('Launch at login')
  })

  it('lists the default first, though it was not used before, and no more than eight targets', () => {
    const recent = Array.from({ length: 12 }, (_, i) => ({ backend: 'openai', model: `m${i}` }))
    const shown = lines(menuOf({ ...state, recent }))
    const listed = shown.slice(shown.indexOf('Default: openai / gpt-x') + 1, shown.indexOf('  ---'))
    expect(listed).toEqual(['  [x] openai / gpt-x', ...[0, 1, 2, 3, 4, 5, 6].map(i => `  [ ] openai / m${i}`)])
  })

  it('leads into the window where a backend has more models than a menu can take', () => {
    const models = Array.from({ length: 300 }, (_, i) => ({ id: `m${i}`, backend: 'openai', model: `m${i}` }))
    const shown = lines(menuOf({ ...state, models }))
    const own = shown.slice(shown.indexOf('  OpenAI') + 1, shown.indexOf('  Demo (built in)'))
    expect(own).toHaveLength(27)
    expect(own.at(-1)).toBe('    More…')
  })

  it('lists no target of a backend that is gone', () => {
    const recent = [{ backend: 'removed', model: 'm' }]
    expect(lines(menuOf({ ...state, recent })).join()).not.toContain('removed')
  })

  it('shows an ampersand in a name as one', () => {
    const shown = lines(menuOf({ ...state, route: { backend: 'r&d', model: 'a&b' }, recent: [] }))
    expect(shown).toContain('Default: r&&d / a&&b')
    expect(shown).toContain('  [x] r&&d / a&&b')
  })

  it('names a default without a model so', () => {
    const shown = lines(menuOf({ ...state, route: { backend: 'demo' }, recent: [] }))
    expect(shown).toContain('Default: demo / as asked')
    expect(shown).toContain('  [x] demo / as asked')
    expect(shown).toContain('    [x] the model that is asked for')
  })

  it('has keys on macOS, where a menu shows them, and nowhere else', () => {
    const keysOn = (platform: NodeJS.Platform) =>
      menuOf(state, platform).flatMap(({ accelerator }) => accelerator ?? [])
    expect(keysOn('darwin')).toEqual(['Command+O', 'Command+Q'])
    expect(keysOn('win32')).toEqual([])
    expect(keysOn('linux')).toEqual([])
  })

  it('does what its items say', () => {
    const actions = noActions()
    const menu = trayMenu(state, 'linux', actions)
    click(menu, 'Stop proxy')
    click(menu, 'Open LLM Interactive Proxy')
    click(menu, 'Copy endpoint')
    click(menu, 'Default: openai / gpt-x', 'demo / demo')
    click(menu, 'Default: openai / gpt-x', 'OpenAI', 'the model that is asked for')
    click(menu, 'Launch at login')
    click(menu, 'Show logs folder')
    click(menu, 'Quit LLM Interactive Proxy')
    click(trayMenu(failed({ freePort: 8001 }), 'linux', actions), 'Use port 8001 this time')
    click(trayMenu(failed({ freePort: 8001 }), 'linux', actions), 'Try again')
    expect(actions.stop).toHaveBeenCalledOnce()
    expect(actions.open).toHaveBeenCalledOnce()
    expect(actions.copyEndpoint).toHaveBeenCalledOnce()
    expect(actions.setRoute).toHaveBeenNthCalledWith(1, { backend: 'demo', model: 'demo' })
    expect(actions.setRoute).toHaveBeenNthCalledWith(2, { backend: 'openai' })
    expect(actions.setLaunchAtLogin).toHaveBeenCalledWith(false)
    expect(actions.openLogs).toHaveBeenCalledOnce()
    expect(actions.quit).toHaveBeenCalledOnce()
    expect(actions.start).toHaveBeenNthCalledWith(1, 8001)
    expect(actions.start).toHaveBeenNthCalledWith(2)
  })
})

describe('the tooltip', () => {
  it('tells where the proxy listens, what it does and where requests go', () => {
    expect(toolTip({ ...state, openTurns: 1 })).toBe('Running on 127.0.0.1:8000 · 1 stream · default: openai / gpt-x')
  })

  it('tells why it does not run', () => {
    expect(toolTip(failed({ kind: 'address-taken' }))).toBe('LLM Interactive Proxy: Port 8000 is taken')
  })
})
