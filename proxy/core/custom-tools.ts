import type { CustomTool, FunctionTool } from './request.ts'

/**
 * A tool that takes free text, for formats that know only functions: one with a single text `input`. The way back is
 * `restoreTools`.
 */
export function asFunction({ name, namespace, description = '', grammar }: CustomTool): FunctionTool {
  const syntax =
    grammar === undefined ? '' : `\n\nThe input must follow this ${grammar.syntax} grammar:\n${grammar.definition}`
  return {
    type: 'function',
    name,
    ...(namespace !== undefined && { namespace }),
    description: description + syntax,
    parameters: {
      type: 'object',
      properties: { input: { type: 'string' } },
      required: ['input'],
      additionalProperties: false,
    },
  }
}
