import { basename, dirname, join } from 'node:path'
import { isRecord, textIn } from './jwt.ts'
import type { LoginDefinition, Parsed } from './login.ts'
import { withLockFile } from './owners-locks.ts'
import { folderIn } from './parts.ts'
import { readStandard } from './redeem.ts'

/** Qwen Code's sign-in: `oauth_creds.json`, which several programs share by a lock file beside it. */
export const qwen: LoginDefinition = {
  id: 'qwen-oauth',
  title: 'Qwen Code',
  owner: { program: 'Qwen Code', signIn: 'qwen, then /auth' },
  places: world => [
    {
      source: { type: 'file', path: `${folderIn(world, 'QWEN_HOME', '.qwen')}/oauth_creds.json` },
      parse,
      merge: (content, fresh) => ({
        ...content,
        access_token: fresh.access,
        ...(fresh.refresh !== undefined && { refresh_token: fresh.refresh }),
        ...(fresh.expiresAt !== undefined && { expiry_date: fresh.expiresAt }),
        ...(typeof fresh.body['resource_url'] === 'string' && { resource_url: fresh.body['resource_url'] }),
      }),
    },
  ],
  hosts: ['portal.qwen.ai', 'chat.qwen.ai', '.aliyuncs.com'],
  position: {
    class: 'unofficial',
    text: 'Turns use the sign-in of Qwen Code. Its free service was ended on 2026-04-15; what is left of it may refuse at any time. Its terms were for use with Qwen Code.',
    link: 'https://github.com/QwenLM/qwen-code',
  },
  ended: {
    on: '2026-04-15',
    instead: 'Use a key of Alibaba Cloud’s Model Studio or of its Coding Plan as a custom backend, or openrouter.',
  },
  renewBeforeMs: () => 30_000,
  endpoint: {
    url: 'https://chat.qwen.ai/api/v1/oauth2/token',
    rotates: true,
    form: 'form',
    fields: async refresh => ({
      grant_type: 'refresh_token',
      refresh_token: refresh,
      client_id: 'f0304373b74a44d2b584a3fb70ca9e56',
    }),
    read: readStandard,
  },
  withOwnersLock: (file, _, work) =>
    withLockFile(join(dirname(file), `${basename(file).replace(/\.json$/, '')}.lock`), work),
}

function parse(content: unknown): Parsed {
  if (!isRecord(content)) return { type: 'foreign', why: 'it is no JSON object' }
  const access = textIn(content, 'access_token')
  if (access === undefined) return { type: 'signed-out', why: 'Qwen Code is signed out' }
  const { expiry_date: expiresAt } = content
  return {
    type: 'token',
    token: {
      access,
      refresh: textIn(content, 'refresh_token'),
      expiresAt: typeof expiresAt === 'number' ? expiresAt : undefined,
      headers: { 'x-dashscope-authtype': 'qwen-oauth' },
      baseUrl: baseUrlOf(textIn(content, 'resource_url')),
    },
  }
}

/** The host that serves this account, as the file has it: often without a scheme, and without the version. */
function baseUrlOf(resource: string | undefined): string | undefined {
  if (resource === undefined) return undefined
  const url = (/^https?:\/\//.test(resource) ? resource : `https://${resource}`).replace(/\/+$/, '')
  return url.endsWith('/v1') ? url : `${url}/v1`
}
