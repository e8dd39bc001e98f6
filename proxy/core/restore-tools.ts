import type { Events, OpenPart, Stage, StreamEvent } from './events.ts'
import { wireName } from './names.ts'
import type { CustomTool, FunctionTool, Tool } from './request.ts'

/**
 * The way back from what encoders had to do to tools: calls get the names that the client declared (see `wireName`), and a
 * custom tool that was offered as a function with one text `input` is called with that text again. To be laid over every
 * translated answer. Passes everything on as it comes, but the arguments of such a call, which wait until they are whole.
 */
export function restoreTools(declared: readonly Tool[]): Stage {
  const tools = new Map(declared.filter(isOurs).map(tool => [wireName(tool), tool]))
  const changed = [...tools].some(([wire, tool]) => wire !== tool.name || tool.type === 'custom')
  return changed ? events => restored(events, tools) : events => events
}

type Declared = FunctionTool | CustomTool
type Call = Extract<OpenPart, { type: 'tool-call' }>

async function* restored(events: Events, tools: ReadonlyMap<string, Declared>): AsyncGenerator<readonly StreamEvent[]> {
  const wrapped = new Map<number, string>()

  function restore(event: StreamEvent): readonly StreamEvent[] {
    if (event.type === 'part-start' && event.part.type === 'tool-call') {
      // Formats that have namespaces give name and namespace apart.
      const tool = tools.get(wireName(event.part))
      if (tool === undefined) return [event]
      if (tool.type === 'custom' && event.part.kind === 'function') wrapped.set(event.index, '')
      return [{ ...event, part: asDeclared(event.part, tool) }]
    }
    if (event.type !== 'part-delta' && event.type !== 'part-end') return [event]
    const held = wrapped.get(event.index)
    if (held === undefined) return [event]
    if (event.type === 'part-end') {
      wrapped.delete(event.index)
      return [{ type: 'part-delta', index: event.index, delta: { type: 'text', text: unwrapped(held) } }, event]
    }
    if (event.delta.type !== 'text') return [event]
    wrapped.set(event.index, held + event.delta.text)
    return []
  }

  for await (const batch of events) {
    const passed = batch.flatMap(restore)
    if (passed.length > 0) yield passed
  }
}

function asDeclared({ namespace: _, ...call }: Call, tool: Declared): Call {
  return {
    ...call,
    name: tool.name,
    kind: tool.type,
    ...(tool.namespace !== undefined && { namespace: tool.namespace }),
  }
}

/** The text in `{"input": text}`; what the model wrote instead, if it wrote anything else. */
function unwrapped(args: string): string {
  try {
    const parsed: unknown = JSON.parse(args)
    if (typeof parsed === 'object' && parsed !== null && 'input' in parsed && typeof parsed.input === 'string')
      return parsed.input
  } catch {
    // Not JSON: the model wrote the text itself.
  }
  return args
}

function isOurs(tool: Tool): tool is Declared {
  return tool.type !== 'server'
}
