import { z } from 'zod'
import { outcomes, type Outcome } from '../traffic/outcome.ts'

/**
 * Everything a window may ask of the app (calls) and is told by it (notices). Fulfilled once, in `app/handlers.ts`; carried
 * over IPC in the desktop app and over HTTP and an event stream in the headless server. Times are epoch milliseconds,
 * durations milliseconds, sizes bytes, unless a name says otherwise. No secret is ever in an output.
 */

/** What only a desktop can do answers so elsewhere. */
const unsupported = z.object({ supported: z.literal(false), reason: z.string() })

/** Why the proxy is not running, and what the window can offer. */
const trouble = z.object({
  kind: z.enum(['address-taken', 'address-denied', 'config', 'unknown']),
  message: z.string(),
  /** The program that holds the address, where it could be told. */
  holder: z.object({ name: z.string(), pid: z.number() }).optional(),
  /** A port that was free a moment ago. */
  freePort: z.number().optional(),
})

const status = z.object({
  run: z.enum(['stopped', 'starting', 'running', 'stopping', 'failed']),
  host: z.string(),
  port: z.number(),
  /** What clients are pointed at, without a path: `http://127.0.0.1:8000`. */
  url: z.string(),
  trouble: trouble.optional(),
  version: z.string(),
  instance: z.string(),
  startedAt: z.number().optional(),
  /** The program is about to end: when the open turns have ended, and at this time at the latest. No turns are taken meanwhile. */
  endsAt: z.number().optional(),
  /** What stands around the proxy; with `headless` the window is a browser in front of the server. */
  shell: z.enum(['desktop', 'headless']),
  platform: z.string(),
  /** Problems of the config file as it is on disk; the last good one goes on. */
  configProblems: z.array(z.string()),
  /** Whether there are stored keys that want a passphrase before they can be used: `keys.unlock` gives it. */
  keysLocked: z.boolean(),
  /** Whether the traffic log can be written. */
  log: z.object({ state: z.enum(['ok', 'degraded']), reason: z.string().optional(), dropped: z.number() }),
})

/** Figures since midnight, local time, but for the open turns. */
const counters = z.object({
  open: z.number(),
  turns: z.number(),
  errors: z.number(),
  tokensIn: z.number(),
  tokensOut: z.number(),
  tokensCached: z.number(),
  /** Turns and errors of each of the last 24 hours, oldest first. */
  hours: z.array(z.object({ turns: z.number(), errors: z.number(), tokensIn: z.number(), tokensOut: z.number() })),
})

/** How a key of a backend is. Never the key. */
const keyHealth = z.object({
  /** The number it is pinned by: `2` in `openai.2:gpt-5`. */
  instance: z.string().optional(),
  /** The variable, or the store and the name there: `OPENAI_API_KEY`, `keychain:openai.2`. */
  name: z.string(),
  state: z.enum(['ready', 'rate-limited', 'out-of-credit', 'refused', 'not-found', 'unreadable']),
  detail: z.string(),
  /** When a key that rests is tried again. */
  until: z.number().optional(),
})

const backend = z.object({
  id: z.string(),
  title: z.string(),
  protocol: z.string(),
  /** What it is called with: a key, another program's sign-in, or nothing at all; `custom` is one that the config adds. */
  kind: z.enum(['service', 'custom', 'login', 'built-in']).optional(),
  /** Where it is called; absent for one that is built in. */
  url: z.string().optional(),
  /** The HTTP proxy that it is reached through, without user and password. */
  via: z.string().optional(),
  state: z.enum(['ready', 'needs-key', 'off']),
  /** The state in a word or two: `Ready`, `Rate limited until 14:05`, `Needs a key`. */
  status: z.string().optional(),
  /** The state in a sentence, with what to do. */
  detail: z.string(),
  /** Each of its keys, in the order in which they are used where that is `fill-first`. */
  keys: z.array(keyHealth).optional(),
  /** Which of several keys is next: each in turn, or the first until it is refused. */
  rotation: z.enum(['round-robin', 'fill-first']).optional(),
  /** How many models it listed last, and when. */
  listed: z.object({ count: z.number(), at: z.number() }).optional(),
  isDefault: z.boolean(),
  /** Of the last hour; a request that was wrong is no failure of its backend. */
  turns: z.number(),
  failures: z.number(),
  medianFirstTokenMs: z.number().optional(),
})

/** A backend that the config adds to those of the product's list. */
const customBackend = z.object({
  id: z.string(),
  protocol: z.enum(['openai-chat', 'openai-responses', 'anthropic', 'gemini', 'code-assist']),
  url: z.string(),
  /** How its key is shown; as the protocol has it where nothing is said. */
  auth: z
    .union([z.enum(['bearer', 'none']), z.object({ header: z.string() }), z.object({ query: z.string() })])
    .optional(),
  /** Where its key is, never the key: `env:NAME` or `keychain:NAME`. Without one, that stored under its id is used. */
  key: z.string().optional(),
  /** All that it serves; it is asked for them where there are none. */
  models: z.array(z.string()).optional(),
  defaultModel: z.string().optional(),
  /** Sent with every request. A value that may be a secret is told as `(hidden)`, and stays as it is where that comes back. */
  headers: z.record(z.string(), z.string()).optional(),
  /** Seconds of silence before a request is given up. */
  timeout: z.number().optional(),
  requestsPerMinute: z.number().optional(),
})

/** Where turns go that name no backend. */
const route = z.object({ backend: z.string(), model: z.string().optional(), source: z.string() })

/** What is known of a model; what is absent is not known. */
const modelFacts = z.object({
  /** In tokens. */
  contextWindow: z.number().optional(),
  maxOutput: z.number().optional(),
  /** US dollars for a million tokens. */
  price: z
    .object({
      input: z.number(),
      output: z.number(),
      /** The longest prompt that it holds for, in tokens. */
      upTo: z.number().optional(),
      source: z.enum(['config', 'list', 'catalogue']),
      /** When it was read (`2026-10`), and where, if the catalogue has it. */
      asOf: z.string().optional(),
      from: z.string().optional(),
    })
    .optional(),
  /** Who says so of the sizes. */
  source: z.enum(['config', 'list', 'catalogue']),
})

const model = z.object({ id: z.string(), backend: z.string(), model: z.string(), facts: modelFacts.optional() })

/** US dollars; or that the model's price is not known, or that a subscription covers it. */
const cost = z.union([z.number(), z.enum(['unpriced', 'subscription'])])

/** A turn as a row of the list. While it is open it has no outcome. */
const turn = z.object({
  id: z.string(),
  at: z.number(),
  open: z.boolean(),
  frontend: z.string(),
  path: z.string(),
  client: z.string(),
  asked: z.string(),
  backend: z.string().optional(),
  served: z.string().optional(),
  way: z.enum(['relayed', 'translated', 'local']).optional(),
  why: z.string().optional(),
  streamed: z.boolean(),
  outcome: z.enum(outcomes).optional(),
  status: z.number().optional(),
  firstByteMs: z.number().optional(),
  firstTokenMs: z.number().optional(),
  durationMs: z.number().optional(),
  tokensIn: z.number().optional(),
  tokensOut: z.number().optional(),
  cacheRead: z.number().optional(),
  cacheWrite: z.number().optional(),
  reasoning: z.number().optional(),
  requestBytes: z.number(),
  responseBytes: z.number(),
  stopReason: z.string().optional(),
  upstreamId: z.string().optional(),
  error: z.string().optional(),
  /** The name of the key or account that the backend was called with. */
  credential: z.string().optional(),
  /** What of the request the backend's protocol has no words for, with commas between. */
  dropped: z.string().optional(),
  /** The tries before the answer, each with its error, and what each of two models did for it, in order. */
  attempts: z.array(
    z.object({
      backend: z.string(),
      model: z.string(),
      credential: z.string().optional(),
      phase: z.enum(['thinking', 'answer']).optional(),
      error: z.string().optional(),
      tokensIn: z.number().optional(),
      tokensOut: z.number().optional(),
      /** Whether the tokens are a guess, since the backend was given up before it told them. */
      isEstimate: z.boolean().optional(),
      cost: cost.optional(),
    }),
  ),
  /** The id of the session it belongs to. */
  session: z.string().optional(),
  cost: cost.optional(),
  /** The last words of an answer that is still coming, or its first words when it is over; where bodies are captured. */
  words: z.string().optional(),
})

/** A captured body, secrets masked. */
const body = z.object({
  /** Text of the body, or of its first part. */
  text: z.string(),
  /** Bytes there were in all. */
  bytes: z.number(),
  /** Whether `text` is less than all of it. */
  cut: z.boolean(),
})

const turnDetail = z.object({
  turn,
  requestHeaders: z.record(z.string(), z.string()),
  responseHeaders: z.record(z.string(), z.string()),
  request: body.optional(),
  response: body.optional(),
  /** Why there is no body, and what setting would give one. */
  bodiesMissing: z.string().optional(),
  /** The request as a command for a shell, through this proxy, secrets replaced by variables; absent where its body was not kept whole. */
  curl: z.string().optional(),
})

const turnFilter = z.object({
  /** Matches model, backend, client, path and error. */
  text: z.string().max(200).optional(),
  outcomes: z.array(z.enum(outcomes)).optional(),
  backends: z.array(z.string()).optional(),
  /** A session's id. */
  session: z.string().optional(),
})

/** Something that is changed in a session: a setting, the selector of its next turn alone, or a route of its own. */
const changed = z.object({ kind: z.enum(['setting', 'next', 'route']), name: z.string(), value: z.string() })

/** A conversation, as a row of the list. */
const session = z.object({
  id: z.string(),
  /** What the user said first, where requests are captured in memory. */
  title: z.string().optional(),
  client: z.string().optional(),
  /** What tells it from others: a header, a field of the body, or how it began. */
  from: z.string(),
  project: z.string().optional(),
  projectDir: z.string().optional(),
  /** The model that its client asked for last. */
  asked: z.string().optional(),
  startedAt: z.number(),
  seenAt: z.number(),
  turns: z.number(),
  errors: z.number(),
  tokensIn: z.number(),
  tokensOut: z.number(),
  /** US dollars, of the turns whose price is known. */
  cost: z.number(),
  /** Turns whose price is not known, and turns that a subscription covers. */
  unpriced: z.number(),
  covered: z.number(),
  /** `backend:model` of those that answered, the last first. */
  models: z.array(z.string()),
  changed: z.array(changed),
})

const sessionDetail = z.object({
  session,
  /** Where its next turn would go; absent while the proxy has not been built. */
  route: z
    .object({
      asked: z.string(),
      to: z.string().optional(),
      /** What decides it. */
      by: z.string().optional(),
      error: z.string().optional(),
      steps: z.array(z.string()),
    })
    .optional(),
  /** Everything that can be set. */
  settings: z.array(z.object({ name: z.string(), help: z.string(), takes: z.string() })),
})

const key = z.object({
  name: z.string(),
  /** The backend it is for. */
  backend: z.string(),
  /** Its last four characters, if it is long enough to show any. */
  fingerprint: z.string().optional(),
  source: z.enum(['keychain', 'file', 'env']),
  /** The variable it comes from, for `env`. */
  envName: z.string().optional(),
  /** Whether it is the one in use for its backend. */
  inUse: z.boolean(),
  state: z.enum(['ready', 'unreadable', 'locked']),
  detail: z.string().optional(),
  addedAt: z.number().optional(),
  lastUsedAt: z.number().optional(),
})

const keyStore = z.object({
  id: z.enum(['keychain', 'file', 'env']),
  /** As people know it: "GNOME keyring (Secret Service)". */
  title: z.string(),
  usable: z.boolean(),
  /** Whether new keys go there. */
  inUse: z.boolean(),
  /** Holds keys, and wants its passphrase before it gives any. */
  locked: z.boolean(),
  /** Protected by less than the user's login. */
  weak: z.boolean(),
  detail: z.string(),
})

/** A rung of a key's test. */
const testStep = z.object({ name: z.string(), ok: z.boolean(), ms: z.number(), detail: z.string() })

/** One setting with where its value comes from. */
const setting = z.object({
  key: z.string(),
  value: z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
  default: z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
  /** `default`, `config.yaml:3`, `env APP_PORT` or `flag --port`. */
  source: z.string(),
  /** Why it can't be changed here: a variable or a flag lies over the file. */
  locked: z.string().optional(),
})

/** A choice that may not be taken, with the reason in words for people. */
const done = z.union([z.object({ ok: z.literal(true) }), z.object({ ok: z.literal(false), reason: z.string() })])

/** The sign-in of another program, and the backend that is called with it. Nothing here is secret, but `account` is personal. */
const login = z.object({
  /** The backend's. */
  id: z.string(),
  login: z.string(),
  title: z.string(),
  /** The program that owns it, and how one signs in there. */
  owner: z.string(),
  signIn: z.string(),
  /** In words: `Ready`, `Refreshes on next use`, `Needs sign-in`, `Rate limited until 14:05`, `Off`, … */
  state: z.string(),
  detail: z.string(),
  isUsable: z.boolean(),
  /** Where it is read, or was found while it is off. */
  source: z.string().optional(),
  account: z.string().optional(),
  plan: z.string().optional(),
  project: z.string().optional(),
  expiresAt: z.number().optional(),
  limitedUntil: z.number().optional(),
  /** Who renews it: its owner's name, `this app`, `this app, in memory`, `nobody here`. */
  refreshedBy: z.string(),
  /** Whether this app may write a renewed token into its owner's file; absent where it never would. */
  writeBack: z.boolean().optional(),
  /** What setting the account up at the vendor's would do; absent where there is nothing to set up. */
  setUp: z.string().optional(),
  lastRefreshAt: z.number().optional(),
  lastError: z.string().optional(),
  /** Tells tokens apart. */
  fingerprint: z.string().optional(),
  quota: z
    .object({
      windows: z.array(
        z.object({
          label: z.string(),
          usedPercent: z.number(),
          windowMinutes: z.number().optional(),
          resetAt: z.number().optional(),
        }),
      ),
      source: z.enum(['header', 'endpoint']),
      at: z.number(),
    })
    .optional(),
  /** Hosts that the config puts in the vendor's place. */
  overridden: z.array(z.string()),
  /** To which version of the text its user agreed, and when. */
  consent: z.object({ text: z.string().optional(), at: z.string().optional() }).optional(),
  /** What the vendor thinks of such use. */
  position: z.enum(['allowed', 'unofficial', 'forbidden']),
  /** What its user agrees to, in paragraphs. */
  terms: z.object({ text: z.array(z.string()), link: z.string(), version: z.string() }),
  /** The vendor has ended the service: since when, and what to use. */
  ended: z.object({ on: z.string(), instead: z.string() }).optional(),
})

const loginItem = z.union([
  unsupported,
  z.object({
    supported: z.literal(true),
    /** As the operating system has it now. */
    launchAtLogin: z.boolean(),
    startHidden: z.boolean(),
    startProxyAtLaunch: z.boolean(),
    /** The operating system's state differs from what was chosen here. */
    changedOutside: z.boolean(),
    /** Something the user has to do in the system's own settings. */
    remedy: z.string().optional(),
  }),
])

/** A rule, with the names that the config file has for its parts. */
const rule = z.object({
  name: z.string().optional(),
  /** All of it must be so; a rule without any is for all turns. */
  when: z.object({
    client: z.string().optional(),
    frontend: z
      .enum(['openai-chat', 'openai-completions', 'openai-responses', 'anthropic', 'gemini', 'code-assist'])
      .optional(),
    model: z.string().optional(),
    images: z.boolean().optional(),
    tools: z.boolean().optional(),
    min_tokens: z.number().optional(),
    max_tokens: z.number().optional(),
  }),
  target: z.string(),
  on_failure: z.array(z.string()),
  enabled: z.boolean(),
})

/** A rewrite of a model's name: a regular expression, and what takes the name's place. */
const rewrite = z.object({ pattern: z.string(), replacement: z.string() })

const namedRoute = z.object({ name: z.string(), policy: z.enum(['k', 'm', 'km', 'mk']), elements: z.array(z.string()) })

/** A selector of the config, where one is set. */
const selectorSetting = z.object({
  value: z.string().optional(),
  source: z.string(),
  /** Why it can't be changed here. */
  locked: z.string().optional(),
})

const source = z.object({ source: z.string() })

/** Where turns go, as the config in use says it. */
const routing = z.object({
  file: z.string(),
  defaultBackend: selectorSetting,
  staticRoute: selectorSetting,
  /** Whether the static route also takes turns that name their backend. */
  lockStaticRoute: z.object({ value: z.boolean(), source: z.string(), locked: z.string().optional() }),
  /** The first that is met counts. */
  rules: z.array(source.extend({ rule })),
  /** The first whose pattern matches counts. */
  rewrites: z.array(source.extend({ rewrite })),
  /** Why rewrites can't be changed here. */
  rewritesLocked: z.string().optional(),
  routes: z.array(source.extend({ route: namedRoute })),
})

/** An edit of a list. `was` is what the window saw at that place, from 0: where something else is there now, nothing changes. */
const editOf = <T extends z.ZodType>(item: T) =>
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('add'), item }),
    z.object({ type: z.literal('replace'), at: z.number(), was: item, item }),
    z.object({ type: z.literal('remove'), at: z.number(), was: item }),
    z.object({ type: z.literal('move'), at: z.number(), was: item, to: z.number() }),
  ])

/** Something wrong with a text, and where in it, from 1. */
const textProblem = z.object({ line: z.number().optional(), column: z.number().optional(), message: z.string() })

/** The part of the config file that says where turns go: as the window was given it, and as it shall be. */
const routingText = z.object({ was: z.string(), text: z.string() })

/** How a target is, by the turns that went to it. */
const breaker = z.object({
  /** Backend, key and model: `openai.2:gpt-5`. */
  target: z.string(),
  /** `open`: it rests. `half-open`: its rest is over, and one turn tries it. */
  state: z.enum(['closed', 'open', 'half-open']),
  /** In a row. */
  failures: z.number(),
  /** Until when it rests, where it does. */
  restsUntil: z.number().optional(),
})

/** Where a turn would go, and why. */
const explanation = z.object({
  /** What was looked at, in order. */
  steps: z.array(z.string()),
  decidedBy: z.string().optional(),
  kind: z.enum(['chain', 'race', 'hybrid']).optional(),
  /** As selectors, the likeliest first. */
  targets: z.array(z.string()).optional(),
  /** The same targets as breakers name them. */
  breakers: z.array(z.string()).optional(),
  /** Why it would be refused. */
  error: z.string().optional(),
})

export const calls = {
  /** All that a window shows before anything happens; `seq` is the notice up to which it holds. */
  'app.snapshot': {
    input: z.void(),
    output: z.object({ seq: z.number(), status, counters, backends: z.array(backend), route, turns: z.array(turn) }),
  },
  /** Decides a quit that waits for open turns: it is cut short, or taken back. */
  'app.decideQuit': {
    input: z.object({ choice: z.enum(['now', 'stay']) }),
    output: z.union([unsupported, z.object({ supported: z.literal(true) })]),
  },
  'proxy.start': { input: z.object({ port: z.number().optional() }), output: status },
  'proxy.stop': { input: z.void(), output: status },
  'proxy.restart': { input: z.void(), output: status },
  'route.set': { input: z.object({ backend: z.string(), model: z.string().optional() }), output: done },
  'routing.get': { input: z.void(), output: routing },
  'routing.editRules': { input: editOf(rule), output: done },
  'routing.editRewrites': { input: editOf(rewrite), output: done },
  'routing.saveRoute': { input: z.object({ route: namedRoute, isNew: z.boolean() }), output: done },
  'routing.removeRoute': { input: z.object({ name: z.string() }), output: done },
  /** The part of the config file that says where turns go, as its owner wrote it. */
  'routing.text': {
    input: z.void(),
    output: z.union([
      z.object({ ok: z.literal(true), text: z.string() }),
      z.object({ ok: z.literal(false), reason: z.string() }),
    ]),
  },
  /** What would be wrong with it, if that text took its place. */
  'routing.checkText': { input: routingText, output: z.array(textProblem) },
  /** The same, and writes it where nothing is wrong. */
  'routing.saveText': { input: routingText, output: z.array(textProblem) },
  /** Where a turn would go, by the code that decides it; nothing is sent. */
  'routing.explain': {
    input: z.object({
      model: z.string(),
      client: z.string().optional(),
      frontend: z.string().optional(),
      images: z.boolean().optional(),
      tools: z.boolean().optional(),
      tokens: z.number().optional(),
    }),
    output: z.union([
      z.object({ ok: z.literal(true), explanation }),
      z.object({ ok: z.literal(false), reason: z.string() }),
    ]),
  },
  /** The targets that failed of late. */
  'breakers.list': { input: z.void(), output: z.array(breaker) },
  /** Forgets what spoke against a target. */
  'breakers.reset': { input: z.object({ target: z.string() }), output: done },
  'models.list': { input: z.void(), output: z.array(model) },
  'turns.list': {
    input: z.object({
      before: z.string().optional(),
      limit: z.number().int().min(1).max(1000),
      filter: turnFilter.optional(),
    }),
    output: z.object({ turns: z.array(turn), more: z.boolean() }),
  },
  'turns.get': { input: z.object({ id: z.string() }), output: turnDetail.nullable() },
  /** Stops an open turn, as its client's hang-up would. */
  'turns.stop': { input: z.object({ id: z.string() }), output: done },
  /** Sends a short request through the proxy, to the default backend or to `demo` if that can't be used yet. */
  'turns.test': {
    input: z.void(),
    output: z.union([
      z.object({ ok: z.literal(true), id: z.string(), text: z.string() }),
      z.object({ ok: z.literal(false), reason: z.string() }),
    ]),
  },
  /** The conversations that are known, the last seen first; `known` is how many there are, `matching` how many the text is found in. */
  'sessions.list': {
    input: z.object({ limit: z.number().int().min(1).max(5000), text: z.string().max(200).optional() }),
    output: z.object({ sessions: z.array(session), matching: z.number(), known: z.number() }),
  },
  'sessions.get': { input: z.object({ id: z.string() }), output: sessionDetail.nullable() },
  /** Changes something as the command for it would; without a value it is taken back. */
  'sessions.change': {
    input: z.object({ id: z.string(), kind: changed.shape.kind, name: z.string(), value: z.string().optional() }),
    output: done,
  },
  /** Takes back all that is changed. */
  'sessions.clear': { input: z.object({ id: z.string() }), output: done },
  /** The conversation is not known any more: its next turn begins it anew, as its client asks. */
  'sessions.forget': { input: z.object({ id: z.string() }), output: done },
  'keys.list': { input: z.void(), output: z.object({ keys: z.array(key), stores: z.array(keyStore) }) },
  /** Which backend a pasted key is for, by its prefix. */
  'keys.guess': { input: z.object({ value: z.string() }), output: z.object({ backend: z.string().optional() }) },
  /** Under which name each of several new keys would be stored, and which key or variable it would take the place of. */
  'keys.plan': {
    input: z.object({ keys: z.array(z.object({ backend: z.string(), beside: z.boolean() })).max(200) }),
    output: z.array(
      z.union([
        z.object({ ok: z.literal(true), name: z.string(), replaces: z.string().optional() }),
        z.object({ ok: z.literal(false), reason: z.string() }),
      ]),
    ),
  },
  'keys.add': {
    input: z.object({
      backend: z.string(),
      value: z.string(),
      /** It joins the keys that there are, and takes turns with them; else it takes the place of the one without a number. */
      beside: z.boolean().optional(),
      store: z.enum(['keychain', 'file']).optional(),
      passphrase: z.string().optional(),
    }),
    output: done,
  },
  /** Opens the file of encrypted keys until the program ends. */
  'keys.unlock': { input: z.object({ passphrase: z.string() }), output: done },
  'keys.remove': { input: z.object({ name: z.string() }), output: done },
  /** Tests `value` before it is stored, or the listed key of that name, or the one in use for a backend. */
  'keys.test': {
    input: z.object({ backend: z.string(), value: z.string().optional(), name: z.string().optional() }),
    output: z.object({ ok: z.boolean(), steps: z.array(testStep) }),
  },
  /** Tries a backend as turns use it, up to an answer, a stream and a tool call. Costs some tens of tokens. */
  'backends.test': {
    input: z.object({ backend: z.string(), model: z.string().optional(), instance: z.string().optional() }),
    output: z.object({ ok: z.boolean(), steps: z.array(testStep) }),
  },
  /** A custom backend of the config file; `null` for any other. */
  'backends.get': { input: z.object({ id: z.string() }), output: customBackend.nullable() },
  'backends.save': { input: z.object({ backend: customBackend, isNew: z.boolean() }), output: done },
  /** Which of a backend's keys is next, and with `fill-first` their order, by the names that pin them: `openai.2`. */
  'backends.useKeys': {
    input: z.object({
      id: z.string(),
      rotation: z.enum(['round-robin', 'fill-first']),
      order: z.array(z.string()).optional(),
    }),
    output: done,
  },
  /** What of the config names a custom backend, and so keeps it from being removed. A rule is told by its place, from 0. */
  'backends.uses': {
    input: z.object({ id: z.string() }),
    output: z.array(
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('default') }),
        z.object({ kind: z.literal('static') }),
        z.object({ kind: z.literal('route'), name: z.string() }),
        z.object({ kind: z.literal('rule'), at: z.number(), name: z.string().optional() }),
      ]),
    ),
  },
  'backends.remove': { input: z.object({ id: z.string() }), output: done },
  /** With `quota`, the vendors are asked for theirs, at most every five minutes. */
  'logins.list': { input: z.object({ quota: z.boolean().optional() }), output: z.array(login) },
  /**
   * Switches one on. `version` is that of the text which the user has agreed to; with `writeBack` a renewed token may be
   * written into its owner's file.
   */
  'logins.enable': {
    input: z.object({ id: z.string(), version: z.string(), writeBack: z.boolean().optional() }),
    output: done,
  },
  /** Lets the app write a renewed token into its owner's file, or takes that back. */
  'logins.writeBack': { input: z.object({ id: z.string(), isAllowed: z.boolean() }), output: done },
  'logins.disable': { input: z.object({ id: z.string() }), output: done },
  /** Sets the account up at the vendor's, because the user asked for it. */
  'logins.onboard': {
    input: z.object({ id: z.string() }),
    output: z.union([
      z.object({ ok: z.literal(true), outcome: z.string() }),
      z.object({ ok: z.literal(false), reason: z.string() }),
    ]),
  },
  'settings.list': { input: z.void(), output: z.object({ file: z.string(), settings: z.array(setting) }) },
  'settings.set': { input: z.object({ key: z.string(), value: z.unknown() }), output: done },
  'loginItem.get': { input: z.void(), output: loginItem },
  'loginItem.set': {
    input: z.object({
      launchAtLogin: z.boolean().optional(),
      startHidden: z.boolean().optional(),
      startProxyAtLaunch: z.boolean().optional(),
    }),
    output: loginItem,
  },
  /** The folder of the program's own log, which holds what is said beside the turns. */
  'logs.get': {
    input: z.void(),
    output: z.union([unsupported, z.object({ supported: z.literal(true), folder: z.string() })]),
  },
  /** Shows that folder in the system's file manager. */
  'logs.open': { input: z.void(), output: z.union([unsupported, z.object({ supported: z.literal(true) })]) },
  /** Opens one of our own documents or a vendor's page for keys, by name; never an address from the window. */
  'links.open': {
    input: z.object({ link: z.string() }),
    output: z.union([unsupported, z.object({ supported: z.literal(true) })]),
  },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>

export const notices = {
  status,
  counters,
  backends: z.array(backend),
  route,
  /** Turns that opened, changed or closed, each as it is now. */
  turns: z.array(turn),
  /** Whether more turns close now than are told of one by one. When that is over, `turns.list` has those that were left out. */
  rush: z.boolean(),
  keys: z.object({}),
  /** Sessions were used or changed. */
  sessions: z.object({}),
  settings: z.object({}),
} as const satisfies Record<string, z.ZodType>

export type Call = keyof typeof calls
export type Input<C extends Call> = z.input<(typeof calls)[C]['input']>
export type Output<C extends Call> = z.output<(typeof calls)[C]['output']>
export type Handlers = {
  readonly [C in Call]: (input: z.output<(typeof calls)[C]['input']>) => Output<C> | Promise<Output<C>>
}

export type Notice = keyof typeof notices
export type NoticeBody<N extends Notice> = z.output<(typeof notices)[N]>
/** A notice as it travels, numbered without gaps from 1 for each run of the program. */
export type SentNotice = {
  [N in Notice]: { readonly seq: number; readonly type: N; readonly body: NoticeBody<N> }
}[Notice]

export type Status = z.output<typeof status>
export type Counters = z.output<typeof counters>
export type BackendRow = z.output<typeof backend>
export type CustomBackend = z.output<typeof customBackend>
export type ModelRow = z.output<typeof model>
export type Route = z.output<typeof route>
export type Routing = z.output<typeof routing>
export type RoutingRule = z.output<typeof rule>
export type Rewrite = z.output<typeof rewrite>
export type NamedRoute = z.output<typeof namedRoute>
export type Breaker = z.output<typeof breaker>
export type Explanation = z.output<typeof explanation>
export type TextProblem = z.output<typeof textProblem>
export type TurnRow = z.output<typeof turn>
export type TurnDetail = z.output<typeof turnDetail>
export type SessionRow = z.output<typeof session>
export type SessionDetail = z.output<typeof sessionDetail>
export type TurnFilter = z.output<typeof turnFilter>
export type KeyRow = z.output<typeof key>
export type KeyStore = z.output<typeof keyStore>
export type LoginRow = z.output<typeof login>
export type TestStep = z.output<typeof testStep>
export type Setting = z.output<typeof setting>
export type Logs = Output<'logs.get'>
export type LoginItem = z.output<typeof loginItem>
export type { Outcome }
