import { loud, type PartOf } from '../double.ts'

let held = ''

/** The double of Electron's `clipboard`: text, seen by nobody else. */
export const clipboard = loud('clipboard', {
  writeText: async text => {
    held = text
  },
  readText: async () => held,
  clear: () => {
    held = ''
  },
} satisfies PartOf<Electron.Clipboard>)
