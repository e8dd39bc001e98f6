import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFakeAnthropic } from '../../support/fake-anthropic.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const pictures = createServer((request, response) => {
  if (request.url === '/moved.png') response.writeHead(302, { location: '/a.png' }).end()
  else if (request.url === '/a.png') response.writeHead(200, { 'content-type': 'image/png; charset=x' }).end(png)
  else response.writeHead(404).end()
})

let messages: Awaited<ReturnType<typeof startFakeAnthropic>>
let host: string

beforeAll(async () => {
  messages = await startFakeAnthropic()
  pictures.listen(0, '127.0.0.1')
  await once(pictures, 'listening')
  host = `http://127.0.0.1:${(pictures.address() as AddressInfo).port}`
})

afterAll(async () => {
  await messages.close()
  pictures.close()
})

/** What comes of a picture at that address, asked in OpenAI's form of a backend of Anthropic's that takes no http. */
async function ask(url: string, rule: string) {
  const proxy: StartedApp = await startApp(
    `
server: { fetch_media: ${rule} }
backends:
  claude: { type: custom, protocol: anthropic, api_url: ${messages.url}, api_key: env:CLAUDE_KEY }
`,
    { CLAUDE_KEY: messages.key },
  )
  try {
    const openai = new OpenAI({ baseURL: `${proxy.url}/v1`, apiKey: 'x', maxRetries: 0 })
    await openai.chat.completions.create({
      model: 'claude-x',
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
    })
    return messages.asked.at(-1)?.body['messages']
  } finally {
    await proxy.close()
  }
}

describe('an image by address, for a backend that can’t take it', () => {
  it('is fetched, through redirects, and sent as data', async () => {
    expect(await ask(`${host}/moved.png`, 'any')).toEqual([
      {
        role: 'user',
        content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: png.toString('base64') } }],
      },
    ])
  })

  it('is not fetched from this machine or its network unless that is allowed', async () => {
    const asked = messages.asked.length
    for (const url of [
      `${host}/a.png`,
      host.replace('127.0.0.1', 'localhost') + '/a.png',
      'http://[::ffff:127.0.0.1]/a.png',
    ])
      await expect(ask(url, 'public')).rejects.toMatchObject({
        status: 400,
        message: expect.stringContaining('not public') as string,
      })
    await expect(ask(`${host}/a.png`, 'off')).rejects.toMatchObject({ status: 400 })
    expect(messages.asked.length).toBe(asked)
  })

  it('that is not there is the client’s mistake, in words', async () => {
    await expect(ask(`${host}/b.png`, 'any')).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('status 404') as string,
    })
  })
})
