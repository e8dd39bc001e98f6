import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import process from 'node:process'

/** Debian packages that tests need beyond npm's, each with a file that shows that it is there. */
const packages = {
  dbus: '/usr/bin/dbus-run-session',
  'gnome-keyring': '/usr/bin/gnome-keyring-daemon',
  'libsecret-tools': '/usr/bin/secret-tool',
  chromium: '/usr/bin/chromium',
  'fonts-dejavu': '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf',
  'desktop-file-utils': '/usr/bin/desktop-file-validate',
}

/**
 * Installs the system packages that tests need, where that is ours to do: on a Debian-like Linux, as root. Anywhere else,
 * and where apt-get fails, the tests that need one skip and say so; what could be done about it is said in one line.
 */
export function installSystemPackages() {
  if (!existsSync('/usr/bin/apt-get')) return
  const missing = Object.keys(packages).filter(name => !existsSync(packages[name]))
  if (missing.length === 0) return

  const names = missing.join(' ')
  if (process.getuid() !== 0) {
    console.log(`Some tests will be skipped. For all of them: sudo apt-get install --no-install-recommends ${names}`)
    return
  }
  console.log(`Installing system packages: ${names}.`)
  const { status, output } =
    aptGet(['update']) ?? aptGet(['install', '--yes', '--no-install-recommends', ...missing]) ?? {}
  if (status !== undefined) console.log(`${output}\napt-get failed (exit code ${status}); some tests will be skipped.`)
}

/** Nothing where it went well, else its exit code and what it said. */
function aptGet(args) {
  const { status, stdout, stderr } = spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=120', '-q', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    encoding: 'utf8',
  })
  return status === 0 ? undefined : { status, output: stdout + stderr }
}
