/** What a JWT says of itself; empty if it is none. Its signature is the vendor's to check. */
export function claimsOf(jwt: string | undefined): Readonly<Record<string, unknown>> {
  const payload = jwt?.split('.')[1]
  if (payload === undefined) return {}
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    return isRecord(claims) ? claims : {}
  } catch {
    return {}
  }
}

/** When a JWT expires, in milliseconds since 1970. */
export function expiryOf(jwt: string): number | undefined {
  const { exp } = claimsOf(jwt)
  return typeof exp === 'number' ? exp * 1000 : undefined
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A text of that name, unless it is empty. */
export function textIn(record: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = record[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
