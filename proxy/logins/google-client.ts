import { readFile, readdir, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { LoginWorld, TokenEndpoint } from './login.ts'
import { findProgram } from './owner-command.ts'
import { readStandard } from './redeem.ts'

/**
 * Google renews a token only for the program it was made for, which proves itself by a secret that is inside that program.
 * It is not ours to carry: it is taken from the installed program, or from the environment.
 */
export interface GoogleClient {
  readonly id: string
  /** Variables that may hold id and secret. */
  readonly idVariable: string
  readonly secretVariable: string
  /** Looks for the secret in what is installed. */
  readonly find?: ((world: LoginWorld) => Promise<string | undefined>) | undefined
  /** What to do if it is nowhere. */
  readonly remedy: string
}

/** Google's token endpoint. Its refresh tokens stay valid, so that nothing has to be written back. */
export function googleEndpoint(client: GoogleClient): TokenEndpoint {
  return {
    url: 'https://oauth2.googleapis.com/token',
    rotates: false,
    form: 'form',
    async fields(refresh, world) {
      const secret = world.env[client.secretVariable] || (await client.find?.(world))
      if (secret === undefined || secret === '') return { reason: client.remedy }
      return {
        client_id: world.env[client.idVariable] || client.id,
        client_secret: secret,
        refresh_token: refresh,
        grant_type: 'refresh_token',
      }
    },
    read: readStandard,
  }
}

/** The client of Gemini CLI, as its installed package has it. */
export const geminiCliClient: GoogleClient = {
  id: '681255809395-oo8ft2oprdrnp9e3aqf6av3hmdib135j.apps.googleusercontent.com',
  idVariable: 'GEMINI_OAUTH_CLIENT_ID',
  secretVariable: 'GEMINI_OAUTH_CLIENT_SECRET',
  find: secretInGeminiCli,
  remedy:
    'the client secret of Gemini CLI was not found: install Gemini CLI, or set GEMINI_OAUTH_CLIENT_SECRET, or GEMINI_OAUTH2_JS_PATH to the file that has it',
}

/** What was found stays so as long as the program runs: installed files are large. */
const foundIn = new Map<string, string>()

async function secretInGeminiCli(world: LoginWorld): Promise<string | undefined> {
  const named = world.env['GEMINI_OAUTH2_JS_PATH'] ?? ''
  if (named !== '') return secretIn(named)
  const program = await findProgram('gemini', world)
  if (program === undefined) return undefined
  const known = foundIn.get(program)
  if (known !== undefined) return known
  for (const file of await likelyFiles(program)) {
    const secret = await secretIn(file)
    if (secret === undefined) continue
    foundIn.set(program, secret)
    return secret
  }
  return undefined
}

const CORE = join('@google', 'gemini-cli-core', 'dist', 'src', 'code_assist', 'oauth2.js')

/** The core's own file, nested or beside; and the chunks of builds that are bundled. */
async function likelyFiles(program: string): Promise<readonly string[]> {
  const files: string[] = []
  let folder = dirname(await realpath(program))
  for (let up = 0; up < 6 && dirname(folder) !== folder; up++) {
    files.push(
      join(folder, 'node_modules', CORE),
      join(folder, CORE),
      join(folder, 'lib', 'node_modules', '@google', 'gemini-cli', 'node_modules', CORE),
      join(folder, 'libexec', 'lib', 'node_modules', '@google', 'gemini-cli', 'node_modules', CORE),
    )
    if (up < 2) files.push(...(await scriptsIn(folder)), ...(await scriptsIn(join(folder, 'bundle'))))
    folder = dirname(folder)
  }
  return files
}

async function scriptsIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter(name => /\.m?js$/.test(name)).map(name => join(folder, name))
}

async function secretIn(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return /OAUTH_CLIENT_SECRET\s*=\s*["'`]([\w-]{10,})["'`]/.exec(text)?.[1]
}
