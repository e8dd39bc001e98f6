import { Command } from 'cmdk'
import { Check, ChevronsUpDown, Clock3, Cpu } from 'lucide-react'
import { Popover } from 'radix-ui'
import { toast } from 'sonner'
import type { ModelRow } from '../../proxy/app/contract.ts'
import { attempt } from '../attempt.ts'
import { toneOfBackend, wordOfBackend } from '../backend-state.ts'
import { hasAllWords, menuLine } from '../components/menu.tsx'
import { ToneIcon } from '../components/state.tsx'
import { Tip } from '../components/tip.tsx'
import { useBackends } from '../stores/backends.ts'
import { closeOverlay, openOverlay, useOverlay } from '../stores/overlay.ts'
import { usePreferences } from '../stores/preferences.ts'
import { useRoute } from '../stores/route.ts'
import type { Target } from '../stores/target.ts'
import { text } from '../text/text.ts'

/** Where requests go that name no backend, and the way to send them elsewhere. */
export function RouteSwitcher() {
  const route = useRoute(state => state.route)
  const isOpen = useOverlay(state => state.open === 'route')
  if (route === undefined) return <span className="h-7 w-48 rounded-card bg-inset" />
  return (
    <Popover.Root
      open={isOpen}
      onOpenChange={open => {
        if (open) openOverlay('route')
        else closeOverlay()
      }}
    >
      <Tip label={text.route.hint} keys="mod+shift+m">
        <Popover.Trigger className="flex h-7 min-w-0 shrink items-center gap-1.5 rounded-card border border-line bg-surface pr-1.5 pl-2.5 transition-colors duration-100 hover:bg-hover">
          <span className="sr-only">{`${text.route.title}: `}</span>
          <span className="shrink-0 text-text-3 max-[900px]:hidden" aria-hidden>
            {text.route.label}
          </span>
          <span className="shrink-0 font-semibold">{route.backend}</span>
          <span className="text-text-3">{' / '}</span>
          <span className="truncate">{route.model ?? text.route.anyModelShort}</span>
          <ChevronsUpDown size={13} className="ml-0.5 shrink-0 text-text-3" aria-hidden />
        </Popover.Trigger>
      </Tip>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          aria-label={text.route.title}
          className="z-50 w-100 animate-enter overflow-hidden rounded-overlay border border-line bg-surface shadow-lift outline-none"
        >
          <RouteList />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

function RouteList() {
  const route = useRoute(state => state.route)
  const models = useRoute(state => state.models)
  const backends = useBackends(state => state.backends) ?? []
  const recent = usePreferences(state => state.recent)
  if (models === undefined) void attempt(useRoute.getState().loadModels())

  return (
    <Command
      label={text.route.title}
      loop
      filter={hasAllWords}
      {...(route === undefined ? {} : { defaultValue: itemValue(route.backend, route) })}
    >
      <Command.Input
        autoFocus
        placeholder={text.route.search}
        className="h-10 w-full border-b border-line bg-transparent px-3 text-body focus-visible:outline-none"
      />
      <Command.List className="max-h-90 scroll-py-1 overflow-y-auto p-1">
        <Command.Empty className="px-2 py-4 text-center text-text-3">{text.route.none}</Command.Empty>
        {recent.length > 0 && (
          <Command.Group heading={<Heading>{text.route.recent}</Heading>}>
            {recent.map(target => (
              <TargetItem
                key={nameOf(target)}
                group="recent"
                target={target}
                current={route}
                icon={<Clock3 size={14} className="text-text-3" aria-hidden />}
                label={nameOf(target)}
              />
            ))}
          </Command.Group>
        )}
        {backends
          .filter(backend => backend.state !== 'off')
          .map(backend => (
            <Command.Group
              key={backend.id}
              heading={
                <Heading>
                  <ToneIcon tone={toneOfBackend(backend)} size={12} />
                  {backend.title}
                  <span className="font-normal">{wordOfBackend(backend)}</span>
                </Heading>
              }
            >
              <TargetItem
                group={backend.id}
                target={{ backend: backend.id }}
                current={route}
                icon={<Cpu size={14} className="text-text-3" aria-hidden />}
                label={`${backend.id} / ${text.route.anyModel}`}
              />
              {(models ?? [])
                .filter(model => model.backend === backend.id)
                .map(({ model, facts }) => (
                  <TargetItem
                    key={model}
                    facts={facts}
                    group={backend.id}
                    target={{ backend: backend.id, model }}
                    current={route}
                    label={model}
                  />
                ))}
            </Command.Group>
          ))}
        {models === undefined && <p className="px-2 py-2 text-small text-text-3">{text.route.loading}</p>}
      </Command.List>
    </Command>
  )
}

interface TargetItemProps {
  readonly group: string
  readonly target: Target
  readonly current: Target | undefined
  readonly label: string
  readonly icon?: React.ReactNode
  readonly facts?: ModelRow['facts']
}

function TargetItem({ group, target, current, label, icon, facts }: TargetItemProps) {
  const isCurrent = current !== undefined && nameOf(current) === nameOf(target)
  return (
    <Command.Item
      value={itemValue(group, target)}
      onSelect={() => {
        closeOverlay()
        void switchTo(target)
      }}
      className={menuLine}
    >
      {icon ?? <span className="w-3.5" />}
      <span className="flex-1 truncate">{label}</span>
      {facts !== undefined && <Facts of={facts} />}
      {isCurrent && <Check size={14} className="text-accent" aria-label={text.route.label} />}
    </Command.Item>
  )
}

/** What a model takes and costs, with who says so. */
function Facts({ of: { contextWindow, price } }: { readonly of: NonNullable<ModelRow['facts']> }) {
  const words = text.route.facts
  return (
    <span title={price && words.priceSource(price)} className="flex gap-2 text-small whitespace-nowrap text-text-3">
      {contextWindow !== undefined && <span>{words.context(contextWindow)}</span>}
      {price !== undefined && (
        <span>
          {words.price(price.input, price.output)}
          {price.asOf !== undefined && ` · ${price.asOf}`}
        </span>
      )}
    </span>
  )
}

/** Names an item: a target may be listed as recent and again under its backend. */
function itemValue(group: string, target: Target): string {
  return `${group} ${nameOf(target)}`
}

function Heading({ children }: { readonly children: React.ReactNode }) {
  return (
    <span className="flex items-center gap-1.5 px-2 pt-1.5 pb-1 text-caption font-medium text-text-3">{children}</span>
  )
}

/** Makes a target the default, and offers the way back. */
export async function switchTo(target: Target): Promise<void> {
  const { route: before, setRoute } = useRoute.getState()
  if ((await attempt(setRoute(target))) === undefined) return
  toast(text.route.now(nameOf(target)), {
    ...(before === undefined
      ? {}
      : { action: { label: text.actions.undo, onClick: () => void attempt(setRoute(before)) } }),
  })
}

/** `openai / gpt-x`, or the backend alone with what it is asked for. */
export function nameOf({ backend, model }: Target): string {
  return `${backend} / ${model ?? text.route.anyModelShort}`
}
