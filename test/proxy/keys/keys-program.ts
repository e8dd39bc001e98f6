import { createInterface } from 'node:readline'
import { createKeychain } from '../../../proxy/keys/keychain.ts'
import { createSecrets } from '../../../proxy/keys/secrets.ts'

/**
 * A program that uses stored keys, to run where a keychain is: `node keys-program.ts DATA_DIR TIMEOUT_MS`. It reads
 * `[function of Secrets, ...arguments]` as lines of JSON and writes `["answer", what it gave]`, and `["changed"]` or
 * `["warning", text]` when it is told of these.
 */
const [dataDir = '', timeoutMs = ''] = process.argv.slice(2)
const say = (...line: unknown[]) => process.stdout.write(`${JSON.stringify(line)}\n`)

const secrets = createSecrets({
  env: process.env,
  dataDir,
  keychain: createKeychain({ service: 'llm-interactive-proxy-test', timeoutMs: Number(timeoutMs) }),
  onChange: () => say('changed'),
  warn: text => say('warning', text),
})

for await (const line of createInterface(process.stdin)) {
  const [name, ...args] = JSON.parse(line) as [keyof typeof secrets, ...never[]]
  const call = secrets[name] as (...args: never[]) => unknown
  say('answer', await call(...args))
}
process.exit()
