import { ProxyError } from '../../core/errors.ts'
import type { Events } from '../../core/events.ts'
import { once } from '../../core/once.ts'
import type { Request } from '../../core/request.ts'
import type { Fields } from '../../protocols/fields.ts'
import type { Address, Protocol } from '../../protocols/protocol.ts'
import { encodeJson, parseJson } from '../../wire/json.ts'
import { findModelField, replaceModel, type ModelField } from '../../wire/model-field.ts'

/** What a client asks, as far as it has to be understood: at first only the model. */
export interface Asked {
  /** The model it names, empty if it names none. */
  readonly model: string
  /**
   * The body as it goes to a backend of the same format under its name of the model: the very same bytes where the names are the
   * same. Nothing where more than the name would have to change, so that it must be translated.
   */
  readonly bodyFor: (model: string, backend: string) => Buffer | undefined
  /** The whole request. Throws `invalid-request` for a body that no client may send. */
  readonly request: () => Request
  /** Why the client's body can't go on as it is, if it can't. */
  readonly changed?: string | undefined
  /** Watches over the answer, and may end it with an error. */
  readonly guard?: ((events: Events) => Events) | undefined
}

/** Reads what has to be read before a turn can go anywhere: by bytes where that is sure, else by the parsed body. */
export function readAsked(protocol: Protocol, body: Buffer, address?: Address): Asked {
  const isOurs = () => protocol.holdsOurs?.(body) === true
  if (address !== undefined) {
    const parsed = body.length <= CHECKED_BYTES ? parseObject(body) : undefined
    return { model: address.model, request: requestOf(parsed), bodyFor: () => (isOurs() ? undefined : body) }
  }
  const named = readModel(body)
  return {
    model: named.model,
    request: requestOf(named.parsed),
    bodyFor: served => (isOurs() ? undefined : withModel(body, served, named)),
  }

  /** Read when it is first asked for: a relayed turn never asks. */
  function requestOf(parsed: Fields | undefined): () => Request {
    return once(() => protocol.decodeRequest(parsed ?? parseJson(body), address))
  }
}

/** The model that a body names, and where. */
interface NamedModel {
  readonly model: string
  readonly field?: ModelField | undefined
  readonly parsed?: Fields | undefined
}

/** Bodies up to this size are checked to be JSON even where that is not needed: it costs next to nothing there. */
const CHECKED_BYTES = 8192

function readModel(body: Buffer): NamedModel {
  const field = findModelField(body)
  if (field !== undefined && body.length > CHECKED_BYTES) return { model: field.value, field }
  const parsed = parseObject(body)
  if (field !== undefined) return { model: field.value, field, parsed }
  const { model } = parsed
  if (model !== undefined && model !== null && typeof model !== 'string') {
    throw new ProxyError('invalid-request', 'The field "model" must be a string.', {
      param: 'model',
      code: 'invalid_type',
    })
  }
  return { model: model ?? '', parsed }
}

function parseObject(body: Buffer): Fields {
  const parsed = parseJson(body)
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Fields
  throw new ProxyError('invalid-request', 'The body must be a JSON object.')
}

function withModel(body: Buffer, served: string, { model, field, parsed }: NamedModel): Buffer {
  if (field === undefined) return encodeJson({ ...parsed, model: served })
  return model === served ? body : replaceModel(body, field, served)
}
