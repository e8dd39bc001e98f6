import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Writes a folder that electron-builder takes for Electron's distribution for Linux, with no program in it. What it makes
 * of that shows what a package holds, and can't be run.
 */
export async function makeStubElectron(folder, version) {
  const files = {
    version,
    LICENSE: '',
    'LICENSES.chromium.html': '',
    'chrome-sandbox': script,
    chrome_crashpad_handler: script,
    electron: script + fuseWire,
    'icudtl.dat': '',
    'resources.pak': '',
    'snapshot_blob.bin': '',
    'v8_context_snapshot.bin': '',
    'locales/en-US.pak': '',
  }
  await mkdir(join(folder, 'locales'), { recursive: true })
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content, { mode: 0o755 })
}

const script = '#!/bin/sh\necho "This package has no Electron in it; it was made to look at." >&2\nexit 1\n'

/** Where Electron's program keeps its fuses: a mark, the version of the list, its length, and a digit for each fuse. */
const fuseWire = '#dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX\x01\x09101100010\n'
