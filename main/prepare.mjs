import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, delimiter, dirname, join, relative } from 'node:path'
import process from 'node:process'

/*
 * What `npm start` and `npm test` do first. It runs before anything is installed and on any Node from 20 on, so it is
 * plain JavaScript and imports nothing but Node.
 */

/**
 * Makes a checkout ready to run: installs the packages that are missing, then builds what is older than its sources.
 * Says in one line on stderr why it does either; a tool's own output is shown only where it fails, in the error thrown.
 */
export async function prepare(root) {
  const missing = missingPackages(root)
  if (missing !== undefined) await install(root, missing)

  const sources = sourcesHash(root)
  const stale = staleBuild(root, sources)
  if (stale !== undefined) await build(root, sources, stale)
}

/**
 * Why packages have to be installed, or nothing where node_modules holds what package-lock.json asks for. Compares the
 * lock file with the record that npm keeps of what it installed (docs.npmjs.com, "Hidden Lockfiles"), so a developer's
 * own `npm install` counts too, and an `npm ci` that was cut short does not.
 */
export function missingPackages(root) {
  const record = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(record)) return 'there is no node_modules yet; this takes a minute'

  const installed = readJson(record).packages
  const wrong = Object.entries(readJson(join(root, 'package-lock.json')).packages).filter(([path, wanted]) => {
    if (path === '') return false
    // Packages for other platforms are in the lock file too; npm leaves them out.
    if (installed[path] === undefined) return wanted.optional !== true
    return installed[path].version !== wanted.version
  })
  if (wrong.length === 0) return undefined
  const [path, { version }] = wrong[0]
  const more = wrong.length === 1 ? '' : ` and ${wrong.length - 1} more`
  return `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)} ${version}${more} missing`
}

/** A hash of all that the build reads: names and contents of the sources, and the versions of what is bundled with them. */
export function sourcesHash(root) {
  const hash = createHash('sha256')
  for (const file of buildReads.flatMap(path => filesOf(join(root, path)))) {
    hash.update(`${relative(root, file)}\0`).update(readFileSync(file))
  }
  return hash.digest('hex')
}

const buildReads = [
  'main',
  'proxy',
  'renderer',
  'assets',
  'electron.vite.config.ts',
  'package.json',
  'package-lock.json',
]

/** Why the bundles in out/ have to be built, or nothing where they were built from sources of this hash. */
export function staleBuild(root, sources) {
  const stamp = stampOf(root)
  if (!existsSync(stamp)) return 'there is no build yet'
  return readFileSync(stamp, 'utf8') === sources ? undefined : 'the sources have changed'
}

/**
 * The Node that the project pins (the devDependency `node`), or the one that runs us where no binary of it is installed,
 * as on platforms that it is not made for. Throws where that one is too old.
 */
export function pinnedNode(root) {
  const file = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (existsSync(file)) return file
  if (Number.parseInt(process.versions.node) >= 24) return process.execPath
  throw new Error(
    `Node 24 is needed, and this is ${process.version}. It comes with the package "node", whose install script npm did not run: ` +
      'see that npm\'s "ignore-scripts" is off, or install Node 24.',
  )
}

/** The environment for the project's tools: the programs of node_modules, the pinned Node among them, are found first. */
export function toolEnvironment(root, env = process.env) {
  // Windows spells it Path; a copy of process.env has lost that the name is the same.
  const name = Object.keys(env).find(key => key.toUpperCase() === 'PATH') ?? 'PATH'
  return { ...env, [name]: [join(root, 'node_modules', '.bin'), env[name]].filter(Boolean).join(delimiter) }
}

/** Lets a child end when we are asked to: the signals that we get go on to it until it has ended. */
export function passSignals(child) {
  const terminal = [process.stdin, process.stdout, process.stderr].some(stream => stream.isTTY)
  // Ctrl+C and a closed terminal reach the child by themselves; told twice, it would think it is asked to hurry.
  const pass = signal => !(terminal && signal !== 'SIGTERM') && child.kill(signal)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, pass)
    child.once('exit', () => process.off(signal, pass))
  }
}

async function install(root, reason) {
  console.error(`Installing packages: ${reason}.`)
  // Whatever the user's settings and the npm that runs us say: with the tools, and with words where it fails.
  const flags = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  // Under `npm start` npm names its own script, which this Node can run. Without it a shell looks for npm, because on
  // Windows that is a batch file.
  const npm = process.env.npm_execpath
  if (npm !== undefined && basename(npm) === 'npm-cli.js') await run(root, process.execPath, [npm, ...flags])
  else await run(root, `npm ${flags.join(' ')}`, [], { shell: true })
}

async function build(root, sources, reason) {
  console.error(`Building: ${reason}.`)
  rmSync(stampOf(root), { force: true })
  await run(root, pinnedNode(root), [
    join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'),
    'build',
    '--logLevel',
    'warn',
  ])
  mkdirSync(dirname(stampOf(root)), { recursive: true })
  writeFileSync(stampOf(root), sources)
}

/** Where the hash of the built sources is kept: beside the bundles, so that deleting out/ deletes it too. */
function stampOf(root) {
  return join(root, 'out', '.sources')
}

/** Runs a tool in silence; its output is in the error thrown where it fails. */
function run(root, command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: toolEnvironment(root),
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
    })
    passSignals(child)
    const output = []
    child.stdout.on('data', chunk => output.push(chunk))
    child.stderr.on('data', chunk => output.push(chunk))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0) return resolve()
      const what = [command, ...args].map(word => basename(word)).join(' ')
      reject(new Error(`${Buffer.concat(output).toString()}\n${what} failed (${signal ?? `exit code ${code}`}).`))
    })
  })
}

/** The files below a folder in a steady order; a file itself; nothing where there is nothing. */
function filesOf(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return []
  if (!stat.isDirectory()) return [path]
  return readdirSync(path)
    .sort()
    .flatMap(name => filesOf(join(path, name)))
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'))
}
