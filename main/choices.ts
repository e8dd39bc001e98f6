import { z } from 'zod'

const target = z.object({ backend: z.string(), model: z.string().optional() })

/** What the shell keeps of the user's choices, in `desktop.json` of the data folder. Every field does without the file. */
export const choices = z
  .object({
    /** What was chosen here; what counts is what the system has. */
    launchAtLogin: z.boolean().catch(false),
    /** Whether a start at login opens no window. */
    startHidden: z.boolean().catch(true),
    startProxyAtLaunch: z.boolean().catch(true),
    /** Whether the user has been told where a closed window goes. */
    closeExplained: z.boolean().catch(false),
    /** Default routes and models used lately, for the tray's menu, newest first. */
    recent: z.array(target).catch([]),
  })
  .catch({ launchAtLogin: false, startHidden: true, startProxyAtLaunch: true, closeExplained: false, recent: [] })

export type Choices = z.output<typeof choices>
type Target = z.output<typeof target>

const MOST_RECENT = 8

/** The recent targets with a chosen one before them. */
export function chosen(recent: Target[], now: Target): Target[] {
  return [now, ...recent.filter(target => !isSame(target, now))].slice(0, MOST_RECENT)
}

/** The recent targets with one that was used among them; the very same ones if it is: traffic does not stir the menu. */
export function used(recent: Target[], now: Target): Target[] {
  return recent.some(target => isSame(target, now)) ? recent : chosen(recent, now)
}

function isSame(a: Target, b: Target) {
  return a.backend === b.backend && a.model === b.model
}
