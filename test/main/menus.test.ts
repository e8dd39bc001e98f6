import { describe, expect, it, vi } from 'vitest'
import { appMenu } from '../../main/app-menu.ts'
import { readArguments } from '../../main/arguments.ts'
import { jumpList } from '../../main/jump-list.ts'

describe('the application’s menu', () => {
  it('is macOS’s own there, without which copying by key would not work', () => {
    expect(appMenu('darwin', vi.fn()).map(({ role }) => role)).toEqual(['appMenu', 'editMenu', 'windowMenu'])
  })

  it.each(['win32', 'linux'] as const)('is a key to quit with on %s', platform => {
    const quit = vi.fn()
    const [file] = appMenu(platform, quit)
    const [item] = file?.submenu as Electron.MenuItemConstructorOptions[]
    expect(item?.accelerator).toBe('Ctrl+Q')
    item?.click?.(undefined as never, undefined, undefined as never)
    expect(quit).toHaveBeenCalledOnce()
  })
})

describe('Windows’ jump list', () => {
  it('gives orders that a second start hands over', () => {
    const tasks = jumpList('C:\\lip.exe')
    expect(tasks.map(({ title, program }) => [title, program])).toEqual([
      ['Start proxy', 'C:\\lip.exe'],
      ['Stop proxy', 'C:\\lip.exe'],
    ])
    expect(tasks.map(task => readArguments(['lip.exe', task.arguments]).order)).toEqual(['start', 'stop'])
  })
})
