import type { BrowserWindow, Dialog } from 'electron'
import type { QuitChoice } from './quit.ts'
import { text } from './text.ts'

export interface QuitQuestion {
  /** How many requests still stream. */
  readonly openTurns: number
  readonly waitMs: number
  /** The window that the question belongs to, if it can be seen. */
  readonly parent: BrowserWindow | undefined
}

/** Asks what to do about requests that are still streaming. */
export async function askToQuit(
  dialog: Pick<Dialog, 'showMessageBox'>,
  { openTurns, waitMs, parent }: QuitQuestion,
): Promise<QuitChoice> {
  const question = {
    type: 'question' as const,
    message: text.quit.question(openTurns),
    detail: text.quit.detail(waitMs / 1000),
    buttons: [text.quit.wait, text.quit.now, text.quit.cancel],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
  }
  const { response } =
    parent?.isVisible() === true ? await dialog.showMessageBox(parent, question) : await dialog.showMessageBox(question)
  return (['wait', 'now', 'cancel'] as const)[response] ?? 'cancel'
}
