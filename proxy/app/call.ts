import { z } from 'zod'
import { toProxyError } from '../core/errors.ts'
import { calls, type Call, type Handlers } from './contract.ts'

/** What a call gives back on either transport, so that a failure is a value and no thrown text. */
export type CallResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: { readonly kind: string; readonly message: string } }

/** Parses the input of a call (JSON text; empty is no input), fulfils it, and gives the tagged result. Never throws. */
export async function answerCall(handlers: Handlers, name: string, json: string): Promise<CallResult> {
  if (!isCall(name)) return failed('not-found', `There is no call ${JSON.stringify(name)}.`)
  try {
    const input = calls[name].input.safeParse(json === '' ? undefined : JSON.parse(json))
    if (!input.success) return failed('invalid-request', z.prettifyError(input.error))
    // The handler of a name takes what the schema of that name gives; the compiler can't follow that through a union.
    const handle = handlers[name] as (input: unknown) => unknown
    return { ok: true, value: await handle(input.data) }
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return failed('invalid-request', 'The input is not JSON.')
    const error = toProxyError(thrown)
    return failed(error.kind, error.message)
  }
}

function isCall(name: string): name is Call {
  return Object.hasOwn(calls, name)
}

function failed(kind: string, message: string): CallResult {
  return { ok: false, error: { kind, message } }
}
