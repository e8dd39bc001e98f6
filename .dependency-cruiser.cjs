/** The layers of docs/architecture.md, top to bottom; a folder may import from its own row's folder and from rows below. */
const rows = [
  ['app'],
  ['server'],
  ['routing'],
  ['backends', 'commands', 'middleware', 'traffic'],
  ['protocols', 'sessions', 'responses', 'keys', 'logins', 'catalogue'],
  ['wire', 'config'],
  ['core'],
]

const looksDown = rows.flatMap((row, i) =>
  row.map(folder => {
    const forbidden = [...rows.slice(0, i).flat(), ...row.filter(sibling => sibling !== folder)]
    return {
      name: `${folder}-looks-down`,
      severity: 'error',
      from: { path: `^proxy/${folder}/` },
      to: {
        path: `^proxy/(${[...forbidden, 'cli/', 'index\\.ts', ...(folder === 'app' ? [] : ['proxy\\.ts'])].join('|')})`,
      },
    }
  }),
)

/** Only the named files may import the package. */
const only = (name, files, pkg) => ({
  name,
  severity: 'error',
  from: { path: '^(proxy|main|renderer)/', pathNot: files },
  to: { path: `(^|/)node_modules/${pkg}(/|$)` },
})

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'core-is-pure', severity: 'error', from: { path: '^proxy/core/' }, to: { pathNot: '^proxy/core/' } },
    {
      name: 'proxy-knows-no-shell',
      severity: 'error',
      from: { path: '^proxy/' },
      to: { path: '^(main|renderer)/|(^|/)node_modules/electron(/|$)' },
    },
    {
      name: 'main-enters-by-the-door',
      severity: 'error',
      from: { path: '^main/' },
      to: { path: '^proxy/', pathNot: '^proxy/(index|cli|app/contract|config/schema)\\.ts$' },
    },
    {
      name: 'renderer-sees-the-contract',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(main|proxy)/', pathNot: '^proxy/(app/contract|config/schema)\\.ts$' },
    },
    only('only-servers-know-fastify', '^proxy/(server/|app/http\\.ts$)', 'fastify'),
    only('only-upstream-knows-undici', '^proxy/backends/upstream\\.ts$', 'undici'),
    only('only-the-keychain-knows-keyring', '^proxy/keys/keychain\\.ts$', '@napi-rs/keyring'),
    only('only-main-knows-electron', '^main/', 'electron'),
    ...looksDown,
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
  },
}
