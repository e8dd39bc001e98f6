import fc from 'fast-check'

/** What can happen to a JSON value: one inside it is another, or gone, or there twice. */
export interface Damage {
  /** Which of the values inside, counted through and round again. */
  readonly place: number
  /** What stands there instead; undefined is nothing. */
  readonly value: unknown
  /** Whether an item of a list comes once more instead. */
  readonly twice: boolean
}

/** Values that a field of any type could not expect. */
export const strangers: readonly unknown[] = [
  undefined,
  null,
  0,
  -1.5,
  1e300,
  true,
  '',
  'z',
  '\u0000',
  '\ud800',
  [],
  [[]],
  [null],
  {},
  { type: 'z' },
  { type: null },
  JSON.parse('{"__proto__":{"type":"text"},"constructor":1,"toString":2}'),
]

export const damage: fc.Arbitrary<Damage> = fc.record({
  place: fc.nat(),
  value: fc.constantFrom(...strangers),
  twice: fc.boolean(),
})

/** Changes a value, and gives it or what stands in its place. */
export function damaged(body: unknown, { place, value, twice }: Damage): unknown {
  const whole = { body }
  const all = placesIn(whole)
  const { holder, key } = all[place % all.length] ?? { holder: whole, key: 'body' }
  if (Array.isArray(holder) && twice) holder.push(holder[Number(key)])
  else if (value === undefined && Array.isArray(holder)) holder.splice(Number(key), 1)
  else if (value === undefined) Reflect.deleteProperty(holder, key)
  else Reflect.set(holder, key, value)
  return whole.body
}

/** How many values there are inside of one, itself included. */
export function countPlaces(body: unknown): number {
  return placesIn({ body }).length
}

function placesIn(value: unknown): { holder: object; key: string }[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [{ holder: value, key }, ...placesIn(inner)])
}
