import type { LoginItemSettings, LoginItemSettingsOptions, Settings } from 'electron'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  autostartFile,
  linuxAutostart,
  loginCommand,
  macAutostart,
  repairAutostart,
  windowsAutostart,
} from '../../main/autostart.ts'
import { readEntry } from '../../main/autostart-file.ts'

/** Electron's login items, on a system whose answers the test sets. */
function loginItems(answers: Partial<LoginItemSettings>) {
  const asked: (LoginItemSettingsOptions | undefined)[] = []
  const told: Settings[] = []
  return {
    asked,
    told,
    getLoginItemSettings: (options?: LoginItemSettingsOptions) => {
      asked.push(options)
      return { openAtLogin: false, executableWillLaunchAtLogin: true, ...answers } as LoginItemSettings
    },
    setLoginItemSettings: (settings: Settings) => void told.push(settings),
  }
}

describe('launch at login on macOS', () => {
  it('is on when the system says so', async () => {
    expect(await macAutostart(loginItems({ status: 'enabled' })).read()).toEqual({ isOn: true })
    expect(await macAutostart(loginItems({ status: 'not-registered' })).read()).toEqual({ isOn: false })
    expect(await macAutostart(loginItems({ status: 'not-found' })).read()).toEqual({ isOn: false })
  })

  it('says what to do when the system waits for approval', async () => {
    expect(await macAutostart(loginItems({ status: 'requires-approval' })).read()).toEqual({
      isOn: false,
      remedy: 'macOS asks for your approval: System Settings › General › Login Items.',
    })
  })

  it('is turned on and off by the system', async () => {
    const items = loginItems({})
    await macAutostart(items).write(true)
    await macAutostart(items).write(false)
    expect(items.told).toEqual([{ openAtLogin: true }, { openAtLogin: false }])
  })
})

describe('launch at login on Windows', () => {
  const command = ['C:\\Program Files\\LIP\\lip.exe', '--data-dir=D:\\my data', '--hidden']
  const entry = { path: command[0], args: ['"--data-dir=D:\\my data"', '--hidden'] }

  it('asks for the same entry that it makes', async () => {
    const items = loginItems({ openAtLogin: true })
    const autostart = windowsAutostart(items, command)
    await autostart.write(true)
    expect(await autostart.read()).toEqual({ isOn: true })
    expect(items.told).toEqual([{ ...entry, name: 'app.llm-interactive-proxy', openAtLogin: true }])
    expect(items.asked).toEqual([entry])
  })

  it('notices that the Task Manager has turned it off', async () => {
    const items = loginItems({ openAtLogin: true, executableWillLaunchAtLogin: false })
    expect(await windowsAutostart(items, command).read()).toEqual({
      isOn: false,
      remedy: 'It is turned off in the Task Manager’s startup apps; turn it on there.',
    })
  })
})

describe('launch at login on Linux', () => {
  let folder: string
  let file: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'autostart-'))
    file = join(folder, 'autostart', 'llm-interactive-proxy.desktop')
  })
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  it('is a file, in the folder of this user', () => {
    expect(autostartFile({ XDG_CONFIG_HOME: '/cfg' }, '/home/me')).toBe('/cfg/autostart/llm-interactive-proxy.desktop')
    const usual = '/home/me/.config/autostart/llm-interactive-proxy.desktop'
    expect(autostartFile({}, '/home/me')).toBe(usual)
    expect(autostartFile({ XDG_CONFIG_HOME: 'relative' }, '/home/me')).toBe(usual)
  })

  it('is turned on by the file, and off by its going', async () => {
    const autostart = linuxAutostart(file, ['/opt/app', '--hidden'])
    expect(await autostart.read()).toEqual({ isOn: false })
    await autostart.write(true)
    expect(await autostart.read()).toEqual({ isOn: true })
    expect(await readFile(file, 'utf8')).toContain('Exec=/opt/app --hidden')
    await autostart.write(false)
    expect(await autostart.read()).toEqual({ isOn: false })
    await autostart.write(false)
  })

  it('is off when the desktop’s settings have turned it off, and on again when it is turned on here', async () => {
    const autostart = linuxAutostart(file, ['/opt/app', '--hidden'])
    await autostart.write(true)
    await writeFile(file, `${await readFile(file, 'utf8')}Hidden=true\n`)
    expect(await autostart.read()).toEqual({ isOn: false })
    await autostart.write(true)
    expect(await autostart.read()).toEqual({ isOn: true })
  })

  it('follows a program that was moved', async () => {
    await linuxAutostart(file, [join(folder, 'old.AppImage'), '--hidden']).write(true)
    await repairAutostart(file, ['/new place/app.AppImage', '--hidden'])
    expect(readEntry(await readFile(file, 'utf8'))).toEqual({ isOn: true, program: '/new place/app.AppImage' })
  })

  it('stays with another copy of the program that is still there', async () => {
    const other = join(folder, 'other.AppImage')
    await writeFile(other, '')
    await linuxAutostart(file, [other, '--hidden']).write(true)
    await repairAutostart(file, ['/new/app', '--hidden'])
    expect(readEntry(await readFile(file, 'utf8')).program).toBe(other)
  })

  it('stays off where it is off', async () => {
    await repairAutostart(file, ['/new/app', '--hidden'])
    expect(await linuxAutostart(file, []).read()).toEqual({ isOn: false })
  })
})

describe('the command at login', () => {
  const run = { program: '/opt/app', folder: undefined, env: {}, dataDir: undefined, config: undefined }

  it('is the installed program, hidden', () => {
    expect(loginCommand(run)).toEqual(['/opt/app', '--hidden'])
  })

  it('is the AppImage itself, not what is mounted from it', () => {
    const env = { APPIMAGE: '/home/me/LIP.AppImage' }
    expect(loginCommand({ ...run, program: '/tmp/.mount_x/app', env })).toEqual(['/home/me/LIP.AppImage', '--hidden'])
  })

  it('names the sources where it runs from them, and the same places', () => {
    expect(loginCommand({ ...run, program: '/e/electron', folder: '/src', dataDir: '/d', config: '/c.yaml' })).toEqual([
      '/e/electron',
      '/src',
      '--data-dir=/d',
      '--config=/c.yaml',
      '--hidden',
    ])
  })
})
