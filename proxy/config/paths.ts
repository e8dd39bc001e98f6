import { posix, win32 } from 'node:path'

/** Where the program keeps what: absolute paths, none of which need exist yet. */
export interface Paths {
  readonly configFile: string
  /** Whether the config file was asked for by name, so that it must be there. */
  readonly configRequired: boolean
  /** The account names of stored keys; the keys themselves are in the keychain. */
  readonly keysFile: string
  readonly trafficFile: string
  /** What clients of the Responses API had stored. */
  readonly responsesFile: string
  /** What commands in chats changed, for as long as the conversations go on. */
  readonly sessionsFile: string
  /** What backends listed last. */
  readonly modelsFile: string
  /** What the running instance says of itself: its process, address and version. */
  readonly instanceFile: string
  readonly logsFolder: string
}

export interface World {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  /** What relative paths are relative to. */
  readonly cwd: string
  /** `--data-dir`: everything below one folder. Wins over `LIP_DATA_DIR`. */
  readonly dataDir?: string | undefined
  /** `--config`: only the config file, elsewhere. Wins over `CONFIG_FILE`. */
  readonly configFile?: string | undefined
}

/** Where things live on this system: the XDG folders, macOS's Library, Windows' AppData, or all below one folder. */
export function pathsOf(world: World): Paths {
  const rules = pathRules(world)
  const { config, data, logs } = foldersOf(world)
  const asked = given(world.configFile) ?? given(world.env['CONFIG_FILE'])
  return {
    configFile: asked === undefined ? rules.join(config, 'config.yaml') : absolute(asked, world),
    configRequired: asked !== undefined,
    keysFile: rules.join(data, 'keys.json'),
    trafficFile: rules.join(data, 'traffic.db'),
    responsesFile: rules.join(data, 'responses.db'),
    sessionsFile: rules.join(data, 'sessions.db'),
    modelsFile: rules.join(data, 'models.json'),
    instanceFile: rules.join(data, 'instance.json'),
    logsFolder: logs,
  }
}

const NAME = 'llm-interactive-proxy'

function foldersOf(world: World): { config: string; data: string; logs: string } {
  const { platform, env, home } = world
  const rules = pathRules(world)
  const all = given(world.dataDir) ?? given(env['LIP_DATA_DIR'])
  if (all !== undefined) {
    const folder = absolute(all, world)
    return { config: folder, data: folder, logs: rules.join(folder, 'logs') }
  }
  if (platform === 'win32') {
    // Roaming is for settings that follow the user to other machines; keys and traffic stay on this one.
    const local = rules.join(folderIn('LOCALAPPDATA', rules.join(home, 'AppData', 'Local')), NAME)
    const config = rules.join(folderIn('APPDATA', rules.join(home, 'AppData', 'Roaming')), NAME)
    return { config, data: local, logs: rules.join(local, 'logs') }
  }
  if (platform === 'darwin') {
    const folder = rules.join(home, 'Library', 'Application Support', NAME)
    return { config: folder, data: folder, logs: rules.join(home, 'Library', 'Logs', NAME) }
  }
  return {
    config: rules.join(folderIn('XDG_CONFIG_HOME', rules.join(home, '.config')), NAME),
    data: rules.join(folderIn('XDG_DATA_HOME', rules.join(home, '.local', 'share')), NAME),
    logs: rules.join(folderIn('XDG_STATE_HOME', rules.join(home, '.local', 'state')), NAME, 'logs'),
  }

  /** The XDG specification says that a relative path in these variables is to be ignored. */
  function folderIn(name: string, otherwise: string): string {
    const folder = given(env[name])
    return folder !== undefined && rules.isAbsolute(folder) ? folder : otherwise
  }
}

function absolute(path: string, world: World): string {
  const rules = pathRules(world)
  // Shells leave the tilde of `--data-dir=~/x` as it is, and so do .env files.
  return /^~[/\\]/.test(path) ? rules.join(world.home, path.slice(2)) : rules.resolve(world.cwd, path)
}

function pathRules({ platform }: World) {
  return platform === 'win32' ? win32 : posix
}

function given(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value
}
