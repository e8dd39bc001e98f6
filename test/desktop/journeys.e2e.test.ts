import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI from 'openai'
import { chromium, type Page } from 'playwright-core'
import { chromiumOptions } from '../support/chromium.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { serve, lip } from '../support/cli.ts'
import { endDesktop, runningPage, startDesktop, statusOf } from '../support/desktop-app.ts'
import { startFakeOpenai, wholeWords } from '../support/fake-openai.ts'
import { startKeyring, whyNoKeyring, type Keyring } from '../support/keyring.ts'
import { whyNoApp } from '../support/launch-app.ts'

/*
 * What a newcomer does in the window, in both of its shells: Electron (or its stand-in), and a browser in front of the
 * headless server. The keychain is a real Secret Service.
 */

const KEY = 'sk-proj-0123456789abcdef'
const missing = whyNoApp() ?? whyNoKeyring()
const soon = { timeout: 15_000 }

/** The window of one shell, and where its proxy listens. */
interface Shell {
  readonly page: Page
  readonly url: string
  readonly close: () => Promise<unknown>
}

type Environment = Readonly<Record<string, string>>

const shells: Readonly<Record<string, (data: string, env: Environment) => Promise<Shell>>> = {
  'the desktop app': async (data, env) => {
    const launched = await startDesktop(data, { env: { ...env } })
    const page = await runningPage(launched)
    return { page, url: (await statusOf(page)).url, close: () => endDesktop(launched) }
  },
  'a browser in front of the headless server': async (data, env) => {
    const server = await serve(['--port', '0', '--data-dir', data], { ...env })
    const browser = await chromium.launch(chromiumOptions)
    const page = await browser.newPage({ viewport: { width: 1180, height: 760 } })
    await page.goto(server.dashboard)
    return {
      page,
      url: server.url,
      close: async () => {
        await browser.close()
        await server.stop('SIGKILL')
      },
    }
  },
}

let data: string
let keyring: Keyring
let shell: Shell | undefined

beforeEach(async ({ skip }) => {
  skip(missing !== undefined, missing)
  data = await mkdtemp(join(tmpdir(), 'journey-'))
  keyring = await startKeyring()
})

afterEach(async () => {
  if (missing !== undefined) return
  await shell?.close()
  shell = undefined
  await keyring[Symbol.asyncDispose]()
  await rm(data, { recursive: true, force: true })
})

describe.each(Object.keys(shells))('%s', name => {
  it('takes a key to the keychain and switches the default, and the next request obeys both', async () => {
    const upstream = await startFakeOpenai({ key: KEY })
    upstream.answers((response, { body }) => wholeWords(response, `I am ${String(body['model'])}`))
    const env = { ...textsOf(keyring.env), OPENAI_API_BASE_URL: upstream.url }
    try {
      shell = await (shells[name] ?? fail)(data, env)
      const { page, url } = shell
      const ask = async (model: string) => {
        const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0 })
        const answer = await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'hello' }] })
        return answer.choices[0]?.message.content
      }

      // A test request makes the first row, from the demo as long as there is no key.
      await page.getByRole('button', { name: 'Send a test request' }).first().click()
      await page.getByRole('link', { name: /Traffic/ }).click()
      const row = page.getByRole('row').filter({ hasText: 'demo' }).first()
      await row.getByText('ok').waitFor()

      await page.getByRole('link', { name: /Accounts/ }).click()
      await page.getByRole('main').getByRole('button', { name: 'Add a key' }).first().click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Key', { exact: true }).fill(KEY)
      await dialog.getByText('OpenAI').first().waitFor()
      await dialog.getByRole('button', { name: 'Save' }).click()
      await dialog.waitFor({ state: 'detached' })
      await page.getByText('…cdef').first().waitFor()
      expect((await lip(['keys', 'list', '--data-dir', data], { env })).out).toMatch(/openai {2}…cdef {2}keychain/)
      await expect.poll(() => ask('openai:gpt-x').catch(() => ''), soon).toBe('I am gpt-x')

      await page.keyboard.press('Control+Shift+M')
      await page.getByPlaceholder('Find a backend or a model').fill('gpt-y')
      await page.getByRole('option', { name: /gpt-y/ }).first().click()
      await expect
        .poll(() => readFile(join(data, 'config.yaml'), 'utf8').catch(() => ''), soon)
        .toContain('default_backend: openai:gpt-y')
      expect(await ask('')).toBe('I am gpt-y')
      expect(await page.content()).not.toContain(KEY)
    } finally {
      await upstream.close()
    }
  })
})

function fail(): never {
  throw new Error('there is no such shell')
}

/** An environment without what is not set. */
function textsOf(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
