import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hasTrayHost } from '../../main/tray-host.ts'
import { startBus, whyNoBus } from '../support/session-bus.ts'

const watcher = 'org.kde.StatusNotifierWatcher'

/** A PATH on which there is one program, or none. */
async function pathWith(program?: string) {
  const folder = await mkdtemp(join(tmpdir(), 'path-'))
  if (program !== undefined) {
    const found = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim()
    if (found === '') return undefined
    await symlink(found, join(folder, program))
  }
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}

describe('a place for tray icons', () => {
  it('is always there on macOS and Windows', async () => {
    expect(await hasTrayHost('darwin', {})).toBe(true)
    expect(await hasTrayHost('win32', {})).toBe(true)
  })

  it.for(['gdbus', 'busctl', 'dbus-send'])('is looked for on Linux’s session bus, by %s', async (program, { skip }) => {
    skip(whyNoBus() !== undefined, whyNoBus())
    await using path = await pathWith(program)
    if (path === undefined) {
      skip(`a tray is looked for by ${program}`)
      return
    }
    await using bus = await startBus()
    const env = { PATH: path.folder, DBUS_SESSION_BUS_ADDRESS: bus.address }
    expect(await hasTrayHost('linux', env)).toBe(false)
    await bus.own(watcher)
    expect(await hasTrayHost('linux', env)).toBe(true)
  })

  it('is not there where there is no bus', async () => {
    expect(await hasTrayHost('linux', { ...process.env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere/bus' })).toBe(
      false,
    )
  })

  it('is not counted on where nobody can tell', async () => {
    await using path = await pathWith()
    expect(await hasTrayHost('linux', { PATH: path?.folder ?? '' })).toBe(false)
  })
})
