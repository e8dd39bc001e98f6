import { createUpstream } from '../../../proxy/backends/upstream.ts'
import { loginPorts } from '../../../proxy/app/login-ports.ts'

/** Reads an item of the keychain as the logins do: `node keychain-program.ts SERVICE ACCOUNT`. */
const [service = '', account = ''] = process.argv.slice(2)
const { keychain } = loginPorts({ env: process.env, dataDir: '', upstream: createUpstream() })
process.stdout.write(JSON.stringify((await keychain(service, account)) ?? null))
process.exit()
