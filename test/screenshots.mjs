import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { chromium } from 'playwright-core'
import { chromiumOptions } from './support/chromium.ts'
import { startBusyApp } from './support/busy-app.ts'

/*
 * Pictures of every screen of the window in front of the running app under load, in both themes and at both sizes that are
 * looked at. Needs a build and Chromium (CHROMIUM names another than Debian's).
 *
 *   npm run screenshots                          into out/screenshots
 *   npm run screenshots -- FOLDER [name ...]     elsewhere, or only the shots of these names
 */

/* global document, requestAnimationFrame */
const root = dirname(import.meta.dirname)
const [folder = join(root, 'out', 'screenshots'), ...only] = process.argv.slice(2)
const app = await startBusyApp(join(root, 'out', 'main', 'cli.js'))
const { url } = app
const sizes = [
  { width: 1180, height: 760 },
  { width: 860, height: 560 },
]
const themes = ['light', 'dark']
/** Requests that are in the list before the first picture, so that it is full and the lines have a shape. */
const ENOUGH = 80

/** What is looked at: a place, and what is done there before the picture is taken. */
const shots = {
  overview: page => page.goto(at('overview')),
  traffic: async page => {
    await page.goto(at('traffic'))
    await page.getByRole('region', { name: 'Requests' }).waitFor()
  },
  detail: async page => {
    await page.goto(at('traffic'))
    await page.getByRole('row').nth(6).click()
    await page.getByRole('tab').first().waitFor()
  },
  sessions: async page => {
    await page.goto(at('sessions'))
    await page.getByRole('row').nth(1).click()
    await page.getByRole('region', { name: 'Session detail' }).waitFor()
  },
  accounts: page => page.goto(at('accounts')),
  logins: page => page.goto(at('accounts?tab=logins')),
  backends: page => page.goto(at('accounts?tab=backends')),
  'add-key': async page => {
    await page.goto(at('accounts'))
    await page.getByRole('main').getByRole('button', { name: 'Add a key' }).first().click()
    await page.getByRole('dialog').waitFor()
  },
  routing: page => page.goto(at('routing')),
  'routing-text': page => page.goto(at('routing?view=text')),
  settings: page => page.goto(at('settings')),
  palette: async page => {
    await page.goto(at('overview'))
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').waitFor()
  },
  route: async page => {
    await page.goto(at('overview'))
    await page.keyboard.press('Control+Shift+m')
    await page.getByRole('option').first().waitFor()
  },
  shortcuts: async page => {
    await page.goto(at('overview'))
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
  },
}

await mkdir(folder, { recursive: true })
const browser = await chromium.launch(chromiumOptions)
const page = await browser.newPage({ viewport: sizes[0], reducedMotion: 'reduce' })
page.on('console', message => {
  if (message.type() === 'error' || message.type() === 'warning') console.log(`${message.type()}: ${message.text()}`)
})
page.on('pageerror', error => console.log(`page error: ${error.message}`))
// The token in the address is taken at the first load; the places after it go by its hash alone.
await page.goto(url)
await page.goto(at('traffic'))
await page.waitForFunction(
  enough => Number(document.querySelector('[role=grid]')?.getAttribute('aria-rowcount')) > enough,
  ENOUGH,
)
for (const [name, go] of Object.entries(shots)) {
  if (only.length > 0 && !only.includes(name)) continue
  await go(page)
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const viewport of sizes) {
      await page.setViewportSize(viewport)
      await drawn(page)
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${viewport.width}.png`) })
    }
  }
  await page.setViewportSize(sizes[0])
  await page.keyboard.press('Escape')
}
await browser.close()
await app.stop()
console.log(`written to ${folder}`)

/** What a change of the theme or the size brings about has been drawn. */
function drawn(page) {
  return page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame++) await new Promise(resolve => requestAnimationFrame(resolve))
  })
}

function at(screen) {
  const place = new URL(url)
  place.hash = `#/${screen}`
  return place.href
}
