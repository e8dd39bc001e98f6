import type { Task } from 'electron'
import { text } from './text.ts'

/** What Windows offers at a right click on our button in the taskbar. Each starts us again, and that hands its order over. */
export function jumpList(program: string): Task[] {
  const task = (title: string, option: string): Task => ({
    title,
    description: title,
    program,
    arguments: option,
    iconPath: program,
    iconIndex: 0,
  })
  return [task(text.menu.start, '--start-proxy'), task(text.menu.stop, '--stop-proxy')]
}
