/** Where a value stands in the configuration: `['server', 'port']`. */
export type Path = readonly (string | number)[]

/** A place as people read and write it: `server.port`, `server.api_keys[0]`, `backends."openai.2".type`. */
export function dotted(path: Path): string {
  let key = ''
  for (const step of path) {
    if (typeof step === 'number') key += `[${step}]`
    else key += `${key === '' ? '' : '.'}${/^[^.[\]"\s]+$/.test(step) ? step : JSON.stringify(step)}`
  }
  return key
}

/** The place that a dotted key names. Names that hold dots stand in double quotes, as `dotted` writes them. */
export function undotted(key: string): string[] {
  return (key.match(/"[^"]*"|[^."]+/g) ?? [key]).map(step => step.replace(/^"(.*)"$/, '$1'))
}

/** Every value of a tree with its place. Lists are one value, and so are sections with nothing in them. */
export function leavesOf(tree: unknown, path: Path = []): (readonly [Path, unknown])[] {
  if (!isSection(tree)) return tree === undefined ? [] : [[path, tree]]
  const entries = Object.entries(tree)
  return entries.length === 0 ? [[path, tree]] : entries.flatMap(([key, value]) => leavesOf(value, [...path, key]))
}

/** Whether a value is a block of named values. */
export function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
