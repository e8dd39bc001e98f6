import type { MenuItemConstructorOptions } from 'electron'
import type { Output, Status } from '../proxy/app/contract.ts'
import { text } from './text.ts'

/** Where turns go that name no backend; without a model, to the one that is asked for. */
export interface Target {
  readonly backend: string
  readonly model?: string | undefined
}

/** What the tray shows. */
export interface TrayState {
  readonly status: Status
  readonly openTurns: number
  readonly tokensToday: number
  readonly route: Target
  /** What the route was, newest first. */
  readonly recent: readonly Target[]
  readonly backends: readonly { readonly id: string; readonly title: string; readonly state: string }[]
  readonly models: Output<'models.list'>
  /** As the system has it; absent where it can't be had. */
  readonly launchAtLogin: boolean | undefined
  /** Epoch milliseconds, for what counts down. */
  readonly now: number
}

/** What a click in the menu does. */
export interface TrayActions {
  readonly start: (port?: number) => void
  readonly stop: () => void
  readonly open: () => void
  readonly copyEndpoint: () => void
  readonly setRoute: (target: Target) => void
  readonly setLaunchAtLogin: (on: boolean) => void
  readonly openLogs: () => void
  readonly quit: () => void
  /** Cuts the wait for open turns short, or takes the quit back. */
  readonly hurryQuit: () => void
  readonly stay: () => void
}

type Item = MenuItemConstructorOptions

/** How many targets, and how many models of a backend, a menu can take before it is no menu any more. */
const MOST_RECENT = 8
const MOST_MODELS = 25

/** The tray's menu. Every action is in it, since not every desktop tells of clicks on the icon. */
export function trayMenu(state: TrayState, platform: NodeJS.Platform, actions: TrayActions): Item[] {
  const keys = platform === 'darwin'
  return [
    { label: stateLine(state), enabled: false },
    ...(state.status.run === 'running' ? [{ label: figuresLine(state), enabled: false }] : []),
    ...(needsAttention(state.status) ? [{ label: text.state.attention, click: actions.open }] : []),
    { type: 'separator' },
    ...runItems(state.status, actions),
    { label: text.menu.open, click: actions.open, ...(keys && { accelerator: 'Command+O' }) },
    { label: text.menu.copyEndpoint, click: actions.copyEndpoint, enabled: state.status.run === 'running' },
    { type: 'separator' },
    { label: literal(text.menu.default(targetName(state.route))), submenu: routeMenu(state, actions) },
    { type: 'separator' },
    ...(state.launchAtLogin === undefined ? [] : [loginItem(state.launchAtLogin, actions)]),
    { label: text.menu.openLogs, click: actions.openLogs },
    ...(state.status.endsAt === undefined ? [] : [{ label: text.menu.stay, click: actions.stay }]),
    state.status.endsAt === undefined
      ? { label: text.menu.quit, click: actions.quit, ...(keys && { accelerator: 'Command+Q' }) }
      : { label: text.menu.quitNow, click: actions.hurryQuit },
  ]
}

/** What is shown when the pointer rests on the icon. */
export function toolTip(state: TrayState): string {
  const { status, openTurns, route } = state
  if (status.endsAt !== undefined) return text.toolTip.other(leavingWords(state, status.endsAt))
  return status.run === 'running'
    ? text.toolTip.running(addressOf(status), text.state.streams(openTurns), targetName(route))
    : text.toolTip.other(stateWords(status))
}

/** The address for the clients there are most of, as they want it. */
export function endpointOf({ url }: Pick<Status, 'url'>): string {
  return `${url}/v1`
}

function runItems({ run, trouble }: Status, { start, stop }: TrayActions): Item[] {
  switch (run) {
    case 'running':
      return [{ label: text.menu.stop, click: () => stop() }]
    case 'starting':
    case 'stopping':
      return [{ label: run === 'starting' ? text.menu.start : text.menu.stop, enabled: false }]
    case 'stopped':
      return [{ label: text.menu.start, click: () => start() }]
    case 'failed': {
      const port = trouble?.freePort
      return [
        { label: text.menu.retry, click: () => start() },
        ...(port === undefined ? [] : [{ label: text.menu.usePort(port), click: () => start(port) }]),
      ]
    }
  }
}

/** Recent targets first, then every backend that can be used with its models, and a way into the window. */
function routeMenu({ route, recent, backends, models }: TrayState, { setRoute, open }: TrayActions): Item[] {
  const radio = (target: Target, label: string): Item => ({
    label: literal(label),
    type: 'radio',
    checked: isSame(target, route),
    click: () => setRoute(target),
  })
  const others = recent.filter(target => !isSame(target, route) && backends.some(({ id }) => id === target.backend))
  const known = [route, ...others].slice(0, MOST_RECENT)
  const usable = backends.filter(({ state }) => state === 'ready')
  return [
    ...known.map(target => radio(target, targetName(target))),
    ...(usable.length > 0 ? [{ type: 'separator' as const }] : []),
    ...usable.map(({ id, title }) => {
      const own = models.filter(({ backend }) => backend === id)
      return {
        label: literal(title),
        submenu: [
          radio({ backend: id }, text.menu.asAsked),
          ...own.slice(0, MOST_MODELS).map(({ model }) => radio({ backend: id, model }, model)),
          ...(own.length > MOST_MODELS ? [{ label: text.menu.more, click: open }] : []),
        ],
      }
    }),
    { type: 'separator' },
    { label: text.menu.more, click: open },
  ]
}

function loginItem(checked: boolean, { setLaunchAtLogin }: TrayActions): Item {
  return { label: text.menu.launchAtLogin, type: 'checkbox', checked, click: () => setLaunchAtLogin(!checked) }
}

function stateLine(state: TrayState): string {
  const { status } = state
  if (status.endsAt !== undefined) return `○ ${leavingWords(state, status.endsAt)}`
  const marks = { running: '●', starting: '○', stopping: '○', stopped: '○', failed: '▲' } as const
  return `${marks[status.run]} ${stateWords(status)}`
}

/** Seconds by fives: a menu that changed every second could not be clicked where it is built anew for it. */
function leavingWords({ openTurns, now }: TrayState, endsAt: number): string {
  const seconds = Math.max(0, Math.ceil((endsAt - now) / 5000) * 5)
  return text.state.leaving(text.state.streams(openTurns), seconds)
}

function stateWords(status: Status): string {
  const { run, port, trouble } = status
  if (run === 'running') return text.state.running(addressOf(status))
  if (run === 'failed') return text.state.failed[trouble?.kind ?? 'unknown'](port)
  return text.state[run]
}

function figuresLine({ openTurns, tokensToday }: TrayState): string {
  return text.state.figures(text.state.streams(openTurns), shortNumber(tokensToday))
}

function needsAttention({ run, keysLocked, configProblems, log }: Status): boolean {
  return run === 'running' && (keysLocked || configProblems.length > 0 || log.state === 'degraded')
}

function addressOf({ url }: Status): string {
  return url.replace(/^https?:\/\//, '')
}

function targetName({ backend, model }: Target): string {
  return `${backend} / ${model ?? text.menu.asAskedShort}`
}

/** A name that is not ours to choose; in a menu's label a single ampersand would mark a key. */
function literal(label: string): string {
  return label.replaceAll('&', '&&')
}

function isSame(a: Target, b: Target): boolean {
  return a.backend === b.backend && a.model === b.model
}

const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** 950, 12K, 1.2M: a menu is read in passing. */
function shortNumber(count: number): string {
  return short.format(count)
}
