/** Text that names a target: `model`, or `backend:model`. */
export interface Selector {
  readonly backend?: string | undefined
  readonly model: string
}

/** Splits at the first colon, which counts only before the first slash: `a:b`, but not `vendor/model:free`. */
export function parseSelector(text: string): Selector {
  const colon = text.indexOf(':')
  const slash = text.indexOf('/')
  if (colon <= 0 || (slash !== -1 && slash < colon)) return { model: text }
  return { backend: text.slice(0, colon), model: text.slice(colon + 1) }
}
