import { describe, expect, it } from 'vitest'
import { pathsOf } from '../../../proxy/config/paths.ts'

const linux = { platform: 'linux', env: {}, home: '/home/ada', cwd: '/start' } as const
const mac = { platform: 'darwin', env: {}, home: '/Users/ada', cwd: '/start' } as const
const windows = { platform: 'win32', env: {}, home: 'C:\\Users\\ada', cwd: 'C:\\work' } as const

describe('where things live', () => {
  it('is the XDG folders on Linux', () => {
    expect(pathsOf(linux)).toEqual({
      configFile: '/home/ada/.config/llm-interactive-proxy/config.yaml',
      configRequired: false,
      keysFile: '/home/ada/.local/share/llm-interactive-proxy/keys.json',
      trafficFile: '/home/ada/.local/share/llm-interactive-proxy/traffic.db',
      responsesFile: '/home/ada/.local/share/llm-interactive-proxy/responses.db',
      sessionsFile: '/home/ada/.local/share/llm-interactive-proxy/sessions.db',
      modelsFile: '/home/ada/.local/share/llm-interactive-proxy/models.json',
      instanceFile: '/home/ada/.local/share/llm-interactive-proxy/instance.json',
      logsFolder: '/home/ada/.local/state/llm-interactive-proxy/logs',
    })
  })

  it('follows the XDG variables, save those that are relative or empty, as their specification says', () => {
    const env = { XDG_CONFIG_HOME: '/c', XDG_DATA_HOME: 'relative', XDG_STATE_HOME: '' }
    const paths = pathsOf({ ...linux, env })
    expect(paths.configFile).toBe('/c/llm-interactive-proxy/config.yaml')
    expect(paths.keysFile).toBe('/home/ada/.local/share/llm-interactive-proxy/keys.json')
    expect(paths.logsFolder).toBe('/home/ada/.local/state/llm-interactive-proxy/logs')
  })

  it('is the Library on macOS', () => {
    expect(pathsOf(mac)).toEqual({
      configFile: '/Users/ada/Library/Application Support/llm-interactive-proxy/config.yaml',
      configRequired: false,
      keysFile: '/Users/ada/Library/Application Support/llm-interactive-proxy/keys.json',
      trafficFile: '/Users/ada/Library/Application Support/llm-interactive-proxy/traffic.db',
      responsesFile: '/Users/ada/Library/Application Support/llm-interactive-proxy/responses.db',
      sessionsFile: '/Users/ada/Library/Application Support/llm-interactive-proxy/sessions.db',
      modelsFile: '/Users/ada/Library/Application Support/llm-interactive-proxy/models.json',
      instanceFile: '/Users/ada/Library/Application Support/llm-interactive-proxy/instance.json',
      logsFolder: '/Users/ada/Library/Logs/llm-interactive-proxy',
    })
  })

  it('is AppData on Windows: settings roam, the rest is local', () => {
    const env = { APPDATA: 'D:\\Roaming', LOCALAPPDATA: 'D:\\Local' }
    expect(pathsOf({ ...windows, env })).toEqual({
      configFile: 'D:\\Roaming\\llm-interactive-proxy\\config.yaml',
      configRequired: false,
      keysFile: 'D:\\Local\\llm-interactive-proxy\\keys.json',
      trafficFile: 'D:\\Local\\llm-interactive-proxy\\traffic.db',
      responsesFile: 'D:\\Local\\llm-interactive-proxy\\responses.db',
      sessionsFile: 'D:\\Local\\llm-interactive-proxy\\sessions.db',
      modelsFile: 'D:\\Local\\llm-interactive-proxy\\models.json',
      instanceFile: 'D:\\Local\\llm-interactive-proxy\\instance.json',
      logsFolder: 'D:\\Local\\llm-interactive-proxy\\logs',
    })
    expect(pathsOf(windows).configFile).toBe('C:\\Users\\ada\\AppData\\Roaming\\llm-interactive-proxy\\config.yaml')
  })

  it.each([linux, mac])('is all below one folder when a data folder is given ($platform)', world => {
    const all = {
      configFile: '/data/config.yaml',
      configRequired: false,
      keysFile: '/data/keys.json',
      trafficFile: '/data/traffic.db',
      responsesFile: '/data/responses.db',
      sessionsFile: '/data/sessions.db',
      modelsFile: '/data/models.json',
      instanceFile: '/data/instance.json',
      logsFolder: '/data/logs',
    }
    expect(pathsOf({ ...world, dataDir: '/data' })).toEqual(all)
    expect(pathsOf({ ...world, env: { LIP_DATA_DIR: '/data' } })).toEqual(all)
    expect(pathsOf({ ...world, env: { LIP_DATA_DIR: '/other' }, dataDir: '/data' })).toEqual(all)
  })

  it('moves only the config file when that is named, which then must be there', () => {
    const named = { ...pathsOf(linux), configFile: '/etc/lip.yaml', configRequired: true }
    expect(pathsOf({ ...linux, configFile: '/etc/lip.yaml' })).toEqual(named)
    expect(pathsOf({ ...linux, env: { CONFIG_FILE: '/etc/lip.yaml' } })).toEqual(named)
    expect(pathsOf({ ...linux, env: { CONFIG_FILE: '/b' }, configFile: '/etc/lip.yaml' })).toEqual(named)
    expect(pathsOf({ ...linux, dataDir: '/data', configFile: '/etc/lip.yaml' }).keysFile).toBe('/data/keys.json')
  })

  it('takes relative paths from where it was started, and a leading tilde as the home folder', () => {
    expect(pathsOf({ ...linux, dataDir: 'here' }).keysFile).toBe('/start/here/keys.json')
    expect(pathsOf({ ...linux, configFile: '../lip.yaml' }).configFile).toBe('/lip.yaml')
    expect(pathsOf({ ...linux, dataDir: '~/lip' }).logsFolder).toBe('/home/ada/lip/logs')
    expect(pathsOf({ ...windows, dataDir: '~\\lip' }).logsFolder).toBe('C:\\Users\\ada\\lip\\logs')
  })
})
