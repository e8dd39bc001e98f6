import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ServerResponse } from 'node:http'
import { beginStream, chunkOf, done, refuse, startFakeOpenai, usageChunk } from './fake-openai.ts'

const KEY = 'sk-proj-0123456789abcdefQ2kT'
/** Dollars for a token. */
const pricing = { prompt: '0.00125', completion: '0.01' }

/** What clients that people have would ask, again and again; some name their session in a header. */
const asked: readonly Question[] = [
  {
    agent: 'claude-cli/2.1.0 (external, cli)',
    model: 'gpt-x-codex',
    text: 'Rename the function and run the tests.',
    header: 'x-claude-code-session-id',
  },
  {
    agent: 'codex_cli_rs/0.98.0',
    model: 'gpt-x-codex',
    text: 'Why does the build fail on Windows?',
    header: 'session-id',
  },
  { agent: 'opencode/1.2.3', model: 'lab:qwen-coder', text: 'Write a test for the parser.', header: 'x-session-id' },
  { agent: 'OpenAI/JS 7.57.0', model: 'gpt-x-mini', text: 'Summarise this thread in one sentence.' },
  { agent: 'OpenAI/Python 3.2.0', model: 'gpt-x-mini', text: 'Translate to French: good morning.' },
  { agent: 'curl/8.14.1', model: 'demo:demo-fast', text: 'hello' },
]

interface Question {
  readonly agent: string
  readonly model: string
  readonly text: string
  readonly header?: string
}

const words =
  'The parser reads one line at a time and keeps what is left for the next chunk, so a character that is cut in two is whole again before anybody looks at it. '.split(
    ' ',
  )

/**
 * The built program under a load as of several agents at work: quick and slow streams, refusals, a stream that breaks off.
 * Without the load where it is not to be busy.
 */
export async function startBusyApp(
  program: string,
  { isBusy = true }: { readonly isBusy?: boolean } = {},
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'busy-'))
  const upstream = await startFakeOpenai({ key: KEY, models: ['gpt-x-codex', 'gpt-x-mini', 'qwen-coder'], pricing })
  let count = 0
  upstream.answers(response => answer(response, ++count))
  await writeFile(
    join(folder, 'config.yaml'),
    `default_backend: openai
backends:
  openai: { api_url: "${upstream.url}" }
  lab: { type: custom, protocol: openai-chat, api_url: "${upstream.url}", api_key: env:LAB_KEY, models: [qwen-coder] }
`,
  )
  const child = spawn(process.execPath, [program, 'serve', '--port', '0', '--data-dir', folder], {
    env: { PATH: process.env['PATH'], OPENAI_API_KEY: KEY, LAB_KEY: KEY },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await new Promise<string>((resolve, reject) => {
    let out = ''
    child.stdout.on('data', chunk => {
      out += String(chunk)
      const found = /dashboard: (\S+)\n/.exec(out)?.[1]
      if (found !== undefined) resolve(found)
    })
    child.once('exit', code => reject(new Error(`the app ended with ${String(code)}`)))
  })
  // Prices stand in the backends' lists of models.
  await fetch(`${new URL(url).origin}/v1/models`)
  const clients = isBusy ? keepAsking(new URL(url).origin) : undefined
  return {
    url,
    stop: async () => {
      clients?.stop()
      child.kill('SIGKILL')
      await upstream.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function answer(response: ServerResponse, count: number) {
  if (count % 11 === 0) {
    refuse(
      response,
      429,
      'tokens',
      'rate_limit_exceeded',
      'Rate limit reached for gpt-x-codex: 30000 tokens per minute.',
      {
        'retry-after': '12',
      },
    )
    return
  }
  beginStream(response)
  const [length, pauseMs] = count % 5 === 0 ? [400, 120] : [20 + (count % 7) * 4, 12]
  for (let i = 0; i < length && !response.destroyed; i++) {
    response.write(chunkOf({ content: `${words[i % words.length] ?? ''} ` }))
    await new Promise(resolve => setTimeout(resolve, pauseMs))
    if (count % 17 === 0 && i === 9) {
      response.socket?.destroySoon()
      return
    }
  }
  response.end(chunkOf({}, 'stop') + usageChunk + done)
}

/** Quickly at first, so that there is something to see, then as clients do. */
const FIRST = { requests: 80, everyMs: 20 }
const EVERY_MS = 150

function keepAsking(origin: string) {
  let next = 0
  let timer: NodeJS.Timeout
  ask()
  return { stop: () => clearTimeout(timer) }

  function ask() {
    const { agent, model, text, header } = asked[next++ % asked.length] as Question
    // Each client goes on with one of three conversations.
    const session = `${agent}, conversation ${Math.floor(next / asked.length) % 3}`
    const body = JSON.stringify({
      model: next % 29 === 0 ? 'nosuch:model' : model,
      stream: true,
      messages: [{ role: 'user', content: text }],
    })
    fetch(`${origin}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': agent,
        ...(header !== undefined && { [header]: session }),
      },
      body,
    })
      .then(response => response.text())
      .catch(() => undefined)
    timer = setTimeout(ask, next < FIRST.requests ? FIRST.everyMs : EVERY_MS)
  }
}
