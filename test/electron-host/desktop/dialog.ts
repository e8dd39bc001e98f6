import { loud, type PartOf } from '../double.ts'
import { outside } from '../outside.ts'

/**
 * The double of Electron's `dialog`: nobody is there to answer, so every question is written down and cancelled. A test
 * that wants another answer replaces the function, as it would on Electron.
 */
export const dialog = loud('dialog', {
  showMessageBox: async (...args: readonly unknown[]) => ({
    response: cancelled(note('message', args)),
    checkboxChecked: false,
  }),
  showMessageBoxSync: (...args: readonly unknown[]) => cancelled(note('message', args)),
  showErrorBox: (title, content) => {
    note('error', [{ title, content }])
    console.error(`electron-host: error box: ${title}: ${content}`)
  },
  showOpenDialog: async (...args: readonly unknown[]) => {
    note('open', args)
    return { canceled: true, filePaths: [] }
  },
  showSaveDialog: async (...args: readonly unknown[]) => {
    note('save', args)
    return { canceled: true, filePath: '' }
  },
} satisfies PartOf<Electron.Dialog>)

/** The options stand last: the window that a dialog belongs to may stand before them. */
function note(kind: string, args: readonly unknown[]): unknown {
  const options = args.at(-1)
  outside.dialogs.push({ kind, options })
  return options
}

function cancelled(options: unknown) {
  const { cancelId, defaultId } = options as Electron.MessageBoxOptions
  return cancelId ?? defaultId ?? 0
}
