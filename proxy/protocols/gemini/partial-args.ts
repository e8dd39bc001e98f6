import { isRecord, record, type Fields } from '../fields.ts'

/**
 * The arguments of a call that come in pieces, each with the place where it belongs (Vertex,
 * `streamFunctionCallArguments`): `{jsonPath: "$.items[0].name", stringValue: "ap"}`. Texts grow, all else comes whole.
 */
export function createPartialArgs() {
  const args = emptyObject()

  function add(pieces: unknown) {
    for (const piece of Array.isArray(pieces) ? pieces : []) {
      const { jsonPath, ...told } = record(piece)
      if (typeof jsonPath === 'string') put(args, stepsOf(jsonPath), told)
    }
  }

  return { add, args: args as Fields }
}

type Holder = Record<string, unknown> | unknown[]

/** Without a prototype, so that any name of a property is only that. */
function emptyObject(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>
}

function put(root: Holder, steps: readonly (string | number)[], told: Fields) {
  let holder = root
  for (const [at, step] of steps.entries()) {
    const key = Array.isArray(holder) ? Math.min(Number(step) || 0, holder.length) : String(step)
    const slots = holder as Record<string | number, unknown>
    if (at === steps.length - 1) {
      slots[key] = grown(slots[key], told)
      return
    }
    const inner = slots[key]
    const next =
      isRecord(inner) || Array.isArray(inner) ? inner : typeof steps[at + 1] === 'number' ? [] : emptyObject()
    slots[key] = next
    holder = next as Holder
  }
}

function grown(before: unknown, { stringValue, numberValue, boolValue, nullValue }: Fields): unknown {
  if (typeof stringValue === 'string') return typeof before === 'string' ? before + stringValue : stringValue
  if (numberValue !== undefined) return numberValue
  return boolValue ?? (nullValue === undefined ? (before ?? null) : null)
}

/** The steps of a path: `$.a[0]['b c']`. */
function stepsOf(path: string): (string | number)[] {
  const steps = path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\[(?:'([^']*)'|"([^"]*)")\]/g)
  return [...steps].map(([, name, index, single, double]) =>
    index === undefined ? (name ?? single ?? double ?? '') : Number(index),
  )
}
