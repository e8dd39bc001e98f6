import type { Status } from '../proxy/app/contract.ts'

/** What the icon tells by its shape; colour tells nothing. */
export type Shape = 'stopped' | 'running' | 'busy' | 'attention' | 'error'

export function shapeOf({ run, configProblems, log }: Status, openTurns: number): Shape {
  if (run === 'failed') return 'error'
  if (run === 'stopped' || run === 'starting') return 'stopped'
  if (configProblems.length > 0 || log.state === 'degraded') return 'attention'
  return openTurns > 0 ? 'busy' : 'running'
}

/**
 * The picture of a shape, as a path in the folder of tray pictures. macOS draws a template in the colours of its menu bar;
 * Windows has one for each colour of its taskbar; on Linux nobody can tell the panel's colour, so it is a grey seen on all.
 */
export function imageOf(shape: Shape, platform: NodeJS.Platform, taskbarIsDark: boolean): string {
  if (platform === 'darwin') return `mac/${shape}Template.png`
  if (platform === 'win32') return `windows/${shape}-on-${taskbarIsDark ? 'dark' : 'light'}.ico`
  return `linux/${shape}.png`
}
