import { parseArgs } from 'node:util'

/** What we were started with. */
export interface Arguments {
  /** Config and data below this folder instead of the user's own. */
  readonly dataDir: string | undefined
  readonly config: string | undefined
  /** The options of the command line that lie over the config. */
  readonly flags: Readonly<Partial<Record<(typeof flagNames)[number], string>>>
  /** Started at login, without being asked for: no window, if that is what the user chose. */
  readonly hidden: boolean
  /** What a second start asks of the first one, from Windows' jump list. */
  readonly order: 'start' | 'stop' | undefined
}

const flagNames = ['host', 'port', 'default-backend', 'log-level'] as const

/** Our own options among all of the command line: Electron's, Chromium's and a launcher's are there too, and are passed over. */
export function readArguments(argv: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...argv],
    strict: false,
    options: {
      ...Object.fromEntries(['data-dir', 'config', ...flagNames].map(name => [name, { type: 'string' as const }])),
      hidden: { type: 'boolean' },
      'start-proxy': { type: 'boolean' },
      'stop-proxy': { type: 'boolean' },
    },
  })
  const text = (name: string) => {
    const value = values[name]
    return typeof value === 'string' ? value : undefined
  }
  return {
    dataDir: text('data-dir'),
    config: text('config'),
    flags: Object.fromEntries(
      flagNames.flatMap(name => {
        const value = text(name)
        return value === undefined ? [] : [[name, value]]
      }),
    ),
    hidden: values['hidden'] === true,
    order: values['start-proxy'] === true ? 'start' : values['stop-proxy'] === true ? 'stop' : undefined,
  }
}
