import type { LoginRow } from '../../proxy/app/contract.ts'

const MINUTE = 60_000

/** Logins in as many states as there are, none of them anybody's. */
export function fakeLoginRows(now: number): readonly LoginRow[] {
  return [
    {
      ...row('openai-codex', 'Codex (ChatGPT plan)', 'Codex CLI', 'codex login'),
      state: 'Ready',
      detail: 'Signed in by Codex CLI.',
      isUsable: true,
      source: '/home/ada/.codex/auth.json',
      account: 'ada.lovelace@example.com',
      plan: 'plus',
      expiresAt: now + 8 * 24 * 60 * MINUTE,
      refreshedBy: 'codex',
      writeBack: false,
      lastRefreshAt: now - 26 * MINUTE,
      fingerprint: '91c0de55a1b2',
      quota: {
        windows: [
          { label: '5 h', usedPercent: 38, windowMinutes: 300, resetAt: now + 125 * MINUTE },
          { label: '7 days', usedPercent: 74, windowMinutes: 10_080, resetAt: now + 50 * 60 * MINUTE },
        ],
        source: 'header',
        at: now - 3 * MINUTE,
      },
      consent: { text: 'v1', at: new Date(now - 3_600_000).toISOString() },
    },
    {
      ...row('anthropic-oauth', 'Claude (Pro, Max)', 'Claude Code', 'claude, then /login'),
      writeBack: false,
      position: 'forbidden',
      state: 'Off',
      detail: 'Read what its vendor says and switch it on: lip logins enable anthropic-oauth',
      isUsable: false,
      source: '/home/ada/.claude/.credentials.json',
    },
    {
      ...row('kimi-oauth', 'Kimi Code', 'Kimi Code CLI', 'kimi, then /login'),
      state: 'Rate limited until 14:05',
      detail: 'Its vendor has said so; a turn is tried now and then.',
      isUsable: false,
      source: '/home/ada/.kimi-code/credentials/kimi-code.json',
      limitedUntil: now + 95 * MINUTE,
      refreshedBy: 'this app',
      lastError: 'auth.example answered 503 to the last try to renew the token.',
      quota: {
        windows: [{ label: '7 days', usedPercent: 97, resetAt: now + 95 * MINUTE }],
        source: 'endpoint',
        at: now - 44 * MINUTE,
      },
      consent: { text: 'v1', at: new Date(now - 7_200_000).toISOString() },
    },
    {
      ...row('cline', 'Cline', 'Cline', 'cline auth'),
      setUp: 'The vendor is asked to set this account up, in the free tier.',
      position: 'allowed',
      state: 'Needs sign-in',
      detail: 'Its token has expired, and nobody here can renew it. Sign in with Cline: cline auth',
      isUsable: false,
      source: '/home/ada/.cline/data/secrets.json',
      consent: {},
    },
    {
      ...row('qwen-oauth', 'Qwen Code', 'Qwen Code', 'qwen, then /auth'),
      state: 'Off',
      detail: 'Read what its vendor says and switch it on: lip logins enable qwen-oauth',
      isUsable: false,
      ended: { on: '2026-04-15', instead: 'Use a key of Model Studio.' },
    },
  ]
}

function row(id: string, title: string, owner: string, signIn: string) {
  return {
    id,
    login: id,
    title,
    owner,
    signIn,
    refreshedBy: 'nobody here',
    overridden: [],
    position: 'unofficial' as const,
    terms: {
      text: [
        `${title} does not document this use, and may end it at any time. It is for your own use only.`,
        'More: https://vendor.example/terms',
        `We read the credential that ${owner} keeps on this computer.`,
      ],
      link: 'https://vendor.example/terms',
      version: 'v1',
    },
  }
}
