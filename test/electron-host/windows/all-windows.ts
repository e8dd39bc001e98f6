import type { BrowserWindow } from './browser-window.ts'

/** The windows that are not destroyed, by id, in the order they were made. */
export const allWindows = new Map<number, BrowserWindow>()
