import type { Outcome } from '../../../proxy/app/contract.ts'
import { allOutcomes } from '../../outcomes.ts'
import { refine } from '../../stores/place.ts'
import type { Filter } from '../../stores/turn-list.ts'

/** The filter that stands in the address: `#/traffic?q=sonnet&is=problems&outcome=timeout,network&backend=openai`. */
export function filterOf(params: URLSearchParams): Filter {
  const text = params.get('q') ?? ''
  const is = params.get('is')
  const outcomes = listed(params.get('outcome')).filter(isOutcome)
  const backends = listed(params.get('backend'))
  const session = params.get('session') ?? ''
  return {
    ...(text.trim() === '' ? {} : { text }),
    ...(is === 'open' || is === 'problems' ? { only: is } : {}),
    ...(outcomes.length === 0 ? {} : { outcomes }),
    ...(backends.length === 0 ? {} : { backends }),
    ...(session === '' ? {} : { session }),
  }
}

export function isFiltering(filter: Filter): boolean {
  return Object.keys(filter).length > 0
}

/** Changes a part of the filter; the others stay. */
export function setFilter(change: Filter): void {
  refine({
    ...('text' in change ? { q: change.text } : {}),
    ...('only' in change ? { is: change.only } : {}),
    ...('outcomes' in change ? { outcome: change.outcomes?.join() } : {}),
    ...('backends' in change ? { backend: change.backends?.join() } : {}),
    ...('session' in change ? { session: change.session } : {}),
  })
}

export function clearFilter(): void {
  refine({ q: undefined, is: undefined, outcome: undefined, backend: undefined, session: undefined })
}

/** A list with a value put in, or taken out if it is there. */
export function toggled<T>(list: readonly T[] | undefined, value: T): T[] {
  const known = list ?? []
  return known.includes(value) ? known.filter(other => other !== value) : [...known, value]
}

function listed(value: string | null): string[] {
  return value === null || value === '' ? [] : value.split(',')
}

function isOutcome(value: string): value is Outcome {
  return (allOutcomes as readonly string[]).includes(value)
}
