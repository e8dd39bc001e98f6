import { describe, expect, it } from 'vitest'
import type { Autostart } from '../../main/autostart.ts'
import { choices, type Choices } from '../../main/choices.ts'
import { createLoginItem } from '../../main/login-item.ts'
import type { Memory } from '../../main/memory.ts'

function system(isOn = false) {
  const state = { isOn }
  const autostart: Autostart = {
    read: async () => ({ isOn: state.isOn }),
    write: async on => {
      state.isOn = on
    },
  }
  return { state, autostart }
}

function memory(): Memory<Choices> {
  let value = choices.parse({})
  return {
    get: () => value,
    set: change => {
      value = { ...value, ...change }
    },
    saved: async () => undefined,
  }
}

describe('the switches of the start', () => {
  it('are off, on, on', async () => {
    expect(await createLoginItem(system().autostart, memory()).read()).toEqual({
      supported: true,
      launchAtLogin: false,
      startHidden: true,
      startProxyAtLaunch: true,
      changedOutside: false,
    })
  })

  it('are set one by one', async () => {
    const { state, autostart } = system()
    const item = createLoginItem(autostart, memory())
    expect(await item.set({ launchAtLogin: true })).toMatchObject({ launchAtLogin: true, changedOutside: false })
    expect(await item.set({ startHidden: false })).toMatchObject({ launchAtLogin: true, startHidden: false })
    expect(await item.set({ startProxyAtLaunch: false })).toMatchObject({
      startHidden: false,
      startProxyAtLaunch: false,
    })
    expect(state.isOn).toBe(true)
  })

  it('show what the system has, and that it was changed there', async () => {
    const { state, autostart } = system()
    const item = createLoginItem(autostart, memory())
    await item.set({ launchAtLogin: true })
    state.isOn = false
    expect(await item.read()).toMatchObject({ launchAtLogin: false, changedOutside: true })
    expect(await item.set({ launchAtLogin: false })).toMatchObject({ launchAtLogin: false, changedOutside: false })
  })

  it('tell what the user has to do elsewhere', async () => {
    const autostart = { read: async () => ({ isOn: false, remedy: 'Approve it.' }), write: async () => undefined }
    expect(await createLoginItem(autostart, memory()).read()).toMatchObject({ remedy: 'Approve it.' })
  })

  it('say why there are none, where the system can’t start us', async () => {
    expect(await createLoginItem(undefined, memory()).read()).toEqual({
      supported: false,
      reason: 'Only the installed app can be launched at login; this one runs from its sources.',
    })
  })
})
