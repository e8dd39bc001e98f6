import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { chromium } from 'playwright-core'
import { findChromium } from '../test/electron-host/chromium/find.ts'

/*
 * Draws the pictures that desktops want from the SVG files in this folder. To be run when one of those has changed; what it
 * draws is committed, so nobody needs it to build.
 *
 *   node assets/render.mjs
 *
 * built/icons/     goes with the program: the tray's pictures by system, the window's
 * installer/       goes with the installers: the app's picture
 */

const here = import.meta.dirname
const shapes = ['stopped', 'running', 'busy', 'attention', 'error']

/** On Linux nobody can tell the panel's colour. This grey has a contrast of 5.3 : 1 on black and of 3.9 : 1 on white. */
const LINUX = '#808080'
const trayIconSizes = [16, 20, 24, 32, 40, 48]
const appIconSizes = [16, 32, 48, 64, 128, 256, 512]
/** The types of pictures in an .icns file that may be PNGs, with their sizes in pixels; those of 16 and 32 may not. */
const icnsTypes = { ic07: 128, ic08: 256, ic09: 512, ic10: 1024, ic11: 32, ic12: 64, ic13: 256, ic14: 512 }
/** macOS leaves room about an icon: its grid has 824 of 1024 pixels. */
const MAC_MARGIN = 100 / 1024

const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] })
const page = await browser.newPage()
await rm(join(here, 'built'), { recursive: true, force: true })
await rm(join(here, 'installer'), { recursive: true, force: true })

for (const shape of shapes) {
  const svg = await readFile(join(here, 'tray', `${shape}.svg`), 'utf8')
  const icons = 'built/icons/tray'
  await save(`${icons}/mac/${shape}Template.png`, await draw(svg, 18, { color: 'black' }))
  await save(`${icons}/mac/${shape}Template@2x.png`, await draw(svg, 36, { color: 'black' }))
  for (const [ground, color] of [
    ['dark', 'white'],
    ['light', 'black'],
  ]) {
    await save(`${icons}/windows/${shape}-on-${ground}.ico`, ico(await drawAll(svg, trayIconSizes, { color })))
  }
  await save(`${icons}/linux/${shape}.png`, await draw(svg, 24, { color: LINUX }))
  await save(`${icons}/linux/${shape}@2x.png`, await draw(svg, 48, { color: LINUX }))
}

const app = await readFile(join(here, 'app.svg'), 'utf8')
await save('built/icons/window.png', await draw(app, 256))
for (const size of appIconSizes) await save(`installer/icons/${size}x${size}.png`, await draw(app, size))
await save(
  'installer/icon.ico',
  ico(
    await drawAll(
      app,
      appIconSizes.filter(size => size <= 256),
    ),
  ),
)
await save('installer/icon.icns', icns(await drawAll(app, Object.values(icnsTypes), { margin: MAC_MARGIN })))
await browser.close()

/** An SVG as a PNG of so many pixels, with transparent ground. */
async function draw(svg, size, { color = 'black', margin = 0 } = {}) {
  const inner = size - 2 * Math.round(size * margin)
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(
    `<style>html,body{margin:0;height:100%}body{display:grid;place-items:center;color:${color}}svg{width:${inner}px;height:${inner}px;display:block}</style>${svg}`,
  )
  return page.screenshot({ omitBackground: true })
}

async function drawAll(svg, sizes, look) {
  const pictures = new Map()
  for (const size of sizes) pictures.set(size, await draw(svg, size, look))
  return pictures
}

/** PNGs in a Windows icon file: a header, a directory entry of 16 bytes for each, the pictures. */
function ico(pictures) {
  const header = Buffer.alloc(6 + 16 * pictures.size)
  header.writeUInt16LE(1, 2)
  header.writeUInt16LE(pictures.size, 4)
  let offset = header.length
  let at = 6
  for (const [size, png] of pictures) {
    // 256 does not fit in a byte, and is written as 0.
    header.writeUInt8(size % 256, at)
    header.writeUInt8(size % 256, at + 1)
    header.writeUInt16LE(1, at + 4)
    header.writeUInt16LE(32, at + 6)
    header.writeUInt32LE(png.length, at + 8)
    header.writeUInt32LE(offset, at + 12)
    offset += png.length
    at += 16
  }
  return Buffer.concat([header, ...pictures.values()])
}

/** PNGs in a macOS icon file: each after its type and its length, both of which the length counts too. */
function icns(pictures) {
  const entries = Object.entries(icnsTypes).map(([type, size]) => chunk(type, pictures.get(size)))
  return chunk('icns', Buffer.concat(entries))
}

function chunk(type, content) {
  const header = Buffer.alloc(8)
  header.write(type, 'latin1')
  header.writeUInt32BE(content.length + 8, 4)
  return Buffer.concat([header, content])
}

async function save(path, content) {
  const file = join(here, path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, content)
}
