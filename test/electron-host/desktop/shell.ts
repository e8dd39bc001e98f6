import { loud, type PartOf } from '../double.ts'
import { outside } from '../outside.ts'

/** The double of Electron's `shell`: opens nothing, writes down what it was to open. */
export const shell = loud('shell', {
  openExternal: async url => void outside.opened.push(url),
  openPath: async path => {
    outside.opened.push(path)
    return ''
  },
  showItemInFolder: path => void outside.opened.push(path),
  beep: () => undefined,
} satisfies PartOf<Electron.Shell>)
