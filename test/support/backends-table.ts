import type { Api } from '../../proxy/backends/backend.ts'
import { loginPresets } from '../../proxy/backends/login-presets.ts'
import type { LoginPreset, Preset } from '../../proxy/backends/preset.ts'
import { presets } from '../../proxy/backends/presets.ts'
import { loginOf } from '../../proxy/logins/index.ts'

export const BEGIN = '<!-- begin: written by `npm run docs` from the code -->'
export const END = '<!-- end -->'

/** The document with its tables as the code has them now. */
export function withTables(document: string): string {
  const [before, rest] = document.split(BEGIN)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined) throw new Error(`there is no ${BEGIN} … ${END} in the document`)
  return `${before}${BEGIN}\n\n${keyTable()}\n\n${loginTable()}\n\n${END}${after}`
}

function keyTable(): string {
  const rows = Object.entries<Preset>(presets).map(([id, preset]) => [
    `\`${id}\``,
    preset.title,
    protocolsIn(preset),
    addressOf(preset),
    authOf(preset),
    preset.envPrefixes.map(prefix => `\`${prefix}_API_KEY\``).join(', else '),
    modelsOf(preset),
    preset.note ?? '',
  ])
  return tableOf(['id', 'service', 'protocols', 'address', 'key shown as', 'variable', 'models', 'to know'], rows)
}

function loginTable(): string {
  const rows = Object.entries<LoginPreset>(loginPresets).map(([id, preset]) => {
    const login = loginOf(preset.login)
    return [
      `\`${id}\``,
      preset.title,
      protocolsIn(preset),
      addressOf(preset),
      login?.owner.program ?? '',
      modelsOf(preset),
      login?.ended === undefined ? 'running' : `ended on ${login.ended.on}. ${login.ended.instead}`,
      login === undefined ? '' : `${login.position.class}: ${login.position.text} ${login.position.link}`,
    ]
  })
  const head = [
    'id',
    'service',
    'protocols',
    'address',
    'signed in by',
    'models',
    'state of the service',
    'the vendor’s position',
  ]
  return tableOf(head, rows)
}

function protocolsIn({ apis }: Preset | LoginPreset): string {
  return apis.map(({ protocol }) => protocol).join(', ')
}

function addressOf({ apis: [first], address }: Preset | LoginPreset): string {
  return `\`${address ?? first.baseUrl}\``
}

/** How each protocol has it, where a row says nothing. */
const standardAuth = {
  'openai-chat': 'bearer',
  'openai-responses': 'bearer',
  anthropic: '`x-api-key`',
  gemini: '`x-goog-api-key`',
  'code-assist': 'bearer',
} as const satisfies Record<Api['protocol'], string>

function authOf({ apis: [first], isLocalServer }: Preset): string {
  const shown = authIn(first)
  return isLocalServer === true ? `nothing; ${shown} if there is a key` : shown
}

function authIn({ auth, protocol }: Api): string {
  if (auth === undefined) return standardAuth[protocol]
  if (typeof auth === 'string') return auth
  return 'header' in auth ? `\`${auth.header}\`` : `\`?${auth.query}=\``
}

function modelsOf({ models, listsModels }: Preset | LoginPreset): string {
  if (models === undefined) return 'asked for'
  return `${listsModels === false ? '' : 'asked for, else '}${models.map(model => `\`${model}\``).join(', ')}`
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
