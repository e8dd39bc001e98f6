import { Command } from 'cmdk'
import {
  ArrowRight,
  CircleStop,
  Copy,
  KeyRound,
  Keyboard,
  MonitorCog,
  Moon,
  OctagonX,
  PanelBottom,
  PanelLeft,
  Play,
  RotateCw,
  Rows3,
  Rows4,
  Send,
  Shuffle,
  Sun,
  type LucideIcon,
} from 'lucide-react'
import { Dialog } from 'radix-ui'
import { useEffect, useState } from 'react'
import { attempt } from '../attempt.ts'
import { copy } from '../components/copy.tsx'
import { Keys } from '../components/keys.tsx'
import { hasAllWords, menuLine } from '../components/menu.tsx'
import { screenIds, screens } from '../screens/index.ts'
import { useBackends } from '../stores/backends.ts'
import { closeOverlay, openOverlay, useOverlay } from '../stores/overlay.ts'
import { goTo } from '../stores/place.ts'
import { type Look, usePreferences } from '../stores/preferences.ts'
import { useRoute } from '../stores/route.ts'
import { useStatus } from '../stores/status.ts'
import type { Target } from '../stores/target.ts'
import { text } from '../text/text.ts'
import { baseUrl } from './frontends.ts'
import { nameOf, switchTo } from './route-switcher.tsx'
import { toggleProxy } from './run-control.tsx'
import { sendTest } from './send-test.ts'

/** The form of a turn's id. */
const isTurnId = /^[\dA-HJKMNP-TV-Z]{26}$/

/** Everything the window can do, by name. */
export function Palette() {
  const isOpen = useOverlay(state => state.open === 'palette')
  return (
    <Dialog.Root open={isOpen} onOpenChange={open => !open && closeOverlay()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-fade bg-shade" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-[14vh] left-1/2 z-40 w-140 max-w-[calc(100vw-32px)] -translate-x-1/2 animate-fade overflow-hidden rounded-overlay border border-line bg-surface shadow-lift outline-none"
        >
          <Dialog.Title className="sr-only">{text.palette.label}</Dialog.Title>
          <Commands />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Commands() {
  const words = text.palette
  const [typed, setTyped] = useState('')
  const id = typed.trim()
  return (
    <Command label={words.label} loop filter={hasAllWords}>
      <Command.Input
        autoFocus
        value={typed}
        onValueChange={setTyped}
        placeholder={words.placeholder}
        className="h-11 w-full border-b border-line bg-transparent px-4 text-title focus-visible:outline-none"
      />
      <Command.List className="max-h-[min(400px,60vh)] scroll-py-1 overflow-y-auto p-1.5">
        <Command.Empty className="px-2 py-6 text-center text-text-3">{words.nothing}</Command.Empty>
        <Group title={words.go}>
          {screenIds.map(id => (
            <Item
              key={id}
              icon={screens[id].icon}
              label={text.screens[id]}
              keys={screens[id].shortcut}
              run={() => goTo(id)}
            />
          ))}
          {isTurnId.test(id) && (
            <Item icon={ArrowRight} label={words.request(id)} run={() => goTo('traffic', { turn: id })} />
          )}
          <Item icon={OctagonX} label={words.errors} run={() => goTo('traffic', { is: 'problems' })} />
        </Group>
        <ProxyCommands />
        <RouteCommands />
        <LookCommands />
        <Group title={words.help}>
          <Item icon={Keyboard} label={words.shortcuts} keys="?" run={() => openOverlay('shortcuts')} />
        </Group>
      </Command.List>
    </Command>
  )
}

function ProxyCommands() {
  const status = useStatus(state => state.status)
  if (status === undefined) return null
  const isRunning = status.run === 'running'
  return (
    <Group title={text.palette.proxy}>
      <Item
        icon={isRunning ? CircleStop : Play}
        label={isRunning ? text.run.stopProxy : text.run.startProxy}
        keys="mod+shift+p"
        run={() => void toggleProxy()}
      />
      {isRunning && (
        <Item icon={RotateCw} label={text.run.restartProxy} run={() => void attempt(useStatus.getState().restart())} />
      )}
      {isRunning && <Item icon={Send} label={text.palette.test} run={() => void sendTest()} />}
      <Item
        icon={Copy}
        label={text.run.copyEndpoint}
        run={() => void copy(baseUrl(status.url), text.endpoint.copied)}
      />
      <Item
        icon={KeyRound}
        label={text.palette.addKey}
        run={() => {
          goTo('accounts')
          openOverlay('add-key')
        }}
      />
    </Group>
  )
}

function RouteCommands() {
  const backends = useBackends(state => state.backends) ?? []
  const models = useRoute(state => state.models)
  const isUnknown = models === undefined
  useEffect(() => {
    if (isUnknown) void attempt(useRoute.getState().loadModels())
  }, [isUnknown])
  const targets: readonly Target[] = [
    ...backends.filter(backend => backend.state !== 'off').map(backend => ({ backend: backend.id })),
    ...(models ?? []),
  ]
  return (
    <Group title={text.palette.route}>
      <Item icon={Shuffle} label={text.palette.switchModel} keys="mod+shift+m" run={() => openOverlay('route')} />
      {targets.map(target => (
        <Item
          key={nameOf(target)}
          icon={Shuffle}
          label={text.route.set(nameOf(target))}
          run={() => void switchTo(target)}
        />
      ))}
    </Group>
  )
}

function LookCommands() {
  const words = text.palette
  const set = (look: Partial<Look>) => usePreferences.setState(look)
  const { narrowSidebar, statusBar } = usePreferences.getState()
  return (
    <Group title={words.look}>
      <Item icon={MonitorCog} label={words.theme.system} run={() => set({ theme: 'system' })} />
      <Item icon={Sun} label={words.theme.light} run={() => set({ theme: 'light' })} />
      <Item icon={Moon} label={words.theme.dark} run={() => set({ theme: 'dark' })} />
      <Item icon={Rows4} label={words.density.compact} run={() => set({ density: 'compact' })} />
      <Item icon={Rows3} label={words.density.comfortable} run={() => set({ density: 'comfortable' })} />
      <Item icon={PanelLeft} label={words.sidebar} run={() => set({ narrowSidebar: !narrowSidebar })} />
      <Item icon={PanelBottom} label={words.statusBar} run={() => set({ statusBar: !statusBar })} />
    </Group>
  )
}

function Group({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <Command.Group heading={<span className="block px-2 pt-2 pb-1 text-caption font-medium text-text-3">{title}</span>}>
      {children}
    </Command.Group>
  )
}

interface ItemProps {
  readonly icon: LucideIcon
  readonly label: string
  readonly keys?: string
  readonly run: () => void
}

function Item({ icon: Icon, label, keys, run }: ItemProps) {
  return (
    <Command.Item
      value={label}
      onSelect={() => {
        closeOverlay()
        run()
      }}
      className={menuLine}
    >
      <Icon size={14} className="text-text-3" aria-hidden />
      <span className="flex-1 truncate">{label}</span>
      {keys !== undefined && <Keys keys={keys} />}
    </Command.Item>
  )
}
