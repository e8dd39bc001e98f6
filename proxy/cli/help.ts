import { VERSION } from '../version.ts'
import type { Verb } from './args.ts'

const text = `LLM Interactive Proxy ${VERSION}: one local address for every LLM provider.

usage: llm-interactive-proxy COMMAND   (short: lip)

  serve     run the proxy
              --host ADDRESS            where to listen (127.0.0.1)
              --port PORT               (8000)
              --default-backend NAME    who answers when a request names no backend
              --static-route SELECTOR   where every request goes that names no backend
              --log-level LEVEL
  status    tell how the running proxy is        --json
  logs      tell the last turns                  --follow --json --last N
  backends  list [--json] [--all], test ID [--model NAME] [--json]
  models    list what can be asked for, sizes and prices [WORD] [--json]
  keys      set NAME [--store keychain|file], list [--json], test NAME, rm NAME
  logins    list [--json] [--quota], enable ID [--write-back], disable ID, onboard ID
  sessions  list [--json], show ID [--json], forget ID: what commands in chats changed
  route     explain MODEL: where a request would go, and why
              --client NAME --frontend PROTOCOL --images --tools --tokens N
              --session-backend ID --session-model SELECTOR --one-off SELECTOR --json
  config    path, check [--json]

Each of them takes --config FILE and --data-dir FOLDER.
Exit codes: 0 done, or asked to stop; 1 it did not work; 2 bad usage or config; 3 the address can't be listened on.
`

/** What there is to say to the program. */
export const help: Verb = async (_, { out }) => {
  out.write(text)
  return 0
}

export const version: Verb = async (_, { out }) => {
  out.write(`${VERSION}\n`)
  return 0
}
