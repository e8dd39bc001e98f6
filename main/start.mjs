import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { findElectron } from './electron-binary.mjs'
import { passSignals, pinnedNode, prepare } from './prepare.mjs'

/*
 * `npm start`: makes the checkout ready, then opens the desktop app, or the headless server where there can be no window.
 *
 *   node main/start.mjs …              the desktop app if it can be, else the headless server
 *   node main/start.mjs --headless …   the headless server
 *   node main/start.mjs --cli …        any command of the CLI: `--cli keys set openai`
 *
 * All other arguments are passed on. What is said here goes to stderr, so that a command's output stays its own.
 */

const root = dirname(dirname(fileURLToPath(import.meta.url)))

try {
  await prepare(root)
  const { command, args } = program(process.argv.slice(2))
  process.exitCode = await become(command, args)
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

/** What to run for our own arguments. */
function program(args) {
  const cli = [join(root, 'out', 'main', 'cli.js')]
  if (args[0] === '--cli') return { command: pinnedNode(root), args: [...cli, ...args.slice(1)] }

  const rest = args.filter(arg => arg !== '--headless')
  const headless = { command: pinnedNode(root), args: [...cli, 'serve', ...rest] }
  if (rest.length < args.length) return headless

  const electron = findElectron(root)
  if ('binary' in electron) return { command: electron.binary, args: [...electronFlags(), root, ...rest] }
  console.error(`No window: ${electron.missing}. Starting without one.`)
  return headless
}

/** Chromium's sandbox does not work as root, and Electron refuses to start without being told so. */
function electronFlags() {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []
}

/** Runs a program in our place: it has our terminal, gets our signals, and its end is ours. Resolves with its exit code. */
function become(command, args) {
  // ELECTRON_RUN_AS_NODE is set in the terminals of editors made with Electron, and would make a plain Node of ours.
  const env = { ...process.env }
  delete env.ELECTRON_RUN_AS_NODE
  const child = spawn(command, args, { stdio: 'inherit', env })
  passSignals(child)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
  })
}
