import path from 'node:path'
import { programs } from '../native.mjs'
import { nodeBinary } from '../node-binary.mjs'
import { nginx } from './nginx.mjs'

const chat = { path: '/v1/chat/completions', format: 'chat', model: 'bench-model' }
const messages = { path: '/v1/messages', format: 'messages', model: 'bench-model' }

/** What ours is compared with. All but `direct` answer from the upstream at the given address. */
export function referenceTargets(upstream, work) {
  return [
    {
      id: 'direct',
      title: 'direct',
      program: { name: 'direct', port: 9101, command: [programs.upstream, '9101'] },
      // What the upstream of a translated turn sees is what it is asked here directly.
      routes: { relay: chat, messagesToChat: chat, chatToMessages: messages },
      scenarios: ['E', 'A1', 'A200', 'B', 'C', 'D'],
    },
    {
      id: 'nginx',
      title: 'nginx proxy_pass',
      program: nginx({ port: 9210, upstream, work }),
      routes: { relay: chat },
      scenarios: ['E', 'slow', 'A1', 'A200', 'B', 'D'],
      quick: ['E', 'A1'],
    },
    {
      id: 'bare',
      title: 'bare Node (http → undici pipe)',
      program: node('pipe.mjs', 9201, upstream),
      routes: { relay: chat },
      scenarios: ['E', 'slow', 'A1', 'A200', 'B', 'long', 'D'],
    },
    {
      id: 'rewrite',
      title: 'bare + byte rewrite of the model',
      program: node('rewrite.mjs', 9202, upstream),
      routes: { relay: chat },
      scenarios: ['A1', 'A200'],
      quick: ['A200'],
    },
    {
      id: 'translate',
      title: 'bare translate',
      program: node('translate.mjs', 9203, upstream),
      routes: { messagesToChat: messages, chatToMessages: chat },
      scenarios: ['C', 'long'],
    },
  ]
}

function node(file, port, upstream) {
  return {
    name: path.parse(file).name,
    port,
    command: [nodeBinary, path.resolve(import.meta.dirname, '../references', file)],
    env: { PORT: String(port), UPSTREAM: upstream },
  }
}
