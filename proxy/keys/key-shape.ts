/** Ends of escapes: in JSON text a key after a line break reads `\nsk-…`, in a URL after a space `%20sk-…`. */
const escapes = String.raw`\\[bfnrt]|\\u[0-9A-Fa-f]{4}|%[0-9A-Fa-f]{2}`

/**
 * Keys and tokens by their shape, in any text. Its groups, if they took part, are what stands before the secret.
 *
 * `sk-` and `xai-` are also ends of words (`task-…`), so they must not follow a letter or digit unless that ends an
 * escape. `eyJ` must not follow what can be part of it either, or each one in a long row of them would be searched to
 * its end. Both look back from behind their prefix, because that lets the engine skip to the prefix first.
 */
export const keyShape = new RegExp(
  [
    String.raw`(?:sk|xai)-(?<=(?:^|[^A-Za-z0-9]|${escapes})(?:sk|xai)-)[\w-]{20,}`,
    String.raw`(?:AIza|gsk_|nvapi-|hf_|AQ\.|1\/\/0)[\w-]{20,}`,
    String.raw`(?:gh[pousr]_|github_pat_)\w{20,}`,
    String.raw`ya29\.[\w.-]{20,}`,
    String.raw`eyJ(?<=(?:^|[^\w-]|${escapes})eyJ)[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*){1,3}`,
    String.raw`([Bb]earer\s{1,8})[\w.~+/:-]{16,}=*`,
    String.raw`([?&](?:key|api_?key|access_token|token)=)[\w.~+/:%-]{8,}`,
  ].join('|'),
  'g',
)
