/// <reference types="node" />
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Browser, chromium, type Page } from 'playwright-core'
import { chromiumOptions } from '../support/chromium.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { WorldName } from '../support/fake-worlds.ts'
import { serveRenderer } from '../support/serve-renderer.ts'

/** The built window in a real Chromium, over the fake app. */

const root = join(import.meta.dirname, '..', '..')
let browser: Browser
let served: Awaited<ReturnType<typeof serveRenderer>>

beforeAll(async () => {
  served = await serveRenderer()
  browser = await chromium.launch(chromiumOptions)
})
afterAll(async () => {
  await browser.close()
  await served.close()
})

interface Look {
  readonly world?: WorldName
  readonly place?: string
  readonly live?: boolean
}

/** Opens the window in a fresh profile; the page fails the test where it breaks its own content security policy. */
async function open({ world = 'lively', place = 'overview', live = false }: Look) {
  const context = await browser.newContext({
    viewport: { width: 1180, height: 760 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(error.message))
  await page.goto(`${served.url}?world=${world}${live ? '&live' : ''}#/${place}`)
  await page.getByRole('navigation').waitFor()
  return { page, complaints, close: () => context.close() }
}

describe('Nothing stands in anybody’s way', async () => {
  const axe = await readFile(join(root, 'node_modules', 'axe-core', 'axe.min.js'), 'utf8')
  const main = (page: Page) => page.getByRole('main')
  const states: readonly (readonly [name: string, look: Look, go?: (page: Page) => Promise<unknown>])[] = [
    ['the overview', { place: 'overview' }],
    ['the overview of a fresh start', { world: 'fresh' }],
    ['the overview with a taken port', { world: 'portTaken' }],
    ['a crowded overview', { world: 'crowded' }, page => page.getByRole('heading', { level: 1 }).waitFor()],
    ['the traffic', { place: 'traffic' }, page => page.getByRole('row').nth(3).waitFor()],
    ['the empty traffic', { world: 'fresh', place: 'traffic' }],
    ['the traffic with a filter that finds nothing', { place: 'traffic?q=zzz' }],
    [
      'the detail of a request',
      { place: 'traffic' },
      async page => {
        await page.getByRole('row').nth(6).click()
        await page.getByRole('tab', { name: 'Request' }).click()
        await page.getByText('"messages"').waitFor()
      },
    ],
    ['the columns’ menu', { place: 'traffic' }, page => page.getByRole('button', { name: 'View options' }).click()],
    ['the sessions', { place: 'sessions' }, page => page.getByRole('row').nth(3).waitFor()],
    ['no sessions', { world: 'fresh', place: 'sessions' }, page => page.getByText('No conversations yet.').waitFor()],
    ['sessions that failed to load', { world: 'broken', place: 'sessions' }],
    [
      'a change of a session',
      { place: 'sessions' },
      async page => {
        await page.getByRole('row').nth(3).click()
        await page.getByRole('button', { name: 'Change something' }).click()
        await page.getByText('How that is decided').click()
      },
    ],
    [
      'a session about to be forgotten',
      { place: 'sessions' },
      async page => {
        await page.getByRole('row').nth(3).click()
        await page.getByRole('button', { name: 'Forget' }).click()
      },
    ],
    ['the traffic of a session', { place: 'traffic?session=0123456789ab' }],
    ['the keys', { place: 'accounts' }, page => main(page).getByText('…7F3A').waitFor()],
    ['a weak store', { world: 'weakStore', place: 'accounts' }, page => main(page).getByText('Weak').waitFor()],
    [
      'locked keys',
      { world: 'locked', place: 'accounts' },
      page => main(page).getByText('Locked', { exact: true }).waitFor(),
    ],
    ['unlocking keys', { world: 'locked' }, page => page.getByRole('button', { name: 'Unlock…' }).click()],
    ['a quit that waits', { world: 'leaving' }, page => page.getByRole('timer').waitFor()],
    ['no keys', { world: 'fresh', place: 'accounts' }, page => main(page).getByText('No keys yet.').waitFor()],
    ['adding a key', { place: 'accounts' }, page => main(page).getByRole('button', { name: 'Add a key' }).click()],
    [
      'testing a key',
      { place: 'accounts' },
      page => main(page).getByRole('button', { name: 'Test of openai' }).click(),
    ],
    [
      'removing a key',
      { place: 'accounts' },
      async page => {
        await page.getByRole('button', { name: 'Actions for openai' }).click()
        await page.getByRole('menuitem').click()
      },
    ],
    ['the backends', { place: 'accounts?tab=backends' }, page => main(page).getByText('Needs a key').waitFor()],
    [
      'a crowd of backends',
      { world: 'crowded', place: 'accounts?tab=backends' },
      page => main(page).getByText('gateway-14', { exact: true }).waitFor(),
    ],
    [
      'a new backend',
      { place: 'accounts?tab=backends' },
      page => page.getByRole('button', { name: 'Add a backend' }).click(),
    ],
    ['the logins', { place: 'accounts?tab=logins' }, page => main(page).getByText('Needs sign-in').waitFor()],
    [
      'what a login’s user agrees to',
      { place: 'accounts?tab=logins' },
      page => page.getByRole('switch', { name: 'Use Claude (Pro, Max)' }).click(),
    ],
    ['logins that failed to load', { world: 'broken', place: 'accounts?tab=logins' }],
    ['no backend that is searched for', { place: 'accounts?tab=backends&q=zzz' }],
    [
      'a test of a backend',
      { place: 'accounts?tab=backends' },
      async page => {
        await page.getByRole('button', { name: 'Test of work' }).click()
        await page.getByRole('button', { name: 'Start the test' }).click()
        await page.getByText('This does not work.').waitFor()
      },
    ],
    ['the routing', { place: 'routing' }, page => page.getByText(/^Rests/).waitFor()],
    ['a routing of nothing', { world: 'fresh', place: 'routing' }, page => page.getByText('No rules.').waitFor()],
    [
      'two thousand rules',
      { world: 'crowded', place: 'routing' },
      page => page.getByRole('button', { name: '1,950 more' }).waitFor(),
    ],
    ['a routing that failed to load', { world: 'broken', place: 'routing' }],
    ['a rule in its sheet', { place: 'routing' }, page => page.getByRole('button', { name: 'Edit pictures' }).click()],
    ['a new named route', { place: 'routing' }, page => page.getByRole('button', { name: 'Add a route' }).click()],
    [
      'the actions of a rule',
      { place: 'routing' },
      page => page.getByRole('button', { name: 'Actions for pictures' }).click(),
    ],
    [
      'help with selectors',
      { place: 'routing' },
      page => page.getByRole('button', { name: 'Selectors and commands' }).click(),
    ],
    [
      'a routing as text that is changed, and wrong',
      { place: 'routing?view=text' },
      async page => {
        const area = page.getByRole('textbox', { name: 'The routing as YAML' })
        await area.fill((await area.inputValue()).replace('target: openai:', 'target: nosuch:'))
        await page.getByRole('button', { name: 'Show changes' }).click()
        await page.getByRole('button', { name: /^Line 16/ }).waitFor()
      },
    ],
    ['the settings', { place: 'settings' }, page => main(page).getByLabel('Port').waitFor()],
    ['settings that failed to load', { world: 'broken', place: 'settings' }],
    ['the palette', {}, page => page.keyboard.press('Control+k')],
    ['the route list', {}, page => page.keyboard.press('Control+Shift+m')],
    ['the shortcut sheet', {}, page => page.keyboard.press('?')],
    ['the endpoint’s list', {}, page => page.getByRole('button', { name: 'Base URLs by client' }).click()],
    ['the run control’s menu', {}, page => page.getByRole('button', { name: 'Proxy: Running' }).click()],
  ]

  test.each(states.map(([name, look, go]) => ({ name, look, go })))('$name', async ({ look, go }) => {
    const { page, complaints, close } = await open(look)
    await go?.(page)
    await page.evaluate(axe)
    const light = await findings(page)
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
    const dark = await findings(page)
    expect({ light, dark, complaints }).toEqual({ light: [], dark: [], complaints: [] })
    await close()
  })
})

/** What axe finds that is serious or critical, by all of its rules. */
function findings(page: Page) {
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }
    const { violations } = await axe.run()
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`))
  })
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string
    readonly impact: string
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
  }[]
}

test('Everything is reached by keyboard alone: a request is found, read and left', async () => {
  const { page, close } = await open({})
  await page.keyboard.press('Control+2')
  await page.getByRole('grid').waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('codex')
  await page.keyboard.press('[')
  // The bracket was text: the filter has it, and Escape clears it, then leaves.
  expect(await page.getByRole('searchbox').inputValue()).toBe('codex[')
  await page.keyboard.press('Backspace')
  await page.keyboard.press('Tab')
  await page.evaluate(() => (document.activeElement as HTMLElement).blur())
  await page.keyboard.press('[')
  expect(await focused(page)).toBe('traffic-list')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  expect(await focused(page)).toBe('turn-detail')
  await page.keyboard.press('2')
  expect(await page.getByRole('tab', { selected: true }).textContent()).toBe('Request')
  await page.keyboard.press('[')
  await page.keyboard.press('Escape')
  await page.getByRole('region', { name: 'Request detail' }).waitFor({ state: 'detached' })
  await close()
})

/** A place on every screen, with what is open there. */
const places = [
  'overview',
  'traffic',
  'sessions?session=000000000002',
  'accounts',
  'accounts?tab=logins',
  'accounts?tab=backends',
  'routing',
  'routing?view=text',
  'settings',
]

test.each(places)('Every control of %s is in the tab order, and shows where the focus is', async place => {
  const { page, close } = await open({ place })
  await page.getByRole('main').getByRole('button').first().waitFor()
  const reachable = await page
    .locator(
      'button:visible:not([disabled]), a[href]:visible, input:visible:not([disabled]), [role=grid], [role=tablist]',
    )
    .evaluateAll(elements =>
      elements
        // Within a group of these the arrows go on; the group itself is in the order.
        .filter(element => !['radio', 'tab'].includes(element.getAttribute('role') ?? ''))
        .filter(element => (element as HTMLElement).tabIndex < 0)
        .map(element => element.outerHTML.slice(0, 120)),
    )
  expect(reachable).toEqual([])
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  const ring = await page.evaluate(() => {
    const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement as Element)
    return `${outlineStyle} ${outlineWidth}`
  })
  expect(ring).toBe('solid 2px')
  await close()
})

test.each(places)('What is clicked in %s is large enough to be hit (24 px)', async place => {
  const { page, close } = await open({ place })
  await page.getByRole('main').getByRole('button').first().waitFor()
  const small = await page.locator('button:visible, a[href]:visible, [role=switch]:visible').evaluateAll(elements =>
    elements
      .filter(element => !element.closest('.sr-only') && element.getAttribute('href') !== '#main')
      .map(element => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.height < 24 || box.width < 24)
      .map(({ element, box }) => `${box.width}×${box.height} ${element.outerHTML.slice(0, 100)}`),
  )
  expect(small).toEqual([])
  await close()
})

test('Fifty thousand requests scroll with no more rows on the page than the window shows', async () => {
  const { page, close } = await open({ world: 'crowded', place: 'traffic' })
  await page.getByRole('row').nth(5).waitFor()
  expect(await page.getByRole('grid').getAttribute('aria-rowcount')).toBe('50001')
  // Counted in the thread's own time, so that other work on the machine is not taken for ours.
  const client = await page.context().newCDPSession(page)
  await client.send('Performance.enable', { timeDomain: 'threadTicks' })
  const busy = async () => {
    const { metrics } = await client.send('Performance.getMetrics')
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000
  }
  const steps: number[] = []
  const rows: number[] = []
  // At first by some rows, as a wheel does, then across the whole list, as its bar does.
  for (const by of [...Array.from({ length: 40 }, () => 240), ...Array.from({ length: 40 }, () => 30_000)]) {
    const before = await busy()
    await page.evaluate(async px => {
      const scroller = document.querySelector('[role=grid]')?.parentElement as HTMLElement
      scroller.scrollTop += px
      await new Promise(requestAnimationFrame)
      await new Promise(requestAnimationFrame)
    }, by)
    steps.push((await busy()) - before)
    rows.push(await page.getByRole('row').count())
  }
  const sorted = steps.toSorted((x, y) => x - y)
  // A collection of garbage may fall into any of them: the slowest few don't count.
  const [median = Number.NaN, slow = Number.NaN] = [0.5, 0.95].map(part => sorted[Math.floor(sorted.length * part)])
  console.log(
    `a step through 50,000 rows: median ${median.toFixed(1)} ms, 95 % under ${slow.toFixed(1)} ms of the page’s thread`,
  )
  expect(Math.max(...rows)).toBeLessThan(80)
  expect(Number(await page.getByRole('row').last().getAttribute('aria-rowindex'))).toBeGreaterThan(40_000)
  await close()
})

test('A window that nobody looks at and where nothing happens draws nothing', async () => {
  const { page, close } = await open({ world: 'stopped', place: 'overview' })
  await page.evaluate(() => window.dispatchEvent(new Event('blur')))
  await page.waitForTimeout(1000)
  const client = await page.context().newCDPSession(page)
  const before = await figures()
  await page.waitForTimeout(4000)
  const after = await figures()
  async function figures() {
    await client.send('Performance.enable')
    const { metrics } = await client.send('Performance.getMetrics')
    const of = (name: string) => metrics.find(metric => metric.name === name)?.value ?? Number.NaN
    return { layouts: of('LayoutCount'), styles: of('RecalcStyleCount'), script: of('ScriptDuration') }
  }
  console.log(`in 4 s idle: ${after.layouts - before.layouts} layouts, ${after.styles - before.styles} style passes`)
  expect({ layouts: after.layouts, styles: after.styles }).toEqual({ layouts: before.layouts, styles: before.styles })
  await close()
})

test('The window is small enough to be there at once', async () => {
  const folder = join(root, 'out', 'renderer', 'assets')
  const files = (await readdir(folder)).filter(name => /\.(js|css)$/.test(name))
  const sizes = await Promise.all(files.map(async name => gzipSync(await readFile(join(folder, name))).length))
  const kB = sizes.reduce((sum, size) => sum + size, 0) / 1000
  console.log(`renderer: ${kB.toFixed(0)} kB gzip of scripts and styles`)
  expect(kB).toBeLessThan(400)
  const code = await Promise.all(files.map(name => readFile(join(folder, name), 'utf8')))
  expect(code.some(text => text.includes('ZodError'))).toBe(false)
})

function focused(page: Page) {
  return page.evaluate(() => document.activeElement?.id)
}
