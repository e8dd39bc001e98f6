import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

/**
 * The Electron program to open a window with, or one line why there can be none. Looks at files only: `require('electron')`
 * would start a download where the binary is missing.
 */
export function findElectron(root, { env = process.env, platform = process.platform } = {}) {
  const electron = join(root, 'node_modules', 'electron')
  const override = env.ELECTRON_OVERRIDE_DIST_PATH
  // The package's installer notes there which file of its distribution is the program.
  const note = join(electron, 'path.txt')
  const name = existsSync(note) ? readFileSync(note, 'utf8').trim() : (programNames[platform] ?? 'electron')
  const binary = join(override || join(electron, 'dist'), name)

  if (!existsSync(binary)) {
    return {
      missing: override
        ? `ELECTRON_OVERRIDE_DIST_PATH has no ${name}`
        : 'Electron is not downloaded (npx install-electron does it)',
    }
  }
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return { missing: 'there is no display' }
  return { binary }
}

const programNames = { darwin: 'Electron.app/Contents/MacOS/Electron', linux: 'electron', win32: 'electron.exe' }
