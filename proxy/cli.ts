#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import { parseVerb, UsageError } from './cli/args.ts'

/** The proxy without a window: `llm-interactive-proxy VERB …`. Each verb is loaded only when it is asked for. */
const verbs = {
  serve: async () => (await import('./cli/serve.ts')).serve,
  status: async () => (await import('./cli/status.ts')).status,
  logs: async () => (await import('./cli/logs.ts')).logs,
  models: async () => (await import('./cli/models.ts')).models,
  keys: async () => (await import('./cli/keys.ts')).keys,
  backends: async () => (await import('./cli/backends.ts')).backends,
  logins: async () => (await import('./cli/logins.ts')).logins,
  sessions: async () => (await import('./cli/sessions.ts')).sessions,
  route: async () => (await import('./cli/route.ts')).route,
  config: async () => (await import('./cli/config.ts')).config,
  help: async () => (await import('./cli/help.ts')).help,
  version: async () => (await import('./cli/help.ts')).version,
}

// A second start finds its code compiled, which is a third of the time it takes.
enableCompileCache()

// A reader that goes away (`| head -1`) is no fault: the rest is not told to it.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

/** Exit codes: 0 done or asked to stop, 1 it did not work, 2 bad usage or config, 3 the address is taken. */
try {
  const { verb, args } = parseVerb(process.argv.slice(2), verbs)
  const run = await verbs[verb]()
  const code = await run(args, { env: process.env, out: process.stdout, err: process.stderr })
  // Not left to the event loop: a prompt of the keychain that nobody answers would keep it going.
  process.stdout.write('', () => process.exit(code))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n\nlip help tells what there is.\n`)
  process.exitCode = 2
}
