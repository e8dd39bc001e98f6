import { readFile } from 'node:fs/promises'
import { digest } from './digest.ts'
import type { Fresh, LoginDefinition, LoginPorts, LoginSettings, Place, RefreshChoice, Token } from './login.ts'
import { findProgram, runOwner } from './owner-command.ts'
import type { Found } from './read.ts'
import { nameOf, readLogin } from './read.ts'
import { redeem, RefreshError } from './redeem.ts'
import { writeInPlace } from './write-back.ts'

type Way = 'memory' | 'command' | 'write-back'

/** Spares the owner's file: what writes nothing comes first, what the owner does itself next. */
const AUTO: readonly Way[] = ['memory', 'command', 'write-back']

/**
 * Renews a login's token in the ways that its rules allow. A vendor's refresh token that is void after one use is never
 * used without writing the new one back, since its owner would be signed out.
 */
export function createRenewal(
  definition: LoginDefinition,
  settings: LoginSettings,
  ports: LoginPorts,
  readAgain: () => Promise<Found>,
) {
  const { endpoint, command } = definition
  const url = settings.tokenUrl ?? endpoint?.url
  /** A token that is newer than what is on disk, and for which content of the disk it is. */
  let memory: { readonly for: string; readonly token: Token } | undefined
  let onDisk: string | undefined
  const notAllowed = `this app may not write it back into the file of ${definition.owner.program} (lip logins enable ${settings.backend} --write-back lets it)`
  /** Why the owner's file does not hold the newest token, if so. */
  let trouble: string | undefined

  /** Renews it. Throws a RefreshError. */
  async function renew(token: Token, place: Place): Promise<Found> {
    const reasons: string[] = []
    for (const way of waysOf(settings.refresh)) {
      const hindrance = await hindranceOf(way, token, place)
      if (hindrance !== undefined) {
        reasons.push(hindrance)
        continue
      }
      try {
        return await ways[way](token, place)
      } catch (error) {
        // Whoever knows for sure that the credential is void is right for all.
        if (!(error instanceof RefreshError) || error.isFinal || error.retryAfterMs !== undefined) throw error
        reasons.push(error.message)
      }
    }
    throw new RefreshError(reasons.length === 0 ? 'the config says that it is not to be renewed' : reasons.join('; '))
  }

  const ways: Readonly<Record<Way, (token: Token, place: Place) => Promise<Found>>> = {
    async memory(token, place) {
      memory = { for: onDisk ?? markOf(token), token: renewed(token, await redeemWith(token)) }
      return { type: 'token', token: memory.token, place }
    },

    async command(token) {
      if (command === undefined) throw new RefreshError('its owner has no command for it')
      const failure = await runOwner(command, ports)
      const next = await readAgain()
      if (next.type === 'token' && next.token.access !== token.access) return next
      throw new RefreshError(
        failure === undefined
          ? `${command.program} was run, and did not renew it`
          : `${command.program} was run to renew it, but ${failure}`,
      )
    },

    async 'write-back'(token, place) {
      if (place.source.type !== 'file') throw new RefreshError(`${nameOf(place)} is never written`)
      const { path } = place.source
      const work = () => renewFile(token, place, path)
      const next = await ports
        .lock(`login-${digest(path)}`, () => definition.withOwnersLock?.(path, ports, work) ?? work())
        .catch((error: unknown) => {
          if (error instanceof RefreshError) throw error
          throw new RefreshError(`${path} could not be renewed: ${messageOf(error)}`, { cause: error })
        })
      return { type: 'token', token: next, place }
    },
  }

  /** With the locks held: reads again, renews unless another process just did, reads once more, merges, writes. */
  async function renewFile(token: Token, place: Place, path: string): Promise<Token> {
    const disk = tokenIn(await readLogin([place], ports))
    const before = memory?.for === markOf(disk) ? memory.token : disk
    if (before.access !== token.access) return before
    if (before.accountId !== token.accountId) throw new RefreshError('another account has signed in meanwhile')
    if (before.refresh === undefined) throw new RefreshError('it has no refresh token')
    const fresh = await redeemWith(before)

    const text = await readFile(path, 'utf8').catch(() => undefined)
    const content = text === undefined ? undefined : parsed(text)
    const after = content === undefined ? undefined : place.parse(content)
    // Its owner has renewed it or signed in anew while we asked: what it wrote stays.
    if (after?.type === 'token' && after.token.refresh !== disk.refresh) return after.token
    const next = renewed(before, fresh)
    try {
      if (text === undefined || content === undefined || place.merge === undefined)
        throw new Error('it is not there whole')
      const merged = place.merge(content, fresh, ports.now())
      await writeInPlace(path, like(text, merged))
      trouble = undefined
      return tokenIn(await readLogin([place], ports))
    } catch (error) {
      // The old refresh token is void by now: losing the new one would sign its owner out for good.
      memory = { for: markOf(disk), token: next }
      trouble = `The new token could not be written to ${path} (${messageOf(error)}): ${definition.owner.program} will have to sign in again.`
      return next
    }
  }

  function redeemWith(token: Token): Promise<Fresh> {
    if (endpoint === undefined || url === undefined) throw new RefreshError('its vendor has no token endpoint for it')
    return redeem(endpoint, { url, token, ask: ports.ask, world: ports, now: ports.now })
  }

  /** Why a way can't be gone here, if so. */
  async function hindranceOf(way: Way, token: Token | undefined, place: Place): Promise<string | undefined> {
    if (way === 'command') {
      if (command === undefined) return `${definition.owner.program} has no command that renews it`
      if (settings.refresh !== 'command' && (settings.tokenUrl ?? settings.credentialsPath) !== undefined)
        return `${command.program} would renew its own file, not the one of the config`
      return (await findProgram(command.program, ports)) === undefined
        ? `${command.program} is not installed, or not on the PATH`
        : undefined
    }
    if (endpoint === undefined) return 'its vendor has no token endpoint for it'
    const elsewhere = definition.elsewhere?.find(name => (ports.env[name] ?? '') !== '')
    if (elsewhere !== undefined && settings.tokenUrl === undefined)
      return `${elsewhere} is set, so its owner has it from another host; set token_url of the backend ${settings.backend}`
    if (token?.refresh === undefined) return 'it has no refresh token'
    if (way === 'memory') {
      if (endpoint.rotates) return 'its refresh token is void after one use, so it can’t be renewed in memory'
      if (token.grant !== undefined) return undefined
      const fields = await endpoint.fields(token.refresh, ports)
      return typeof fields['reason'] === 'string' ? fields['reason'] : undefined
    }
    if (!endpoint.rotates) return undefined
    if (place.source.type !== 'file' || place.merge === undefined) return `${nameOf(place)} is never written`
    return settings.writeBack === true || settings.refresh === 'write-back' ? undefined : notAllowed
  }

  return {
    renew,
    trouble: () => trouble,
    /** The newest token there is for what was read. */
    withMemory(read: Found): Found {
      if (read.type !== 'token') return read
      onDisk = markOf(read.token)
      return memory?.for === onDisk ? { ...read, token: memory.token } : read
    },
    /** Whether it could be renewed here if its user let us write it back. */
    async wantsLeave(read: Found | undefined): Promise<boolean> {
      if (read?.type !== 'token' || !waysOf(settings.refresh).includes('write-back')) return false
      return (await hindranceOf('write-back', read.token, read.place)) === notAllowed
    },
    /** Who would renew it now, in words; nothing if nobody can. */
    async renewedBy(read: Found | undefined): Promise<string | undefined> {
      if (read?.type !== 'token') return undefined
      for (const way of waysOf(settings.refresh)) {
        if ((await hindranceOf(way, read.token, read.place)) === undefined)
          return { memory: 'this app, in memory', command: definition.owner.program, 'write-back': 'this app' }[way]
      }
      return undefined
    },
  }
}

function waysOf(choice: RefreshChoice = 'auto'): readonly Way[] {
  if (choice === 'auto') return AUTO
  return choice === 'never' ? [] : [choice]
}

function renewed(token: Token, fresh: Fresh): Token {
  return { ...token, access: fresh.access, refresh: fresh.refresh ?? token.refresh, expiresAt: fresh.expiresAt }
}

/** Names a credential as it was found, so that what is said of it is forgotten when its owner changes it. */
export function markOf({ access, refresh }: Token): string {
  return digest(`${access}\n${refresh ?? ''}`)
}

function tokenIn(found: Found): Token {
  if (found.type === 'token') return found.token
  throw new RefreshError(found.type === 'absent' ? 'its credential is gone' : found.why)
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const content: unknown = JSON.parse(text)
    return typeof content === 'object' && content !== null ? { ...content } : undefined
  } catch {
    return undefined
  }
}

/** Written as it was found: in lines or in one, with or without a line break at the end. */
function like(text: string, content: object): string {
  const indent = /\n([ \t]+)"/.exec(text)?.[1]
  return JSON.stringify(content, null, indent) + (text.endsWith('\n') ? '\n' : '')
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
