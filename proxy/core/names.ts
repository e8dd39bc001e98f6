import type { Tool } from './request.ts'

/**
 * A tool's name as every vendor takes it: letters, digits, `_` and `-`, at most 64 characters (OpenAI's rule), a letter or `_`
 * first (Google's), the namespace in front of it. The same tool has the same name on every turn, so that prompts stay cacheable;
 * `restoreTools` leads back from it.
 */
export function wireName({
  name,
  namespace,
}: {
  readonly name: string
  readonly namespace?: string | undefined
}): string {
  const full = namespace === undefined ? name : `${namespace}__${name}`
  if (/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/.test(full)) return full
  return withHash(full.replace(/[^A-Za-z0-9_-]/g, '_').replace(/^(?![A-Za-z_])/, '_'), full, 64)
}

/** Tools of which no two have the same name on the wire: the first stays. Those that the vendor runs have none. */
export function withoutDoubles(tools: readonly Tool[]): Tool[] {
  const seen = new Set<string>()
  return tools.filter(tool => {
    if (tool.type === 'server') return true
    const name = wireName(tool)
    return !seen.has(name) && seen.add(name)
  })
}

/** An id in at most `most` characters: itself if it fits, else its beginning and a hash of it. */
export function fitted(id: string, most = 64): string {
  return id.length <= most ? id : withHash(id, id, most)
}

/** An id of letters, digits, `_` and `-`, as Anthropic wants it: itself if it is one, else what it is made of and its hash. */
export function plainId(id: string): string {
  return /^[A-Za-z0-9_-]+$/.test(id) ? id : withHash(id.replace(/[^A-Za-z0-9_-]/g, '_'), id, 64)
}

/** An id that none of those in use is: itself if it is free, else numbered. It is in use from then on. */
export function freeId(wanted: string, used: Set<string>): string {
  let id = wanted
  for (let nth = 2; used.has(id); nth++) id = `${wanted}_${nth}`
  used.add(id)
  return id
}

function withHash(readable: string, whole: string, most: number): string {
  return `${readable.slice(0, most - 9)}_${hash(whole)}`
}

/** FNV-1a in 32 bits, as 8 hexadecimal digits: enough to keep apart the names of one request. */
export function hash(text: string): string {
  let bits = 0x811c9dc5
  for (let at = 0; at < text.length; at++) bits = Math.imul(bits ^ text.charCodeAt(at), 0x01000193)
  return (bits >>> 0).toString(16).padStart(8, '0')
}
