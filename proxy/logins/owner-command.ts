import { spawn } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import type { LoginWorld, OwnerCommand } from './login.ts'

/** How long an owner's program may take to renew its credential, in milliseconds. */
const PATIENCE_MS = 60_000
/** Of what it prints, this much is looked at. */
const MOST_OUTPUT = 1_000_000

/** The path of a program, looked for as a shell would; nothing if it is not installed. */
export async function findProgram(name: string, { env, platform }: LoginWorld): Promise<string | undefined> {
  const endings = platform === 'win32' ? (env['PATHEXT'] ?? '.EXE;.CMD;.BAT').split(';') : ['']
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter(folder => folder !== '')
  for (const folder of folders) {
    for (const ending of endings) {
      const path = join(folder, name + ending)
      if (
        await access(path, constants.X_OK).then(
          () => true,
          () => false,
        )
      )
        return path
    }
  }
  return undefined
}

/**
 * Runs the owner's program so that it renews its own credential. Gives what went wrong, in words, or nothing. What it
 * prints is not kept: it may hold anything.
 */
export async function runOwner(command: OwnerCommand, world: LoginWorld): Promise<string | undefined> {
  const path = await findProgram(command.program, world)
  if (path === undefined) return `${command.program} is not installed, or not on the PATH`
  return new Promise(resolve => {
    const child = spawn(path, command.args, {
      env: { ...world.env },
      cwd: world.home,
      stdio: ['pipe', 'pipe', 'ignore'],
      // Only a shell runs what npm puts on the PATH on Windows; nothing in the arguments comes from outside.
      shell: world.platform === 'win32' && /\.(cmd|bat)$/i.test(path),
      windowsHide: true,
    })
    let output = ''
    const timer = setTimeout(() => done(`it did not end within ${PATIENCE_MS / 1000} s`), PATIENCE_MS)

    function done(trouble: string | undefined) {
      clearTimeout(timer)
      child.kill()
      resolve(trouble)
    }
    child.on('error', error => done(`it could not be started (${error.message})`))
    child.on('exit', code => {
      if (command.talk !== undefined) done('it ended before it answered')
      else done(code === 0 ? undefined : `it ended with code ${String(code)}`)
    })
    child.stdout.on('data', (chunk: Buffer) => {
      if (command.talk === undefined || output.length > MOST_OUTPUT) return
      output += chunk.toString('utf8')
      if (command.talk.until.test(output)) done(undefined)
    })
    child.stdin.on('error', () => undefined)
    if (command.talk === undefined) child.stdin.end()
    else for (const line of command.talk.lines) child.stdin.write(`${line}\n`)
  })
}
