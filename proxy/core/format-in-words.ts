import type { OutputFormat } from './request.ts'

/** How a model is told the form of its answer, where the request can't bind the answer to it; nothing where the form is free. */
export function formatInWords(format: OutputFormat | undefined): string | undefined {
  switch (format?.type) {
    case undefined:
    case 'text':
      return undefined
    case 'json':
      return 'When you answer, answer with a JSON object and nothing else.'
    case 'json-schema':
      return `When you answer, answer with JSON that follows this schema, and nothing else:\n${JSON.stringify(format.schema)}`
    case 'enum':
      return `When you answer, answer with one of the texts that this schema lists, without quotation marks, and nothing else:\n${JSON.stringify(format.schema)}`
  }
}
