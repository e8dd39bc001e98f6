import { fakeBackends, fakeStores, type FakeWorld } from './fake-bridge.ts'
import { emptyRouting } from './fake-routing.ts'

/** States of the app that every screen has to look right in, by name. */
export const worlds = {
  /** An hour of work, three streams open. */
  lively: { turns: 900, open: 3 },
  /** Just installed: nothing but the demo. */
  fresh: {
    turns: 0,
    sessions: 0,
    backends: fakeBackends.map(backend => ({
      ...backend,
      isDefault: backend.id === 'demo',
      turns: 0,
      failures: 0,
      ...(backend.id === 'demo'
        ? {}
        : { state: 'needs-key', status: 'Needs a key', detail: `Add a key for ${backend.title}.`, keys: [] }),
    })),
    route: { backend: 'demo', source: 'default' },
    routing: emptyRouting,
    breakers: [],
    routingText: '',
    keys: [],
  },
  stopped: { turns: 0, keys: [], status: { run: 'stopped' } },
  portTaken: {
    status: {
      run: 'failed',
      trouble: {
        kind: 'address-taken',
        message: 'listen EADDRINUSE: address already in use 127.0.0.1:8000',
        holder: { name: 'node', pid: 4312 },
        freePort: 8001,
      },
    },
  },
  headless: {
    status: { shell: 'headless' },
    loginItem: {
      supported: false,
      reason: 'The headless server runs as long as it is let run; start it with your system’s own service manager.',
    },
    logs: { supported: false, reason: 'Without the desktop app the log goes to the standard error of `lip serve`.' },
  },
  weakStore: {
    stores: fakeStores.map(store =>
      store.id === 'keychain'
        ? { ...store, usable: false, inUse: false, detail: 'No Secret Service answers on the session bus.' }
        : store.id === 'file'
          ? {
              ...store,
              inUse: true,
              weak: true,
              detail: 'Its passphrase is in the environment, where other programs can read it.',
            }
          : store,
    ),
  },
  /** A quit waits for open streams. */
  leaving: { turns: 60, open: 2, status: { endsAt: Date.now() + 28_000 } },
  locked: {
    status: { keysLocked: true },
    stores: fakeStores.map(store =>
      store.id === 'file'
        ? { ...store, usable: false, locked: true, detail: 'No passphrase was given for the file of keys.' }
        : store,
    ),
  },
  /** As much as there may be of everything. */
  crowded: {
    turns: 50_000,
    told: 50_000,
    open: 24,
    backends: [
      ...fakeBackends,
      ...Array.from({ length: 14 }, (_, i) => ({
        id: `gateway-${i + 1}`,
        title: `A gateway with a long name, number ${i + 1}`,
        protocol: 'openai-chat',
        url: `https://gateway-${i + 1}.example/v1`,
        kind: 'custom' as const,
        state: i % 4 === 3 ? ('off' as const) : ('ready' as const),
        status: i % 4 === 3 ? 'Not running' : 'Ready',
        detail: 'Ready.',
        isDefault: false,
        turns: 4210 + i,
        failures: i % 5 === 0 ? 2900 : 4,
        medianFirstTokenMs: 640 + i * 90,
      })),
    ],
    routing: {
      ...emptyRouting,
      rules: Array.from({ length: 2000 }, (_, i) => ({
        rule: {
          name: `a rule with quite a long name for project number ${i + 1}`,
          when: { client: `a-client-with-a-long-name-${i + 1}*`, model: 'a-vendor/with-a-model-of-a-long-name*' },
          target: `gateway-${(i % 14) + 1}:a-vendor/with-a-model-of-a-long-name-and-a-version-20260101`,
          on_failure: [
            'openrouter:a-vendor/with-a-model-of-a-long-name-and-a-version-20260101',
            'openai:gpt-5.6-terra',
          ],
          enabled: i % 7 !== 3,
        },
        source: `config.yaml:${i * 5 + 20}`,
      })),
    },
    status: { configProblems: ['config.yaml:14: backends.work.api_urll is not a known key; did you mean api_url?'] },
  },
  /** Answers take for ever. */
  slow: {
    hanging: ['app.snapshot', 'keys.list', 'logins.list', 'settings.list', 'turns.get', 'models.list', 'routing.get'],
  },
  broken: {
    failing: {
      'keys.list': 'The keychain did not answer within 5 s.',
      'logins.list': 'The folder of Codex CLI did not answer within 5 s.',
      'settings.list': 'config.yaml can’t be read: permission denied.',
      'routing.get': 'The app is still starting.',
      'turns.get': 'The log is locked.',
      'sessions.list': 'The sessions can’t be read.',
    },
  },
} satisfies Readonly<Record<string, FakeWorld>>

export type WorldName = keyof typeof worlds
