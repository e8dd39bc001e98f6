import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { findElectron } from './electron-binary.mjs'
import { passSignals, pinnedNode, prepare, toolEnvironment } from './prepare.mjs'

/*
 * `npm run package`: builds, and makes the installers for this system with electron-builder, which fetches Electron for it.
 *
 *   npm run package                              the installers of electron-builder.yml
 *   npm run package -- --dir                     only the folder that they are made of
 *   npm run package -- --dir --without-electron  that folder around a stub, in dist/no-runtime: its contents can be looked
 *                                                at, and are by the tests, but it can't be run. So is `--dir` by itself
 *                                                where Electron is not downloaded.
 *
 * All other arguments are electron-builder's.
 */

const root = dirname(dirname(fileURLToPath(import.meta.url)))

try {
  await prepare(root)
  const args = process.argv.slice(2).filter(arg => arg !== '--without-electron')
  const withStub = args.length < process.argv.length - 2 || (args.includes('--dir') && !isDownloaded())
  process.exitCode = await electronBuilder(withStub ? await withStubFor(args) : args)
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

/** The arguments, with a stub in Electron's place. */
async function withStubFor(args) {
  if (process.platform !== 'linux') throw new Error('Electron is not downloaded (npx install-electron does it).')
  console.error('This package has no Electron in it: it is made to be looked at, and can not be run.')
  const { makeStubElectron } = await import('../test/support/stub-electron.mjs')
  const option = '-c.directories.output='
  const output = args.find(arg => arg.startsWith(option))?.slice(option.length) ?? join(root, 'dist', 'no-runtime')
  const stub = join(output, 'stub-electron')
  await makeStubElectron(stub, versionOfElectron())
  return [...args.filter(arg => !arg.startsWith(option)), `${option}${output}`, `-c.electronDist=${stub}`]
}

function isDownloaded() {
  // A display is no matter here, and the tests' stand-in for Electron is none that could be packaged.
  const env = { ...process.env, DISPLAY: ':0', ELECTRON_OVERRIDE_DIST_PATH: '' }
  return 'binary' in findElectron(root, { env })
}

function versionOfElectron() {
  return JSON.parse(readFileSync(join(root, 'node_modules', 'electron', 'package.json'), 'utf8')).version
}

function electronBuilder(args) {
  const cli = fileURLToPath(import.meta.resolve('electron-builder/cli.js'))
  const child = spawn(pinnedNode(root), [cli, ...args], { cwd: root, stdio: 'inherit', env: toolEnvironment(root) })
  passSignals(child)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', code => resolve(code ?? 1))
  })
}
