/**
 * The file by which a Linux desktop starts us at login, as the Desktop Entry and Autostart specifications of
 * freedesktop.org have it. Pure: text in, text out.
 */

/** What is in a file: whether the desktop goes by it, and the program that it would start. */
export interface AutostartEntry {
  readonly isOn: boolean
  readonly program: string | undefined
}

export interface AutostartCommand {
  readonly name: string
  readonly comment: string
  readonly icon: string
  /** Program and arguments. */
  readonly command: readonly string[]
}

export function writeEntry({ name, comment, icon, command }: AutostartCommand): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    `Name=${escaped(name)}`,
    `Comment=${escaped(comment)}`,
    `Icon=${escaped(icon)}`,
    `Exec=${execOf(command)}`,
    'Terminal=false',
    'StartupNotify=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n')
}

/** Reads what we wrote, or what a desktop's own settings made of it: they turn an entry off by a key in the file. */
export function readEntry(content: string): AutostartEntry {
  const keys = keysOf(content)
  const isHidden = keys.get('Hidden') === 'true'
  const isDisabled = [...keys].some(([key, value]) => /^X-\w+-Autostart-enabled$/.test(key) && value === 'false')
  return { isOn: !isHidden && !isDisabled, program: programOf(keys.get('Exec') ?? '') }
}

/** The same entry with another command in it. */
export function withCommand(content: string, command: readonly string[]): string {
  let group = ''
  return content
    .split('\n')
    .map(line => {
      group = /^\[(.*)\]\s*$/.exec(line)?.[1] ?? group
      return group === 'Desktop Entry' && /^Exec\s*=/.test(line) ? `Exec=${execOf(command)}` : line
    })
    .join('\n')
}

function execOf(command: readonly string[]): string {
  return escaped(command.map(quoted).join(' '))
}

/** An argument as the Exec key wants it: reserved characters in double quotes, field codes doubled. */
function quoted(argument: string): string {
  const literal = argument.replaceAll('%', '%%')
  if (literal !== '' && !/[\s"'\\><~|&;$*?#()`]/.test(literal)) return literal
  return `"${literal.replaceAll(/["`$\\]/g, '\\$&')}"`
}

/** Every value of type string is escaped again, after the quoting of Exec. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r')
}

function unescaped(value: string): string {
  const escapes: Readonly<Record<string, string>> = { s: ' ', n: '\n', t: '\t', r: '\r', '\\': '\\' }
  return value.replaceAll(/\\([sntr\\])/g, (_, escape: string) => escapes[escape] ?? '')
}

/** The first word of an Exec value, without its quotes. */
function programOf(exec: string): string | undefined {
  const [, inQuotes, plain] = /^\s*(?:"((?:[^"\\]|\\.)*)"|(\S+))/.exec(unescaped(exec)) ?? []
  return (inQuotes?.replaceAll(/\\(["`$\\])/g, '$1') ?? plain)?.replaceAll('%%', '%')
}

/** The keys of the group that counts; later groups are actions. */
function keysOf(content: string): ReadonlyMap<string, string> {
  const [, body = ''] = /^\[Desktop Entry\]\s*$([\s\S]*?)(?=^\[|$(?![\s\S]))/m.exec(content) ?? []
  return new Map(
    body.split('\n').flatMap(line => {
      const [, key, value] = /^([\w-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
      return key === undefined || value === undefined ? [] : [[key, value] as const]
    }),
  )
}
