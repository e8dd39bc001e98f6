import { toProxyError } from '../core/errors.ts'
import { jsonOrText } from '../wire/json.ts'
import { USER_AGENT } from '../version.ts'
import { isRecord, textIn } from './jwt.ts'
import type { Ask, Fresh, LoginWorld, Token, TokenEndpoint } from './login.ts'

/** Why a token could not be renewed. A final one stays so until the owner signs in again. */
export class RefreshError extends Error {
  override readonly name = 'RefreshError'
  readonly isFinal: boolean
  readonly retryAfterMs: number | undefined

  constructor(message: string, facts: { isFinal?: boolean; retryAfterMs?: number | undefined; cause?: unknown } = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.isFinal = facts.isFinal === true
    this.retryAfterMs = facts.retryAfterMs
  }
}

/** After a 429 without a time the endpoint is left alone for this long; a time that it names counts up to the second figure. */
const REST_MS = 5000
const MOST_REST_MS = 5 * 60_000

/** Asks a token endpoint for a new token. Throws a RefreshError. */
export async function redeem(
  endpoint: TokenEndpoint,
  { url, token, ask, world, now }: { url: string; token: Token; ask: Ask; world: LoginWorld; now: () => number },
): Promise<Fresh> {
  const fields = token.grant?.(now()) ?? (await endpoint.fields(token.refresh ?? '', world))
  if (isReason(fields)) throw new RefreshError(fields.reason)
  const isForm = endpoint.form === 'form'
  const host = new URL(url).host
  const answer = await ask({
    method: 'POST',
    url,
    headers: {
      'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
      accept: 'application/json',
      'user-agent': USER_AGENT,
      ...(await endpoint.headers?.(world)),
    },
    body: isForm ? new URLSearchParams(fields).toString() : JSON.stringify(fields),
  }).catch((error: unknown) => {
    throw new RefreshError(toProxyError(error).message, { cause: error })
  })
  const body = jsonOrText(answer.text)
  if (answer.status === 429) {
    const seconds = Number(answer.headers['retry-after'])
    const rest = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : REST_MS
    throw new RefreshError(`${host} asks to wait before a token is renewed again (429).`, {
      retryAfterMs: Math.min(Math.max(rest, REST_MS), MOST_REST_MS),
    })
  }
  if (answer.status < 200 || answer.status > 299)
    throw new RefreshError(`${host} did not renew the token: ${answer.status}${codeIn(body)}.`, {
      isFinal: answer.status >= 400 && answer.status < 500 && answer.status !== 408,
    })
  const fresh = endpoint.read(body, now())
  if (fresh === undefined) throw new RefreshError(`${host} answered ${answer.status}, but not with a token.`)
  return fresh
}

/** The shape of RFC 6749, 5.1, that most endpoints answer in. */
export function readStandard(body: unknown, now: number): Fresh | undefined {
  if (!isRecord(body)) return undefined
  const access = textIn(body, 'access_token')
  if (access === undefined) return undefined
  const seconds = body['expires_in']
  return {
    access,
    refresh: textIn(body, 'refresh_token'),
    idToken: textIn(body, 'id_token'),
    expiresAt: typeof seconds === 'number' ? now + seconds * 1000 : undefined,
    body,
  }
}

function isReason(value: object): value is { reason: string } {
  return 'reason' in value
}

/** The code of an error in its usual places. Only what looks like a code: prose might repeat a token. */
function codeIn(body: unknown): string {
  if (!isRecord(body)) return ''
  const { error } = body
  const code = isRecord(error) ? (error['code'] ?? error['type'] ?? error['status']) : (error ?? body['code'])
  return typeof code === 'string' && /^[\w.-]{1,60}$/.test(code) ? ` ${code}` : ''
}
