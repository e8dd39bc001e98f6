import { loginOf } from '../../../proxy/logins/index.ts'
import { createLogin } from '../../../proxy/logins/create-login.ts'
import { portsIn } from '../../support/fake-logins.ts'

/**
 * A process that uses a login: `node login-program.ts LOGIN HOME TOKEN_URL`. It takes the credential as soon as a line comes
 * in, and writes what it got, so that several can be let go at the same time.
 */
const [id = '', home = '', tokenUrl = ''] = process.argv.slice(2)
const definition = loginOf(id)
if (definition === undefined) throw new Error(`there is no login ${id}`)
const login = createLogin(
  definition,
  { backend: id, baseUrl: 'https://vendor.example', isBaseUrlOwn: false, consent: true, writeBack: true, tokenUrl },
  { ...portsIn(home, {}), now: Date.now },
)
process.stdout.write('ready\n')
process.stdin.once('data', () => {
  void login.take([]).then(credential => {
    process.stdout.write(`${credential?.secret ?? 'none'}\n`)
    process.exit()
  })
})
