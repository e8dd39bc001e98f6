import { emitterWith, loud, type PartOf } from '../double.ts'
import { fetchAlsoFiles } from '../session/fetch.ts'

/*
 * The doubles of the modules that tell of the machine: one screen, mains power, someone at the keys. Tests that want a
 * suspend or another screen emit the event themselves, as they would on Electron.
 */

export const powerMonitor = loud(
  'powerMonitor',
  emitterWith({
    getSystemIdleState: () => 'active',
    getSystemIdleTime: () => 0,
    isOnBatteryPower: () => false,
    onBatteryPower: false,
  } satisfies PartOf<Electron.PowerMonitor>),
)

const bounds = { x: 0, y: 0, width: 1280, height: 800 }
const display = {
  id: 1,
  bounds,
  workArea: bounds,
  workAreaSize: { width: bounds.width, height: bounds.height },
  size: { width: bounds.width, height: bounds.height },
  scaleFactor: 1,
  rotation: 0,
  internal: true,
}

export const screen = loud(
  'screen',
  emitterWith({
    getPrimaryDisplay: () => display,
    getAllDisplays: () => [display],
    getDisplayNearestPoint: () => display,
    getDisplayMatching: () => display,
    getCursorScreenPoint: () => ({ x: 0, y: 0 }),
  } satisfies PartOf<
    Electron.Screen,
    'getPrimaryDisplay' | 'getAllDisplays' | 'getDisplayNearestPoint' | 'getDisplayMatching'
  >),
)

export const net = loud('net', {
  fetch: fetchAlsoFiles,
  isOnline: () => true,
  online: true,
} satisfies PartOf<Electron.Net>)

const shortcuts = new Map<string, () => void>()

export const globalShortcut = loud('globalShortcut', {
  register: (accelerator, act) => {
    if (shortcuts.has(accelerator)) return false
    shortcuts.set(accelerator, act)
    return true
  },
  unregister: accelerator => void shortcuts.delete(accelerator),
  unregisterAll: () => {
    shortcuts.clear()
  },
  isRegistered: accelerator => shortcuts.has(accelerator),
} satisfies PartOf<Electron.GlobalShortcut>)

export const crashReporter = loud('crashReporter', { start: () => undefined } satisfies PartOf<Electron.CrashReporter>)
