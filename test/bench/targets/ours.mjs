import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { nodeBinary } from '../node-binary.mjs'

const root = path.resolve(import.meta.dirname, '../../..')
const cli = path.join(root, 'out/main/cli.js')

const chat = { path: '/v1/chat/completions', format: 'chat', model: 'bench-model' }

/** Our proxy as it ships, and with one thing changed at a time to see what that costs. */
export function oursTargets(upstream, work) {
  const bench = {
    type: 'custom',
    protocol: 'openai-chat',
    api_url: `${upstream}/v1`,
    api_key: 'env:BENCH_KEY',
    models: ['bench-model'],
  }
  const serve = (name, port, config) =>
    program({ name, port, work, config: { default_backend: 'bench', backends: { bench }, ...config } })
  const shipped = serve('ours', 9300, {})

  return [
    {
      id: 'ours',
      title: 'OURS',
      program: shipped,
      routes: { relay: chat },
      scenarios: ['E', 'slow', 'A1', 'A200', 'B', 'long', 'D'],
    },
    {
      id: 'ours-selector',
      title: 'OURS, bench:bench-model',
      program: shipped,
      routes: { relay: { ...chat, model: 'bench:bench-model' } },
      scenarios: ['A1', 'A200'],
    },
    {
      id: 'ours-metadata',
      title: 'OURS, capture: metadata',
      program: serve('ours-metadata', 9301, { traffic: { capture: 'metadata' } }),
      routes: { relay: chat },
      scenarios: ['slow', 'A1', 'A200'],
      quick: ['A1'],
    },
    {
      id: 'ours-no-log',
      title: 'OURS, capture: off',
      program: serve('ours-no-log', 9302, { traffic: { capture: 'off' } }),
      routes: { relay: chat },
      scenarios: ['A1'],
    },
    {
      id: 'ours-translate',
      title: 'OURS, translating',
      program: serve('ours-translate', 9303, {
        backends: { bench, 'bench-messages': { ...bench, protocol: 'anthropic' } },
      }),
      routes: {
        messagesToChat: { path: '/v1/messages', format: 'messages', model: 'bench-model' },
        chatToMessages: { ...chat, model: 'bench-messages:bench-model' },
      },
      scenarios: ['C', 'long'],
    },
  ]
}

/** `serve` with a config file and a data folder of its own: exactly what the shipped command runs. */
function program({ name, port, config, work }) {
  const folder = path.join(work, name)
  const configFile = path.join(folder, 'config.yaml')
  mkdirSync(folder, { recursive: true })
  writeFileSync(configFile, JSON.stringify(config, null, 2)) // JSON is YAML
  return {
    name,
    port,
    command: [
      ...[nodeBinary, cli, 'serve'],
      ...['--port', String(port), '--config', configFile, '--data-dir', path.join(folder, 'data')],
    ],
    env: { BENCH_KEY: 'sk-upstream' },
    ...(!existsSync(cli) && { missing: `${path.relative(root, cli)} is not there (npm run build makes it)` }),
  }
}
