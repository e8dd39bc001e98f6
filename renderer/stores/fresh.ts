import type { on as listen } from '../bridge.ts'

/** Asks again for a list that is in use, when a notice says that it changed and when the app was out of reach. */
export function keepFresh(
  on: typeof listen,
  notice: 'keys' | 'settings',
  isInUse: () => boolean,
  load: () => Promise<void>,
): void {
  const refresh = () => {
    if (isInUse()) void load()
  }
  on(notice, refresh)
  on('snapshot', refresh)
}
