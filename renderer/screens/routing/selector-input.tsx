import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react'
import { type ComponentProps, type KeyboardEvent, useEffect, useId } from 'react'
import { attempt } from '../../attempt.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { TextInput } from '../../components/field.tsx'
import { useRoute } from '../../stores/route.ts'
import { useRouting } from '../../stores/routing.ts'
import { text } from '../../text/text.ts'

const words = text.routing.selectors

/** Models that are offered at most: a list of thousands would help nobody. */
const OFFERED = 500

/** A line for a selector, which offers the routes and models there are. */
export function SelectorInput(props: ComponentProps<'input'>) {
  const list = useId()
  const models = useRoute(state => state.models)
  const routes = useRouting(state => state.routing?.routes)
  const isUnknown = models === undefined
  useEffect(() => {
    if (isUnknown) void attempt(useRoute.getState().loadModels())
  }, [isUnknown])
  return (
    <>
      <TextInput {...props} list={list} className={`font-mono ${props.className ?? ''}`} />
      <datalist id={list}>
        {routes?.map(({ route }) => (
          <option key={route.name} value={route.name} />
        ))}
        {models?.slice(0, OFFERED).map(({ id }) => (
          <option key={id} value={id} />
        ))}
      </datalist>
    </>
  )
}

interface SelectorListProps {
  readonly label: string
  readonly values: readonly string[]
  readonly onChange: (values: readonly string[]) => void
}

/** Several selectors in their order. */
export function SelectorList({ label, values, onChange }: SelectorListProps) {
  const move = (at: number, to: number) => {
    if (to >= 0 && to < values.length) onChange(values.toSpliced(at, 1).toSpliced(to, 0, values[at] ?? ''))
  }
  const onKeys = (event: KeyboardEvent, at: number) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    const to = event.key === 'ArrowUp' ? at - 1 : at + 1
    move(at, to)
    const field = event.currentTarget.parentElement?.children[to]?.querySelector('input')
    field?.focus()
  }
  return (
    <div role="group" aria-label={label} className="flex flex-col gap-1">
      <ol className="flex flex-col gap-1">
        {values.map((value, at) => (
          <li key={at} className="flex items-center gap-0.5" onKeyDown={event => onKeys(event, at)}>
            <SelectorInput
              aria-label={words.nth(label, at + 1)}
              value={value}
              onChange={event => onChange(values.with(at, event.target.value))}
              className="mr-1 min-w-0 flex-1"
            />
            <IconButton
              icon={ArrowUp}
              size="small"
              label={words.upNth(at + 1)}
              keys="alt+arrowup"
              disabled={at === 0}
              onClick={() => move(at, at - 1)}
            />
            <IconButton
              icon={ArrowDown}
              size="small"
              label={words.downNth(at + 1)}
              keys="alt+arrowdown"
              disabled={at === values.length - 1}
              onClick={() => move(at, at + 1)}
            />
            <IconButton
              icon={X}
              size="small"
              label={words.removeNth(at + 1)}
              onClick={() => onChange(values.toSpliced(at, 1))}
            />
          </li>
        ))}
      </ol>
      <Button size="small" icon={Plus} className="self-start" onClick={() => onChange([...values, ''])}>
        {words.add}
      </Button>
    </div>
  )
}
