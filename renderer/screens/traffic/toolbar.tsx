import { clsx } from 'clsx'
import { ListFilter, Pause, Play, Search, SlidersHorizontal, X } from 'lucide-react'
import { Button, IconButton } from '../../components/button.tsx'
import { Segments } from '../../components/field.tsx'
import { Menu, MenuCheck, MenuChoice, MenuItem, MenuLabel, MenuLine } from '../../components/menu.tsx'
import { ToneIcon } from '../../components/state.tsx'
import { allOutcomes, toneOfOutcome } from '../../outcomes.ts'
import { useBackends } from '../../stores/backends.ts'
import { usePreferences } from '../../stores/preferences.ts'
import type { Filter } from '../../stores/turn-list.ts'
import { useOpenCount } from '../../stores/turns.ts'
import { text } from '../../text/text.ts'
import { columns, isShown } from './columns.tsx'
import { setFilter, toggled } from './filter.ts'

const words = text.traffic

interface ToolbarProps {
  readonly filter: Filter
  readonly isPaused: boolean
  readonly onPause: () => void
}

/** Which requests are shown, and how. */
export function Toolbar({ filter, isPaused, onPause }: ToolbarProps) {
  const open = useOpenCount()
  return (
    <div
      role="toolbar"
      aria-label={words.filterLabel}
      className="flex flex-wrap items-center gap-2 px-3 py-2 max-[1000px]:gap-1.5"
    >
      <Button
        icon={isPaused ? Play : Pause}
        onClick={onPause}
        aria-label={isPaused ? words.resume : words.pause}
        className="w-23"
      >
        {isPaused ? words.resumeShort : words.pauseShort}
      </Button>
      <FilterBox value={filter.text ?? ''} />
      <Segments
        label={words.filterLabel}
        value={filter.only ?? 'all'}
        choices={[
          { value: 'all', label: words.all },
          { value: 'open', label: open > 0 ? `${words.streaming} ${open}` : words.streaming },
          { value: 'problems', label: words.problems },
        ]}
        onChange={only => setFilter({ only: only === 'all' ? undefined : only })}
      />
      <OutcomeMenu chosen={filter.outcomes} />
      <BackendMenu chosen={filter.backends} />
      {filter.session !== undefined && (
        <Button
          icon={X}
          aria-label={`${words.inSession(filter.session.slice(0, 6))}: ${words.anySession}`}
          onClick={() => setFilter({ session: undefined })}
          className="border-accent text-accent"
        >
          {words.inSession(filter.session.slice(0, 6))}
        </Button>
      )}
      <ViewMenu />
    </div>
  )
}

function FilterBox({ value }: { readonly value: string }) {
  return (
    <div className="flex h-7 min-w-28 flex-1 items-center gap-1.5 rounded-control border border-line-strong bg-surface pl-2 focus-within:border-accent focus-within:outline-2 focus-within:outline-accent">
      <Search size={14} className="text-text-3" aria-hidden />
      <input
        id="traffic-filter"
        type="text"
        role="searchbox"
        aria-label={words.filterLabel}
        placeholder={words.filter}
        autoComplete="off"
        spellCheck={false}
        value={value}
        onChange={event => setFilter({ text: event.target.value })}
        onKeyDown={event => {
          if (event.key !== 'Escape') return
          event.stopPropagation()
          if (value === '') event.currentTarget.blur()
          else setFilter({ text: undefined })
        }}
        className="min-w-0 flex-1 bg-transparent text-ellipsis focus-visible:outline-none"
      />
      {value !== '' && (
        <IconButton icon={X} size="small" label={text.actions.clear} onClick={() => setFilter({ text: undefined })} />
      )}
    </div>
  )
}

function OutcomeMenu({ chosen }: { readonly chosen: Filter['outcomes'] }) {
  return (
    <Menu
      align="end"
      trigger={
        <Button
          icon={ListFilter}
          className={clsx('max-[1000px]:[&>svg]:hidden', chosen !== undefined && 'border-accent text-accent')}
        >
          {chosen?.length === 1 && chosen[0] !== undefined
            ? text.outcome[chosen[0]]
            : chosen === undefined
              ? words.outcomes
              : `${words.outcomes} ${chosen.length}`}
        </Button>
      }
    >
      {allOutcomes.map(outcome => (
        <MenuCheck
          key={outcome}
          checked={chosen?.includes(outcome) ?? false}
          onChange={() => setFilter({ outcomes: toggled(chosen, outcome) })}
        >
          <ToneIcon tone={toneOfOutcome(outcome)} />
          {text.outcome[outcome]}
        </MenuCheck>
      ))}
      {chosen !== undefined && (
        <>
          <MenuLine />
          <MenuItem onSelect={() => setFilter({ outcomes: undefined })}>{words.anyOutcome}</MenuItem>
        </>
      )}
    </Menu>
  )
}

function BackendMenu({ chosen }: { readonly chosen: Filter['backends'] }) {
  const backends = useBackends(state => state.backends) ?? []
  return (
    <Menu
      align="end"
      trigger={
        <Button
          icon={ListFilter}
          className={clsx('max-[1000px]:[&>svg]:hidden', chosen !== undefined && 'border-accent text-accent')}
        >
          {chosen?.length === 1
            ? chosen[0]
            : chosen === undefined
              ? words.backends
              : `${words.backends} ${chosen.length}`}
        </Button>
      }
    >
      {backends.map(({ id }) => (
        <MenuCheck
          key={id}
          checked={chosen?.includes(id) ?? false}
          onChange={() => setFilter({ backends: toggled(chosen, id) })}
        >
          {id}
        </MenuCheck>
      ))}
      {chosen !== undefined && (
        <>
          <MenuLine />
          <MenuItem onSelect={() => setFilter({ backends: undefined })}>{words.anyBackend}</MenuItem>
        </>
      )}
    </Menu>
  )
}

function ViewMenu() {
  const chosen = usePreferences(state => state.columns)
  const detailSide = usePreferences(state => state.detailSide)
  return (
    <Menu align="end" trigger={<IconButton icon={SlidersHorizontal} label={words.options} />}>
      <MenuChoice
        value={detailSide}
        choices={[
          { value: 'right', label: words.layout.right },
          { value: 'bottom', label: words.layout.bottom },
        ]}
        onChange={side => usePreferences.setState({ detailSide: side })}
      />
      <MenuLine />
      <MenuLabel>{words.columns}</MenuLabel>
      {columns
        .filter(column => column.id !== 'model')
        .map(({ id }) => (
          <MenuCheck
            key={id}
            checked={isShown(id, chosen)}
            onChange={shown => usePreferences.setState({ columns: { ...chosen, [id]: shown } })}
          >
            {words.column[id]}
          </MenuCheck>
        ))}
      <MenuLine />
      <MenuItem onSelect={() => usePreferences.setState({ columns: {}, columnSizes: {} })}>
        {words.resetColumns}
      </MenuItem>
    </Menu>
  )
}
