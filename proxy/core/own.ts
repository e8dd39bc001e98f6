/** What stands in a record under a name, if that is the record's own: names come from outside, `constructor` among them. */
export function own<T>(all: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return all !== undefined && Object.hasOwn(all, name) ? all[name] : undefined
}
