import { describe, expect, it } from 'vitest'
import { wireName } from '../../../proxy/core/names.ts'
import { collect, replay, type Reply } from '../../../proxy/core/reply.ts'
import type { Tool, ToolCallPart } from '../../../proxy/core/request.ts'
import { restoreTools } from '../../../proxy/core/restore-tools.ts'
import { drain, eventsOf } from '../../support/streams.ts'

const call = (name: string, args: string): ToolCallPart => ({
  type: 'tool-call',
  id: 'a',
  name,
  arguments: args,
  kind: 'function',
})

async function restored(tools: readonly Tool[], part: ToolCallPart) {
  const reply: Reply = { id: 'r', model: 'm', parts: [part], reason: 'tool-calls' }
  return (await collect(restoreTools(tools)(replay(reply)))).parts
}

describe('restoreTools', () => {
  it('gives a call the name that the client declared, however long', async () => {
    const name = 'mcp.server/'.repeat(9)
    expect(await restored([{ type: 'function', name }], call(wireName({ name }), '{}'))).toEqual([call(name, '{}')])
  })

  it('takes a namespace off the name again', async () => {
    expect(
      await restored([{ type: 'function', name: 'search', namespace: 'docs' }], call('docs__search', '{}')),
    ).toEqual([{ ...call('search', '{}'), namespace: 'docs' }])
  })

  it('unwraps the text of a custom tool that was offered as a function', async () => {
    expect(
      await restored([{ type: 'custom', name: 'apply_patch' }], call('apply_patch', '{"input":"*** Begin\\n"}')),
    ).toEqual([{ ...call('apply_patch', '*** Begin\n'), kind: 'custom' }])
  })

  it('takes what the model wrote for the text if it is not wrapped', async () => {
    expect(await restored([{ type: 'custom', name: 'apply_patch' }], call('apply_patch', '*** Begin'))).toEqual([
      { ...call('apply_patch', '*** Begin'), kind: 'custom' },
    ])
  })

  it('passes everything else on as it comes', async () => {
    const batches = [
      [{ type: 'start', id: 'r', model: 'm' }],
      [{ type: 'part-start', index: 0, part: { type: 'text' } }],
      [{ type: 'part-delta', index: 0, delta: { type: 'text', text: 'hi' } }],
      [{ type: 'part-end', index: 0 }],
      [{ type: 'finish', reason: 'end' }],
    ] as const
    const { items } = await drain(restoreTools([{ type: 'custom', name: 'x' }])(eventsOf(...batches)))
    expect(items).toEqual(batches.flat())
  })
})
