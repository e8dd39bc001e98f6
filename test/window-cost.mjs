import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { chromium } from 'playwright-core'
import { startBusyApp } from './support/busy-app.ts'
import { chromiumOptions } from './support/chromium.ts'

/*
 * What the window costs, in Chromium in front of the running app: its size, its first paint, its memory, and the frames
 * that are drawn in ten seconds of a window that nobody works in, idle and under load. Needs a build.
 *
 *   node test/window-cost.mjs
 */

/* global document, location */
const root = dirname(import.meta.dirname)
const SECONDS = 10

printSizes(join(root, 'out', 'renderer', 'assets'))
const browser = await chromium.launch(chromiumOptions)
for (const isBusy of [false, true]) {
  const app = await startBusyApp(join(root, 'out', 'main', 'cli.js'), { isBusy })
  const page = await browser.newPage({ viewport: { width: 1180, height: 760 } })
  // A page without a head has the focus, whatever is done; this is how the window asks whether it has.
  await page.addInitScript(() => (document.hasFocus = () => false))
  await page.goto(app.url)
  await page.getByRole('navigation').waitFor()
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
  if (!isBusy) console.log(`first contentful paint ${await firstPaint(page)} ms, script heap ${await heap(cdp)} MB`)
  for (const screen of ['overview', 'traffic', 'keys', 'settings']) {
    await page.evaluate(to => (location.hash = `#/${to}`), screen)
    await page.waitForTimeout(2000)
    const { drawn, painted, cpuMs } = await framesIn(cdp, SECONDS)
    console.log(
      `${isBusy ? 'busy' : 'idle'} ${screen}: ${drawn} frames drawn, ${painted} paints, ${cpuMs} ms of the page's thread in ${SECONDS} s`,
    )
  }
  if (isBusy) console.log(`script heap after ${SECONDS * 4} s of load ${await heap(cdp)} MB`)
  await page.close()
  await app.stop()
}
await browser.close()

function printSizes(folder) {
  for (const name of readdirSync(folder).filter(file => /\.(js|css)$/.test(file))) {
    const bytes = readFileSync(join(folder, name))
    console.log(`${name}: ${kb(bytes.length)} kB, ${kb(gzipSync(bytes).length)} kB gzip`)
  }
}

/** Counts in a trace of the browser itself: a page that draws nothing can't count its frames. */
async function framesIn(cdp, seconds) {
  const events = []
  const collect = ({ value }) => events.push(...value)
  cdp.on('Tracing.dataCollected', collect)
  const before = await threadMs(cdp)
  await cdp.send('Tracing.start', {
    transferMode: 'ReportEvents',
    categories: 'disabled-by-default-devtools.timeline.frame,disabled-by-default-devtools.timeline,devtools.timeline',
  })
  await new Promise(resolve => setTimeout(resolve, seconds * 1000))
  const complete = new Promise(resolve => cdp.once('Tracing.tracingComplete', resolve))
  await cdp.send('Tracing.end')
  await complete
  cdp.off('Tracing.dataCollected', collect)
  const count = name => events.filter(event => event.name === name).length
  return { drawn: count('DrawFrame'), painted: count('Paint'), cpuMs: Math.round((await threadMs(cdp)) - before) }
}

async function threadMs(cdp) {
  return (await metric(cdp, 'TaskDuration')) * 1000
}

async function heap(cdp) {
  await cdp.send('HeapProfiler.collectGarbage')
  return Math.round((await metric(cdp, 'JSHeapUsedSize')) / 1e5) / 10
}

async function metric(cdp, wanted) {
  const { metrics } = await cdp.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === wanted)?.value ?? 0
}

function firstPaint(page) {
  return page.evaluate(() => Math.round(performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0))
}

function kb(bytes) {
  return Math.round(bytes / 100) / 10
}
