/** One thing that is wrong with the configuration, in words that tell what to do. Holds no value of a secret. */
export interface ConfigProblem {
  /** The file it stands in; absent where the environment or a flag is to blame, which `message` then names. */
  readonly file?: string | undefined
  /** From 1; absent where the file as a whole is to blame. */
  readonly line?: number | undefined
  readonly column?: number | undefined
  /** The value's dotted key: `server.port`. */
  readonly key?: string | undefined
  readonly message: string
  readonly suggestion?: string | undefined
}

/** The configuration can't be used. Its message has one line for each problem. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[], options?: ErrorOptions) {
    super(listed(problems), options)
    this.problems = problems
  }
}

/** A problem as one line: `config.yaml:3:5: unknown key server.prot (did you mean server.port?)`. */
export function formatProblem({ file, line, column, message, suggestion }: ConfigProblem): string {
  const where = [file, line, column].filter(part => part !== undefined).join(':')
  return `${where === '' ? '' : `${where}: `}${message}${suggestion === undefined ? '' : ` (${suggestion})`}`
}

const MOST_LISTED = 20

function listed(problems: readonly ConfigProblem[]): string {
  const lines = problems.slice(0, MOST_LISTED).map(formatProblem)
  const left = problems.length - lines.length
  return [...lines, ...(left > 0 ? [`and ${left} more`] : [])].join('\n')
}
