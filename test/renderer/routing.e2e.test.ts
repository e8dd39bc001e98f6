/// <reference types="node" />
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI from 'openai'
import { chromium } from 'playwright-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { chromiumOptions } from '../support/chromium.ts'
import { serve } from '../support/cli.ts'
import { startFakeOpenai, wholeWords } from '../support/fake-openai.ts'

/** The routing screen in a real browser in front of the real headless server. */

const KEY = 'sk-work-0123456789'

let data: string
let upstream: Awaited<ReturnType<typeof startFakeOpenai>>
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'routing-'))
  upstream = await startFakeOpenai({ key: KEY, models: ['x', 'm1', 'm2'] })
})
afterEach(async () => {
  await upstream.close()
  await rm(data, { recursive: true, force: true })
})

test(
  'A rule is edited and moved and the next turn obeys, it is tried, and a target that rests is forgiven',
  {
    timeout: 90_000,
  },
  async () => {
    upstream.answers((response, { body }) => wholeWords(response, `I am ${String(body['model'])}`))
    await writeFile(
      join(data, 'config.yaml'),
      `default_backend: work
backends:
  work: { type: custom, protocol: openai-chat, api_url: "${upstream.url}", api_key: env:WORK_KEY, models: [x, m1, m2] }
routing:
  rules:
    # For the odd ones.
    - { name: odd, when: { client: nobody }, target: work:m1 } # first
    - { name: all, target: work:m1 }
`,
    )
    const server = await serve(['--port', '0', '--data-dir', data], { WORK_KEY: KEY })
    const browser = await chromium.launch(chromiumOptions)
    const ask = async (model: string) => {
      const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'any', maxRetries: 0 })
      const answer = await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'hello' }] })
      return answer.choices[0]?.message.content
    }
    const file = () => readFile(join(data, 'config.yaml'), 'utf8')
    try {
      const page = await browser.newPage({ viewport: { width: 1180, height: 760 } })
      await page.goto(server.dashboard)
      await page.getByRole('link', { name: 'Routing' }).click()
      expect(await ask('x')).toBe('I am m1')

      await page.getByRole('button', { name: 'Edit all' }).click()
      const sheet = page.getByRole('dialog')
      await sheet.getByLabel('Send to').fill('work:m2')
      await sheet.getByRole('button', { name: 'Save' }).click()
      await sheet.waitFor({ state: 'detached' })
      expect(await ask('x')).toBe('I am m2')

      // By the pointer, and back by the keyboard, comment and all.
      const before = await file()
      await page.getByRole('button', { name: 'Move all' }).dragTo(page.getByRole('button', { name: 'Move odd' }), {
        targetPosition: { x: 10, y: 1 },
      })
      await page.getByText('all is now 1 of 2').waitFor({ state: 'attached' })
      expect(await file()).toMatch(
        /rules:\n {4}- \{ name: all, .*\n {4}# For the odd ones.\n {4}- \{ name: odd, .* # first\n$/,
      )
      await page.getByRole('button', { name: 'Move all' }).press('Alt+ArrowDown')
      await page.getByText('all is now 2 of 2').waitFor({ state: 'attached' })
      expect(await file()).toBe(before)

      const tryIt = page.getByRole('region', { name: 'Try it' })
      await tryIt.getByLabel('Client').fill('nobody')
      await tryIt.getByText('rule "odd"', { exact: true }).waitFor()
      await tryIt.getByLabel('Client').fill('')
      await tryIt.getByText('rule "all"', { exact: true }).waitFor()

      upstream.answers(response => void response.writeHead(500).end())
      for (let turn = 0; turn < 3; turn++) await ask('x').catch(() => undefined)
      const failed = page.getByRole('region', { name: 'Targets that failed' })
      await failed.getByText(/^Rests, \d+ s left$/).waitFor()
      upstream.answers((response, { body }) => wholeWords(response, `I am ${String(body['model'])}`))
      await failed.getByRole('button', { name: 'Reset work:m2' }).click()
      await failed.getByText('No target has failed of late.').waitFor()
      expect(await ask('x')).toBe('I am m2')

      await page.getByRole('radio', { name: 'As text' }).click()
      const area = page.getByRole('textbox', { name: 'The routing as YAML' })
      const written = await area.inputValue()
      await area.fill(written.replace('work:m2', 'nosuch:m2'))
      await page.getByRole('button', { name: /^Line 6, column/ }).waitFor()
      await area.fill(written.replace('work:m2', 'work:x'))
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('region', { name: 'Unsaved changes' }).waitFor({ state: 'detached' })
      expect(await ask('m1')).toBe('I am x')
    } finally {
      await browser.close()
      await server.stop('SIGKILL')
    }
  },
)
