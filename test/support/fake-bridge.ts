import type {
  BackendRow,
  Call,
  Counters,
  Handlers,
  KeyRow,
  KeyStore,
  LoginItem,
  LoginRow,
  ModelRow,
  Logs,
  Notice,
  NoticeBody,
  Output,
  Route,
  SentNotice,
  SessionRow,
  Setting,
  Status,
  TurnFilter,
  TurnRow,
} from '../../proxy/app/contract.ts'
import { fakeLoginRows } from './fake-login-rows.ts'
import { createFakeRouting, type FakeRoutingWorld } from './fake-routing.ts'
import { fakeSessions, sessionCalls } from './fake-sessions.ts'
import { fakeDetail, fakeTurns, openTurn, phrases, seededRandom, turnId } from './fake-turns.ts'

/** What the fake app starts from. Every part has a value that makes a lively, healthy app. */
export interface FakeWorld extends FakeRoutingWorld {
  readonly seed?: number
  /** Turns in the log. */
  readonly turns?: number | readonly TurnRow[]
  /** Turns that a window is told at once; the others it has to ask for. */
  readonly told?: number
  /** Why no bodies are kept, where none are. */
  readonly bodiesMissing?: string
  /** Conversations that are known. */
  readonly sessions?: number | readonly SessionRow[]
  /** Streams open at the start. */
  readonly open?: number
  readonly now?: number
  readonly status?: Partial<Status>
  readonly backends?: readonly BackendRow[]
  /** What of the config names a backend, by its id. */
  readonly uses?: Readonly<Record<string, Output<'backends.uses'>>>
  readonly route?: Route
  readonly keys?: readonly KeyRow[]
  readonly stores?: readonly KeyStore[]
  readonly logins?: readonly LoginRow[]
  readonly settings?: readonly Setting[]
  readonly loginItem?: LoginItem
  readonly logs?: Logs
  /** Calls that fail, with what they say. */
  readonly failing?: Partial<Record<Call, string>>
  /** Calls that never answer. */
  readonly hanging?: readonly Call[]
}

type Frame = SentNotice | { readonly type: 'resync' }
type Result =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: { readonly kind: string; readonly message: string } }

/**
 * The app without an app: what the preload script would put on `window.bridge`, over a made-up world that answers every
 * call of the contract, and by `control` changes as a test wants it or, with `live`, by itself.
 */
export function createFakeBridge(world: FakeWorld = {}) {
  const random = seededRandom(world.seed ?? 1)
  const start = world.now ?? Date.now()
  const listeners = new Set<(frame: Frame) => void>()
  const sent: SentNotice[] = []
  const asked: { readonly name: Call; readonly input: unknown }[] = []

  const turns: TurnRow[] =
    typeof world.turns === 'object' ? [...world.turns] : fakeTurns(world.turns ?? 60, start, world.seed)
  const sessions: SessionRow[] =
    typeof world.sessions === 'object' ? [...world.sessions] : fakeSessions(world.sessions ?? 12, start, world.seed)
  let nextTurn = turns.length + 1
  let status: Status = { ...runningStatus(start), ...world.status }
  let backends = [...(world.backends ?? fakeBackends)]
  let route: Route = world.route ?? { backend: 'openai', model: 'gpt-5.6-terra', source: 'config.yaml:1' }
  let keys = [...(world.keys ?? fakeKeys(start))]
  let logins = [...(world.logins ?? fakeLoginRows(start))]
  let settings = [...(world.settings ?? fakeSettings)]
  let loginItem: LoginItem = world.loginItem ?? {
    supported: true,
    launchAtLogin: false,
    startHidden: true,
    startProxyAtLaunch: true,
    changedOutside: false,
  }
  for (let i = 0; i < (world.open ?? 0); i++) turns.unshift(newOpenTurn(start - 900 - i * 1300))

  const handlers: Handlers = {
    'app.snapshot': () => ({
      seq: sent.length,
      status,
      counters: counters(),
      backends,
      route,
      turns: turns.slice(0, world.told ?? 300),
    }),
    'app.decideQuit': ({ choice }) => {
      if (choice === 'stay') setStatus({ endsAt: undefined })
      return { supported: true }
    },
    'proxy.start': ({ port }) => run('running', port),
    'proxy.stop': () => run('stopped'),
    'proxy.restart': () => run('running'),
    'route.set': ({ backend, model }) => {
      if (!backends.some(({ id }) => id === backend)) return { ok: false, reason: `There is no backend "${backend}".` }
      route = { backend, model, source: 'config.yaml:1' }
      backends = backends.map(row => ({ ...row, isDefault: row.id === backend }))
      tell('route', route)
      tell('backends', backends)
      return { ok: true }
    },
    ...createFakeRouting(world, start, () => tell('settings', {})),
    'models.list': () => [...fakeModels],
    'turns.list': ({ before, limit, filter }) => {
      const from = before === undefined ? 0 : turns.findIndex(({ id }) => id === before) + 1
      const matching = turns.slice(from).filter(turn => matches(turn, filter ?? {}))
      return { turns: matching.slice(0, limit), more: matching.length > limit }
    },
    'turns.get': ({ id }) => {
      const turn = turns.find(other => other.id === id)
      if (turn === undefined) return null
      const { bodiesMissing } = world
      const { request, response, curl, ...detail } = fakeDetail(turn)
      return bodiesMissing === undefined ? { ...detail, request, response, curl } : { ...detail, bodiesMissing }
    },
    'turns.stop': ({ id }) => {
      const turn = turns.find(other => other.id === id)
      if (turn?.open !== true) return { ok: false, reason: 'This request is over already.' }
      change([{ ...turn, open: false, outcome: 'client cancelled', durationMs: Date.now() - turn.at }])
      return { ok: true }
    },
    'turns.test': () => {
      const turn = newOpenTurn(Date.now())
      change([turn])
      change([
        {
          ...turn,
          open: false,
          client: 'Test request',
          outcome: 'ok',
          status: 200,
          durationMs: 1240,
          tokensIn: 12,
          tokensOut: 24,
        },
      ])
      return { ok: true, id: turn.id, text: 'This is the built-in demo, not a model: nothing has left this computer.' }
    },
    ...sessionCalls(sessions, () => tell('sessions', {})),
    'keys.list': () => ({ keys, stores: [...(world.stores ?? fakeStores)] }),
    'keys.guess': ({ value }) => {
      const found = prefixes.find(([prefix]) => value.startsWith(prefix))
      return found === undefined ? {} : { backend: found[1] }
    },
    'keys.plan': ({ keys: asked }) => {
      const promised = new Set<string>()
      return asked.map(({ backend, beside }) => {
        const name = nameOfNewKey(backend, beside, promised)
        promised.add(name)
        return { ok: true, name, ...(keys.some(key => key.name === name) && { replaces: name }) }
      })
    },
    'keys.add': ({ backend, value, store, beside = false }) => {
      if (value.includes(' ')) return { ok: false, reason: 'A key has no spaces in it. Was more pasted than the key?' }
      const name = nameOfNewKey(backend, beside)
      keys = [
        ...keys.filter(key => key.name !== name),
        {
          name,
          backend,
          fingerprint: value.slice(-4),
          source: store ?? 'keychain',
          inUse: true,
          state: 'ready',
          addedAt: Date.now(),
        },
      ]
      backends = backends.map(row =>
        row.id === backend ? { ...row, state: 'ready', status: 'Ready', detail: 'Ready.' } : row,
      )
      tell('keys', {})
      tell('backends', backends)
      return { ok: true }
    },
    'keys.unlock': ({ passphrase }) => {
      if (passphrase !== 'correct horse battery') {
        return { ok: false, reason: 'The passphrase is not the one that the file was encrypted with.' }
      }
      setStatus({ keysLocked: false })
      return { ok: true }
    },
    'keys.remove': ({ name }) => {
      keys = keys.filter(key => key.name !== name)
      tell('keys', {})
      return { ok: true }
    },
    'keys.test': ({ backend, value }) => {
      const isGood = value === undefined ? backend !== 'work' : value.length > 12
      return {
        ok: isGood,
        steps: [
          { name: 'Reach the server', ok: true, ms: 84, detail: 'TLS 1.3' },
          {
            name: 'Sign in',
            ok: isGood,
            ms: 212,
            detail: isGood ? 'accepted' : '401: Incorrect API key provided: sk-…7F3A.',
          },
          ...(isGood ? [{ name: 'List models', ok: true, ms: 143, detail: '68 models' }] : []),
        ],
      }
    },
    'backends.test': ({ backend }) => {
      const isGood = backend !== 'work'
      const rungs = [
        { name: 'Reach the server', ok: true, ms: 84, detail: 'TLS 1.3' },
        {
          name: 'Key and model list',
          ok: isGood,
          ms: 212,
          detail: isGood ? '68 models' : '401: Incorrect API key provided: sk-…7F3A. The key is wrong or was revoked.',
        },
        { name: 'One-token answer', ok: true, ms: 640, detail: 'gpt-5.6-terra-mini answers' },
        { name: 'Streaming', ok: true, ms: 910, detail: 'first token after 420 ms' },
        { name: 'Tool call', ok: true, ms: 1180, detail: 'calls the tool as asked' },
      ]
      return { ok: isGood, steps: isGood ? rungs : rungs.slice(0, 2) }
    },
    'backends.get': ({ id }) => {
      const row = backends.find(other => other.id === id)
      return row?.kind === 'custom'
        ? { id, protocol: 'openai-chat', url: row.url ?? '', auth: { header: 'x-api-key' }, key: 'env:WORK_KEY' }
        : null
    },
    'backends.save': ({ backend: { id, protocol, url, key }, isNew }) => {
      if (isNew && backends.some(other => other.id === id)) {
        return { ok: false, reason: `There is a backend ${id} already. Choose another id.` }
      }
      if (key?.startsWith('sk-') === true) {
        return { ok: false, reason: 'api_key must be a reference: env:NAME or keychain:NAME' }
      }
      const row: BackendRow = {
        ...{ id, title: id, protocol, kind: 'custom', url, state: 'ready', status: 'Ready', detail: 'Needs no key.' },
        ...{ isDefault: false, turns: 0, failures: 0 },
      }
      backends = isNew ? [...backends, row] : backends.map(other => (other.id === id ? { ...other, ...row } : other))
      tell('backends', backends)
      return { ok: true }
    },
    'backends.useKeys': ({ id, rotation, order = [] }) => {
      const placeOf = ({ instance }: { readonly instance?: string | undefined }) =>
        order.indexOf(instance === undefined ? id : `${id}.${instance}`)
      backends = backends.map(row =>
        row.id === id ? { ...row, rotation, keys: row.keys?.toSorted((a, b) => placeOf(a) - placeOf(b)) } : row,
      )
      tell('backends', backends)
      return { ok: true }
    },
    'backends.uses': ({ id }) => world.uses?.[id] ?? [],
    'backends.remove': ({ id }) => {
      backends = backends.filter(other => other.id !== id)
      tell('backends', backends)
      return { ok: true }
    },
    'logins.list': () => logins,
    'logins.writeBack': ({ id, isAllowed }) => {
      const login = logins.find(other => other.id === id)
      if (login !== undefined) changeLogin({ ...login, writeBack: isAllowed })
      return { ok: true }
    },
    'logins.enable': ({ id, version }) => {
      const login = logins.find(other => other.id === id)
      if (login?.terms.version !== version)
        return { ok: false, reason: 'The text has changed meanwhile: read it again.' }
      const consent = { text: version, at: new Date().toISOString() }
      const isThere = login.source !== undefined
      changeLogin({ ...login, consent, isUsable: isThere, state: isThere ? 'Ready' : 'Not found' })
      return { ok: true }
    },
    'logins.disable': ({ id }) => {
      const login = logins.find(other => other.id === id)
      if (login !== undefined) changeLogin({ ...login, consent: undefined, isUsable: false, state: 'Off' })
      return { ok: true }
    },
    'logins.onboard': ({ id }) =>
      logins.some(login => login.id === id && login.setUp !== undefined)
        ? { ok: true, outcome: 'The account is set up with free-tier (made-2).' }
        : { ok: false, reason: 'There is no such login.' },
    'settings.list': () => ({ file: '/home/ada/.config/llm-interactive-proxy/config.yaml', settings }),
    'settings.set': ({ key, value }) => {
      const setting = settings.find(other => other.key === key)
      if (setting === undefined) return { ok: false, reason: `There is no setting ${key}.` }
      if (key === 'server.port' && value === 80) return { ok: false, reason: 'Port 80 needs special rights.' }
      settings = settings.map(other =>
        other === setting ? { ...setting, value: value as Setting['value'], source: 'config.yaml:3' } : other,
      )
      tell('settings', {})
      return { ok: true }
    },
    'loginItem.get': () => loginItem,
    'loginItem.set': chosen => {
      if (loginItem.supported) loginItem = { ...loginItem, ...(chosen as Partial<typeof loginItem>) }
      return loginItem
    },
    'logs.get': () => world.logs ?? { supported: true, folder: '/home/ada/.local/state/llm-interactive-proxy/logs' },
    'logs.open': () => ({ supported: true }),
    'links.open': () => ({ supported: true }),
  }

  /** What stands at `window.bridge`. */
  const bridge = {
    call: async (name: Call, input: unknown): Promise<Result> => {
      asked.push({ name, input })
      if (world.hanging?.includes(name) === true) return new Promise(() => undefined)
      const message = world.failing?.[name]
      if (message !== undefined) return { ok: false, error: { kind: 'internal', message } }
      // The bridge travels by structured clone or JSON: what comes out shares nothing with what went in.
      return { ok: true, value: structuredClone(await (handlers[name] as (input: unknown) => unknown)(input)) }
    },
    subscribe: (after: number, listener: (frame: Frame) => void) => {
      for (const notice of sent) if (notice.seq > after) listener(notice)
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }

  function tell<N extends Notice>(type: N, body: NoticeBody<N>) {
    const notice = { seq: sent.length + 1, type, body: structuredClone(body) } as SentNotice
    sent.push(notice)
    for (const listener of listeners) listener(notice)
  }

  /** Puts turns into the log, new or as they are now, and tells nobody. */
  function addQuietly(changed: readonly TurnRow[]) {
    for (const turn of changed) {
      const place = turns.findIndex(({ id }) => id === turn.id)
      if (place === -1) turns.unshift(turn)
      else turns[place] = turn
    }
  }

  /** As `addQuietly`, and tells of them. */
  function change(changed: readonly TurnRow[]) {
    addQuietly(changed)
    tell('turns', [...changed])
    tell('counters', counters())
  }

  /** The backend's own name, or the first number that is free. */
  function nameOfNewKey(backend: string, beside: boolean, promised: ReadonlySet<string> = new Set()): string {
    const isTaken = (name: string) => promised.has(name) || keys.some(key => key.name === name)
    let name = backend
    for (let number = 1; beside && isTaken(name); number++) name = `${backend}.${number}`
    return name
  }

  function changeLogin(login: LoginRow) {
    logins = logins.map(other => (other.id === login.id ? login : other))
    tell('backends', backends)
  }

  function setStatus(next: Partial<Status>): Status {
    status = { ...status, ...next }
    tell('status', status)
    return status
  }

  function run(to: Status['run'], port = status.port): Status {
    const { trouble: _, ...rest } = status
    status = { ...rest, run: to, port, url: `http://${rest.host}:${port}` }
    return setStatus({})
  }

  function newOpenTurn(at: number): TurnRow {
    return openTurn(turnId(nextTurn++), at, random)
  }

  function counters(): Counters {
    return countersOf(turns, start)
  }

  /** A step of a lively app: streams say more, end, and begin. */
  function step(now: number) {
    const open = turns.filter(turn => turn.open)
    const changed = open.map((turn): TurnRow => {
      const said = Math.floor((now - turn.at) / 60)
      if (now - turn.at > 6000 + random() * 20_000) {
        return {
          ...turn,
          open: false,
          outcome: 'ok',
          status: 200,
          durationMs: now - turn.at,
          tokensIn: Math.ceil(turn.requestBytes / 4),
          tokensOut: said,
          stopReason: 'end',
        }
      }
      const phrase = phrases[turn.id.length % phrases.length] ?? ''
      return {
        ...turn,
        tokensOut: said,
        responseBytes: said * 180,
        words: (phrase + ' ' + (turn.words ?? '')).slice(said % 40, (said % 40) + 80),
      }
    })
    if (open.length < 3) changed.push(newOpenTurn(now))
    change(changed)
  }

  return {
    bridge,
    /** Every call asked, in order. */
    asked,
    control: {
      tell,
      addQuietly,
      change,
      setStatus,
      newOpenTurn,
      step,
      turns: () => turns,
      sessions: () => sessions,
      /** Loses what was told, as an app that was started anew has. */
      resync: () => {
        for (const listener of listeners) listener({ type: 'resync' })
      },
      /** Lets streams tick. Gives back how to stop them. */
      live: (everyMs = 250) => {
        const timer = setInterval(() => step(Date.now()), everyMs)
        return () => clearInterval(timer)
      },
    },
  }
}

export type FakeBridge = ReturnType<typeof createFakeBridge>

function runningStatus(now: number): Status {
  return {
    run: 'running',
    host: '127.0.0.1',
    port: 8000,
    url: 'http://127.0.0.1:8000',
    version: '0.1.0',
    instance: 'fake',
    startedAt: now - 3_600_000,
    shell: 'desktop',
    platform: 'linux',
    keysLocked: false,
    configProblems: [],
    log: { state: 'ok', dropped: 0 },
  }
}

const problems: readonly (string | undefined)[] = [
  'interrupted',
  'rate limited',
  'auth failed',
  'rejected',
  'upstream error',
  'network',
  'timeout',
  'blocked',
]

function countersOf(turns: readonly TurnRow[], now: number): Counters {
  const hours = Array.from({ length: 24 }, () => ({ turns: 0, errors: 0, tokensIn: 0, tokensOut: 0 }))
  const sum = { open: 0, turns: 0, errors: 0, tokensIn: 0, tokensOut: 0, tokensCached: 0 }
  for (const turn of turns) {
    if (turn.open) sum.open++
    const hour = hours[23 - Math.max(0, Math.floor((now - turn.at) / 3_600_000))]
    if (hour === undefined) continue
    const failed = problems.includes(turn.outcome) ? 1 : 0
    hour.turns++
    hour.errors += failed
    hour.tokensIn += turn.tokensIn ?? 0
    hour.tokensOut += turn.tokensOut ?? 0
    sum.turns++
    sum.errors += failed
    sum.tokensIn += turn.tokensIn ?? 0
    sum.tokensOut += turn.tokensOut ?? 0
    sum.tokensCached += turn.cacheRead ?? 0
  }
  return { ...sum, hours }
}

function matches(turn: TurnRow, { text = '', outcomes, backends, session }: TurnFilter): boolean {
  if (session !== undefined && turn.session !== session) return false
  if (outcomes !== undefined && (turn.outcome === undefined || !outcomes.includes(turn.outcome))) return false
  if (backends !== undefined && (turn.backend === undefined || !backends.includes(turn.backend))) return false
  const searched = [turn.asked, turn.served, turn.backend, turn.client, turn.path, turn.error]
  return searched.some(value => value?.toLowerCase().includes(text.trim().toLowerCase()) === true)
}

const prefixes = [
  ['sk-or-', 'openrouter'],
  ['sk-', 'openai'],
] as const

export const fakeBackends: readonly BackendRow[] = [
  {
    id: 'openai',
    title: 'OpenAI',
    protocol: 'openai-chat',
    kind: 'service',
    url: 'https://api.openai.com/v1',
    state: 'ready',
    status: 'Ready',
    detail: 'Has a key (keychain:openai).',
    keys: [{ name: 'keychain:openai', state: 'ready', detail: 'Ready.' }],
    isDefault: true,
    turns: 184,
    failures: 1,
    medianFirstTokenMs: 910,
  },
  {
    id: 'openrouter',
    title: 'OpenRouter',
    protocol: 'openai-chat',
    kind: 'service',
    url: 'https://openrouter.ai/api/v1',
    state: 'ready',
    status: 'Ready',
    detail: '1 of 2 keys is ready (OPENROUTER_API_KEY_2).',
    keys: [
      {
        instance: '1',
        name: 'OPENROUTER_API_KEY',
        state: 'rate-limited',
        detail: 'Rate limited: 20 requests a minute are free.',
        until: new Date(2026, 10, 23, 14, 5).getTime(),
      },
      { instance: '2', name: 'OPENROUTER_API_KEY_2', state: 'ready', detail: 'Ready.' },
    ],
    rotation: 'round-robin',
    listed: { count: 412, at: Date.now() - 3.5 * 3_600_000 },
    isDefault: false,
    turns: 82,
    failures: 1,
    medianFirstTokenMs: 1310,
  },
  {
    id: 'work',
    title: 'work',
    protocol: 'openai-chat',
    kind: 'custom',
    url: 'http://127.0.0.1:9101/v1',
    state: 'needs-key',
    status: 'Needs a key',
    detail: 'Set WORK_KEY in the environment, or add a key.',
    isDefault: false,
    turns: 0,
    failures: 0,
  },
  {
    id: 'demo',
    title: 'Demo (built in)',
    protocol: 'built in',
    kind: 'built-in',
    state: 'ready',
    status: 'Ready',
    detail: 'Answers without a key.',
    isDefault: false,
    turns: 3,
    failures: 0,
    medianFirstTokenMs: 36,
  },
]

const fakeModels: readonly ModelRow[] = [
  {
    id: 'openai:gpt-5.4',
    backend: 'openai',
    model: 'gpt-5.4',
    facts: {
      contextWindow: 1_050_000,
      price: { input: 2.5, output: 15, upTo: 272_000, source: 'catalogue', asOf: '2026-05', from: 'vendor.example' },
      source: 'catalogue',
    },
  },
  ...['gpt-5.6-terra', 'gpt-5.6-terra-mini', 'o5'].map(model => ({ id: `openai:${model}`, backend: 'openai', model })),
  ...['anthropic/claude-sonnet-5', 'google/gemini-3-pro', 'deepseek/deepseek-r3', 'qwen/qwen3-coder'].map(model => ({
    id: `openrouter:${model}`,
    backend: 'openrouter',
    model,
  })),
  { id: 'demo:demo', backend: 'demo', model: 'demo' },
]

function fakeKeys(now: number): readonly KeyRow[] {
  return [
    {
      name: 'openai',
      backend: 'openai',
      fingerprint: '7F3A',
      source: 'keychain',
      inUse: true,
      state: 'ready',
      addedAt: now - 9 * 86_400_000,
      lastUsedAt: now - 40_000,
    },
    {
      name: 'openrouter',
      backend: 'openrouter',
      fingerprint: 'c21e',
      source: 'env',
      envName: 'OPENROUTER_API_KEY',
      inUse: true,
      state: 'ready',
      lastUsedAt: now - 3 * 3_600_000,
    },
    {
      name: 'openrouter-old',
      backend: 'openrouter',
      fingerprint: '90bd',
      source: 'keychain',
      inUse: false,
      state: 'ready',
      detail: 'The environment comes first.',
      addedAt: now - 80 * 86_400_000,
    },
  ]
}

export const fakeStores: readonly KeyStore[] = [
  {
    id: 'keychain',
    title: 'GNOME keyring (Secret Service)',
    usable: true,
    inUse: true,
    locked: false,
    weak: false,
    detail: 'Unlocked with your login.',
  },
  {
    id: 'file',
    title: 'Encrypted file',
    usable: true,
    inUse: false,
    locked: false,
    weak: false,
    detail: 'Encrypted with a passphrase that you choose.',
  },
  {
    id: 'env',
    title: 'Environment',
    usable: true,
    inUse: false,
    locked: false,
    weak: false,
    detail: 'Read only: such as OPENAI_API_KEY.',
  },
]

const fakeSettings: readonly Setting[] = [
  { key: 'server.host', value: '127.0.0.1', default: '127.0.0.1', source: 'default' },
  { key: 'server.port', value: 8000, default: 8000, source: 'default' },
  { key: 'server.drain_seconds', value: 10, default: 10, source: 'default' },
  { key: 'traffic.capture', value: 'memory', default: 'memory', source: 'default' },
  { key: 'traffic.retention_days', value: 14, default: 30, source: 'config.yaml:9' },
  { key: 'traffic.max_mb', value: 500, default: 500, source: 'default' },
  {
    key: 'traffic.memory_turns',
    value: 400,
    default: 200,
    source: 'env APP_MEMORY_TURNS',
    locked: 'APP_MEMORY_TURNS in the environment lies over the file.',
  },
  { key: 'traffic.memory_mb', value: 128, default: 128, source: 'default' },
]
