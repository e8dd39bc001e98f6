import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { expect, test } from 'vitest'
import { chromiumOptions } from '../support/chromium.ts'
import { lip, serve } from '../support/cli.ts'
import { startFakeOpenai, wholeWords } from '../support/fake-openai.ts'

/** A conversation is found in the window, sent to another model there, and forgotten; its client notices nothing of it. */
test('A conversation is sent elsewhere in the window, and its next turn goes there', { timeout: 60_000 }, async () => {
  const upstream = await startFakeOpenai({ models: ['gpt-x', 'gpt-y'] })
  upstream.answers((response, { body }) => wholeWords(response, `I am ${String(body['model'])}`))
  const data = await mkdtemp(join(tmpdir(), 'journey-'))
  await writeFile(
    join(data, 'config.yaml'),
    `backends: { work: { type: custom, protocol: openai-chat, api_url: "${upstream.url}", api_key: env:WORK_KEY } }\n`,
  )
  const env = { WORK_KEY: upstream.key }
  const server = await serve(['--port', '0', '--data-dir', data], env)
  const browser = await chromium.launch(chromiumOptions)
  try {
    const ask = async () => {
      const answer = await fetch(`${server.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'x-session-id': 'of-the-journey', 'user-agent': 'opencode/1.0' },
        body: JSON.stringify({ model: 'work:gpt-x', messages: [{ role: 'user', content: 'Which one are you?' }] }),
      })
      const { choices } = (await answer.json()) as { choices: { message: { content: string } }[] }
      return choices[0]?.message.content
    }
    const page = await browser.newPage({ viewport: { width: 1180, height: 760 } })
    await page.goto(server.dashboard)
    await page.getByRole('link', { name: 'Sessions' }).click()
    await page.getByText('No conversations yet.').waitFor()

    expect(await ask()).toBe('I am gpt-x')
    await page.getByRole('row').filter({ hasText: 'Which one are you?' }).click()
    const detail = page.getByRole('region', { name: 'Session detail' })
    await detail.getByText('Its next turn goes to work:gpt-x').waitFor()
    await detail.getByRole('button', { name: 'Change something' }).click()
    await detail.getByLabel('Value').fill('work:gpt-y')
    await detail.getByRole('button', { name: 'Set' }).click()
    await detail.getByText('Its next turn goes to work:gpt-y').waitFor()
    expect(await ask()).toBe('I am gpt-y')
    expect((await lip(['sessions', '--data-dir', data], { env })).out).toContain('model: work:gpt-y')

    await detail.getByRole('button', { name: 'Show in Traffic' }).click()
    await expect.poll(() => page.getByRole('row').count()).toBe(3)
    await page.goBack()
    await detail.getByRole('button', { name: 'Forget' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Forget' }).click()
    await page.getByText('No conversations yet.').waitFor()
    expect(await ask()).toBe('I am gpt-x')
  } finally {
    await browser.close()
    await server.stop('SIGKILL')
    await upstream.close()
    await rm(data, { recursive: true, force: true })
  }
})
