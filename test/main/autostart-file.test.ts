import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readEntry, withCommand, writeEntry } from '../../main/autostart-file.ts'

const about = { name: 'LLM Interactive Proxy', comment: 'One address', icon: 'llm-interactive-proxy' }
const entry = (...command: string[]) => writeEntry({ ...about, command })
const execOf = (content: string) => /^Exec=(.*)$/m.exec(content)?.[1]

/** What systemd starts autostart files with, on desktops that leave that to it. */
const generator = '/usr/lib/systemd/user-generators/systemd-xdg-autostart-generator'

describe('the autostart file', () => {
  it('starts the program with its arguments', () => {
    expect(entry('/opt/app/llm-interactive-proxy', '--hidden')).toBe(
      [
        '[Desktop Entry]',
        'Type=Application',
        'Name=LLM Interactive Proxy',
        'Comment=One address',
        'Icon=llm-interactive-proxy',
        'Exec=/opt/app/llm-interactive-proxy --hidden',
        'Terminal=false',
        'StartupNotify=false',
        'X-GNOME-Autostart-enabled=true',
        '',
      ].join('\n'),
    )
  })

  it.each([
    ['a space', '/home/me/My Apps/app', '"/home/me/My Apps/app"'],
    ['a percent sign', '/opt/100%/app', '/opt/100%%/app'],
    ['a dollar sign', '/opt/$app', '"/opt/\\\\$app"'],
    ['a quote', '/opt/"app"', '"/opt/\\\\"app\\\\""'],
    ['a backslash', '/opt/a\\b', '"/opt/a\\\\\\\\b"'],
    ['nothing in it', '', '""'],
  ])('quotes an argument with %s', (_, argument, written) => {
    expect(execOf(entry(argument))).toBe(written)
  })

  it('is read back as it was written, whatever is in the path', () => {
    for (const program of ['/opt/app', '/a b/app', '/100%/app', '/$x/`y`', '/"q"/\\/app', "/it's/app", '/tab\there']) {
      expect(readEntry(entry(program, '--hidden'))).toEqual({ isOn: true, program })
    }
  })

  it.each(['Hidden=true', 'X-GNOME-Autostart-enabled=false', 'X-MATE-Autostart-enabled=false', 'Hidden = true'])(
    'is off where the desktop’s settings put %s into it',
    line => {
      const content = entry('/opt/app').replace('X-GNOME-Autostart-enabled=true', line)
      expect(readEntry(content).isOn).toBe(false)
    },
  )

  it('is not turned off by a key of another group, or a comment', () => {
    expect(readEntry(`${entry('/opt/app')}#Hidden=true\n\n[Desktop Action quit]\nHidden=true\nExec=/x\n`)).toEqual({
      isOn: true,
      program: '/opt/app',
    })
  })

  it('gets another command without losing what others wrote into it', () => {
    const content = `${entry('/old/app', '--hidden')}X-KDE-autostart-after=panel\n\n[Desktop Action quit]\nExec=/other\n`
    const moved = withCommand(content, ['/new place/app', '--hidden'])
    expect(moved).toBe(content.replace('Exec=/old/app --hidden', 'Exec="/new place/app" --hidden'))
  })
})

describe('the autostart file, to others', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'autostart-'))
  })
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  it('is valid', async ({ skip }) => {
    const file = join(folder, 'llm-interactive-proxy.desktop')
    await writeFile(file, entry('/home/me/My Apps/100%/$app "x"', '--data-dir=/a b', '--hidden'))
    const checked = spawnSync('desktop-file-validate', [file], { encoding: 'utf8' })
    skip(checked.error !== undefined, 'an autostart file is checked by desktop-file-validate')
    expect(checked.stdout + checked.stderr).toBe('')
    expect(checked.status).toBe(0)
  })

  it('starts what we mean: systemd reads the same program and arguments from it', async ({ skip }) => {
    skip(!existsSync(generator), 'an autostart file is read by systemd’s generator')
    const program = join(folder, 'My Apps', 'app')
    const units = join(folder, 'units')
    for (const name of ['My Apps', 'autostart', 'units']) await mkdir(join(folder, name))
    await writeFile(program, '#!/bin/sh\n', { mode: 0o755 })
    await writeFile(
      join(folder, 'autostart', 'llm-interactive-proxy.desktop'),
      entry(program, '--data-dir=/a "b" c', '--hidden'),
    )
    spawnSync(generator, [units, units, units], {
      env: { XDG_CONFIG_HOME: folder, XDG_CONFIG_DIRS: join(folder, 'none'), HOME: folder, PATH: process.env.PATH },
    })
    const unit = await readFile(join(units, 'app-llm\\x2dinteractive\\x2dproxy@autostart.service'), 'utf8')
    expect(execStart(unit)).toEqual([program, '--data-dir=/a "b" c', '--hidden'])
  })
})

/** The words of a unit's ExecStart, by the quoting that systemd.service(5) and systemd.syntax(7) describe. */
function execStart(unit: string): string[] {
  const line = /^ExecStart=:?(.*)$/m.exec(unit)?.[1] ?? ''
  const words = line.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []
  return words.map(word =>
    word
      .replace(/^"(.*)"$/, '$1')
      .replaceAll(/\\(.)/g, '$1')
      .replaceAll('%%', '%')
      .replaceAll('$$', '$'),
  )
}
