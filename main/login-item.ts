import type { LoginItem } from '../proxy/app/contract.ts'
import type { Desktop } from '../proxy/index.ts'
import type { Autostart } from './autostart.ts'
import type { Choices } from './choices.ts'
import type { Memory } from './memory.ts'
import { text } from './text.ts'

type StartChoices = Pick<Choices, 'launchAtLogin' | 'startHidden' | 'startProxyAtLaunch'>

/** The three switches of the start: one is the system's and is read back from it, two are ours. */
export function createLoginItem(
  autostart: Autostart | undefined,
  choices: Memory<StartChoices>,
): { readonly read: Desktop['loginItem']; readonly set: Desktop['setLoginItem'] } {
  async function read(): Promise<LoginItem> {
    if (autostart === undefined) return { supported: false, reason: text.loginItem.installedOnly }
    const { launchAtLogin: chosen, startHidden, startProxyAtLaunch } = choices.get()
    const { isOn, remedy } = await autostart.read()
    return {
      supported: true,
      launchAtLogin: isOn,
      startHidden,
      startProxyAtLaunch,
      changedOutside: isOn !== chosen,
      remedy,
    }
  }

  return {
    read,
    set: async ({ launchAtLogin, startHidden, startProxyAtLaunch }) => {
      const before = choices.get()
      if (launchAtLogin !== undefined) await autostart?.write(launchAtLogin)
      choices.set({
        launchAtLogin: launchAtLogin ?? before.launchAtLogin,
        startHidden: startHidden ?? before.startHidden,
        startProxyAtLaunch: startProxyAtLaunch ?? before.startProxyAtLaunch,
      })
      return read()
    },
  }
}
