import type { Tool, ToolChoice } from './request.ts'

/**
 * The choice as far as its tools are sent. One that is not sent can't be asked for, which leaves the choice free; where none of
 * an allowed set is, none may be called.
 */
export function choiceAmong(sent: readonly Tool[], choice: ToolChoice | undefined): ToolChoice | undefined {
  const isSent = (name: string) => sent.some(tool => tool.name === name)
  switch (choice?.type) {
    case undefined:
    case 'auto':
    case 'none':
    case 'required':
      return choice
    case 'tool':
      return isSent(choice.name) ? choice : undefined
    case 'allowed': {
      const names = choice.names.filter(isSent)
      return names.length === 0 ? { type: 'none' } : { ...choice, names }
    }
  }
}
