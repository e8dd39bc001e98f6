import { z } from 'zod'
import { commandsFields } from './commands-schema.ts'
import { routingFields, selector } from './routing-schema.ts'

/** The schema of `config.yaml`, and the only place where defaults stand. Pure: the window's forms use it too. */

const protocolIds = ['openai-chat', 'openai-responses', 'anthropic', 'gemini', 'code-assist'] as const

/** A secret by reference, never the secret: `env:NAME` or `keychain:NAME`. */
export const secretReference = z
  .string()
  .regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|keychain:[\w.@/-]+)$/, 'must be a reference: env:NAME or keychain:NAME')

const seconds = z.number().positive().max(86_400)

/** An address or a name to listen on, IPv6 without brackets, never with a port. */
const host = z
  .string()
  .regex(
    /^([\w.-]+|[\da-f]*:[\da-f.]*:[\da-f.:]*(%[\w.-]+)?)$/i,
    'must be a host name or an IP address, without a port',
  )

const headerValue = z
  .string()
  .regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'holds a character that no header may hold')
  .refine(
    value => /^env:[A-Za-z_]\w*$/.test(value) || !/^(env|keychain):|\$\{/.test(value),
    'must be text, or env:NAME',
  )

/** An HTTP proxy, or none at all. A password belongs into a variable. */
const upstreamProxy = z
  .string()
  .regex(
    /^(off|env:[A-Za-z_]\w*|https?:\/\/[^\s/@]+\/?)$/,
    'must be http://HOST:PORT without user and password, env:NAME, or off',
  )

/** Of a backend that is called with the sign-in of another program (`openai-codex`, `cline`, …). */
const loginFields = {
  /** Agreed to what the login's vendor says of such use: to a text of this version, at this time; `true` for any. */
  consent: z.union([z.boolean(), z.strictObject({ text: z.string().min(1), at: z.iso.datetime() })]).optional(),
  /** The file with the credential, or its folder, in place of where its owner keeps it. */
  credentials_path: z.string().min(1).optional(),
  /** Where its token is renewed, in place of the vendor's endpoint. */
  token_url: z.url({ protocol: /^https?$/ }).optional(),
  /** Agreed to renewing a token whose refresh token is void after one use, by writing the new one into its owner's file. */
  write_back: z.boolean().optional(),
  /** How its token may be renewed. */
  refresh: z.enum(['auto', 'never', 'command', 'memory', 'write-back']).optional(),
}

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'is not a header name')

/** What a model takes and gives, in tokens, and how much of it a minute. */
const limits = z.strictObject({
  context_window: z.int().positive().optional(),
  max_output_tokens: z.int().positive().optional(),
  /** A longer request is refused, or goes to the next target. */
  max_input_tokens: z.int().positive().optional(),
  requests_per_minute: z.int().positive().optional(),
  tokens_per_minute: z.int().positive().optional(),
})

const dollars = z.number().min(0)

/** What a model costs, in US dollars for a million tokens. What is not said of the prompt cache costs what input does. */
const prices = z.strictObject({
  input: dollars,
  output: dollars,
  cache_read: dollars.optional(),
  cache_write: dollars.optional(),
  cache_write_1h: dollars.optional(),
})

/** What is asked of a model where its client says nothing of it. */
const parameters = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0).max(1).optional(),
})

const backendSchema = z.strictObject({
  /** A backend of the product's list, or `custom`. */
  type: z.string(),
  /** The wire format of a custom backend. */
  protocol: z.enum(protocolIds).optional(),
  /** The base URL as the vendor's documents give it: with `/v1` for OpenAI and Anthropic, without a version for Gemini. */
  api_url: z
    .url({ protocol: /^https?$/ })
    .refine(url => !/^\w+:\/*[^/?#]*@/.test(url), 'must not hold a user name or password: send them in headers')
    .optional(),
  api_key: secretReference.optional(),
  /** Several keys, in turn. The first is number 1: `openai.1:gpt-5` asks with that one. */
  api_keys: z.array(secretReference).min(1).optional(),
  /** Which of several keys is next: each in turn, or the first until it is refused. */
  rotation: z.enum(['round-robin', 'fill-first']).optional(),
  /** With `fill-first`, the order of the keys, by the names that pin them (`openai.2`). Those that are not named come after. */
  key_order: z.array(z.string().min(1)).optional(),
  /** How the key is shown; as the protocol has it where nothing is said. */
  auth: z
    .union(
      [
        z.enum(['bearer', 'none']),
        z.strictObject({ header: headerName }),
        z.strictObject({ query: z.string().min(1) }),
      ],
      'must be bearer, none, { header: NAME } or { query: NAME }',
    )
    .optional(),
  /** Models to list instead of asking the backend for them. */
  models: z.array(z.string().min(1)).optional(),
  /** What is asked for where a client names only the backend. */
  default_model: z.string().min(1).optional(),
  /** What a model takes and gives, by its name. */
  limits: z.record(z.string(), limits).optional(),
  parameters: z.record(z.string(), parameters).optional(),
  /** By the model's name. */
  prices: z.record(z.string(), prices).optional(),
  /** Over all its models. A request that would be one too many waits, goes to the next target, or is refused with 429. */
  requests_per_minute: z.int().positive().optional(),
  /** How often a request that failed is sent again to this backend, before the next target, and after how many seconds. */
  max_retries: z.int().min(0).max(20).optional(),
  retry_delay: seconds.optional(),
  /** Headers to send with every request, for gateways that ask for them. Values may be `env:` references. */
  headers: z.record(headerName, headerValue).optional(),
  /** Seconds without a sign of life before a request to this backend is given up. */
  timeout: seconds.optional(),
  enabled: z.boolean().optional(),
  ...loginFields,
})

export const configSchema = z.strictObject({
  /** A selector: who answers when a request names no backend; its model is for clients that name none. */
  default_backend: selector.optional(),
  ...routingFields,
  ...commandsFields,
  backends: z.record(z.string().regex(/^[a-z0-9][a-z0-9._-]*$/i, 'is not a backend id'), backendSchema).prefault({}),
  server: z
    .strictObject({
      host: host.default('127.0.0.1'),
      port: z.int().min(0).max(65_535).default(8000),
      /**
       * Keys of which clients must send one, by reference. Needed before listening on anything but loopback. What the
       * environment holds may be several keys with commas between them.
       */
      api_keys: z.array(secretReference).default([]),
      /** Names besides loopback by which clients may call us (the `Host` header). */
      allowed_hosts: z.array(z.string().min(1)).default([]),
      /** Web origins besides our own that may call us from a browser. */
      allowed_origins: z.array(z.url()).default([]),
      body_limit_mb: z.number().positive().max(1024).default(64),
      /** The HTTP proxy that backends are reached through, in place of HTTPS_PROXY and HTTP_PROXY; `off`: none. */
      upstream_proxy: upstreamProxy.optional(),
      /** Hosts that are reached without one, besides those of NO_PROXY. */
      no_proxy: z.array(z.string().min(1)).default([]),
      /** Which images and files are fetched for clients that send an address to a backend which takes none. */
      fetch_media: z.enum(['public', 'any', 'off']).default('public'),
      /** Seconds of silence after which a client that waits for more of a translated stream gets a sign of life. */
      keep_alive_seconds: z.number().positive().max(600).default(15),
      /** Seconds that open turns may go on when we are asked to stop. */
      drain_seconds: z.number().min(0).max(600).default(10),
    })
    .prefault({}),
  traffic: z
    .strictObject({
      /** How much of a turn is kept: its facts, also its bodies in memory, or its bodies on disk. */
      capture: z.enum(['metadata', 'memory', 'disk']).default('memory'),
      retention_days: z.number().positive().max(3650).default(30),
      max_mb: z.number().positive().default(500),
      /** Bodies kept in memory: of how many turns, and how much in all. */
      memory_turns: z.int().min(0).default(200),
      memory_mb: z.number().min(0).default(128),
    })
    .prefault({}),
  /** Responses that clients of the Responses API had stored, to go on from them. */
  responses: z
    .strictObject({
      retention_days: z.number().positive().max(3650).default(30),
      max_mb: z.number().positive().default(200),
    })
    .prefault({}),
  log_level: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('warn'),
})

export type Config = Readonly<z.output<typeof configSchema>>
export type BackendConfig = Config['backends'][string]
export type TrafficConfig = Config['traffic']
export type RoutingConfig = Pick<
  Config,
  'static_route' | 'model_aliases' | 'failover_routes' | 'routing' | 'failure_handling' | 'hybrid' | 'resilience'
>
