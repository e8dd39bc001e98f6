import { existsSync } from 'node:fs'
import process from 'node:process'

/** The Chromium to show windows with, if there is one: what ELECTRON_HOST_CHROMIUM names, else a usual place. */
export function findChromium(): string | undefined {
  const named = process.env.ELECTRON_HOST_CHROMIUM
  return (named === undefined ? usualPlaces : [named]).find(path => existsSync(path))
}

/** Debian's program itself stands first: its wrapper in /usr/bin prints warnings of its own. */
const usualPlaces = [
  '/usr/lib/chromium/chromium',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
