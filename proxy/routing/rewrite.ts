/** A rewrite of the config: a regular expression and what takes the place of what it matches. */
interface Alias {
  readonly pattern: string
  readonly replacement: string
}

/** A rewritten name, and the pattern that matched. */
export interface Rewritten {
  readonly text: string
  readonly pattern: string
}

/**
 * Rewrites names of models by the first pattern that matches, once. Patterns are matched from the start of the name and
 * need not reach its end; the replacement takes the place of the whole name. `\1` in it stands for a group of the pattern,
 * `\g<name>` for a named one, `\0` for all that matched.
 */
export function createRewrite(aliases: readonly Alias[]): (name: string) => Rewritten | undefined {
  const compiled = aliases.map(({ pattern, replacement }) => ({
    pattern,
    replacement,
    expression: new RegExp(pattern, 'y'),
  }))

  return name => {
    for (const { pattern, replacement, expression } of compiled) {
      expression.lastIndex = 0
      const match = expression.exec(name)
      if (match !== null) return { text: filledIn(replacement, match), pattern }
    }
    return undefined
  }
}

function filledIn(replacement: string, match: RegExpExecArray): string {
  return replacement.replace(/\\(?:(\d{1,2})|g<(\w+)>)/g, (_, number?: string, name?: string) => {
    if (number !== undefined) return match[Number(number)] ?? ''
    return match.groups?.[name ?? ''] ?? match[Number(name)] ?? ''
  })
}
