import type { Config } from '../config/schema.ts'
import { antigravity } from './antigravity.ts'
import { claude } from './claude.ts'
import { cline } from './cline.ts'
import { codex } from './codex.ts'
import { createLogin } from './create-login.ts'
import { geminiCloudProject, geminiFree, geminiPlan } from './gemini-cli.ts'
import { kimi } from './kimi.ts'
import type { Login, LoginDefinition, LoginPorts, LoginSettings, LoginStatus } from './login.ts'
import { qwen } from './qwen.ts'

/** Every login that we can use, in the order in which they are shown. */
export const logins: readonly LoginDefinition[] = [
  codex,
  claude,
  geminiPlan,
  geminiFree,
  geminiCloudProject,
  qwen,
  cline,
  antigravity,
  kimi,
]

/** The login of an id, if there is one. */
export function loginOf(id: string): LoginDefinition | undefined {
  return logins.find(login => login.id === id)
}

/** A backend that is called with a login's credential, as the config has it. */
export interface LoginBackend {
  readonly id: string
  readonly login: string
  /** Where it is called. */
  readonly baseUrl: string
}

/** The logins of all backends. They outlive a change of the config, unless their own settings are changed. */
export interface Logins {
  readonly configure: (config: Config, backends: readonly LoginBackend[]) => void
  readonly of: (backend: string) => Login | undefined
  readonly list: () => Promise<readonly LoginStatus[]>
  /** Every token seen so far, for masking. */
  readonly known: () => readonly string[]
  readonly close: () => void
}

export function createLogins(ports: LoginPorts): Logins {
  let current: ReadonlyMap<string, { readonly login: Login; readonly settings: string }> = new Map()

  function configure(config: Config, backends: readonly LoginBackend[]) {
    const next = new Map<string, { readonly login: Login; readonly settings: string }>()
    for (const backend of backends) {
      const definition = loginOf(backend.login)
      if (definition === undefined)
        throw new Error(`backend ${backend.id} names a login ${backend.login} that there is not`)
      const settings = settingsOf(config, backend)
      const key = JSON.stringify(settings)
      const before = current.get(backend.id)
      const login = before?.settings === key ? before.login : createLogin(definition, settings, ports)
      next.set(backend.id, { login, settings: key })
    }
    for (const [id, { login }] of current) if (next.get(id)?.login !== login) login.close()
    current = next
  }

  return {
    configure,
    of: backend => current.get(backend)?.login,
    list: () => Promise.all([...current.values()].map(({ login }) => login.status())),
    known: () => [...current.values()].flatMap(({ login }) => login.secrets()),
    close() {
      for (const { login } of current.values()) login.close()
      current = new Map()
    },
  }
}

function settingsOf(config: Config, { id, baseUrl }: LoginBackend): LoginSettings {
  const entry = config.backends[id]
  return {
    backend: id,
    baseUrl,
    isBaseUrlOwn: entry?.api_url !== undefined,
    consent: entry?.consent,
    enabled: entry?.enabled,
    credentialsPath: entry?.credentials_path,
    tokenUrl: entry?.token_url,
    refresh: entry?.refresh,
    writeBack: entry?.write_back,
  }
}
