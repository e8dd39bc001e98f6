import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import { cp } from 'node:fs/promises'
import type { Plugin } from 'vite'

export default defineConfig({
  main: {
    plugins: [pictures(), plainText()],
    build: {
      outDir: 'out/main',
      // Bundled whole, so that the program starts from a few files; only the native keychain stays outside.
      externalizeDeps: false,
      // Half the time of a start is reading the program.
      minify: true,
      rolldownOptions: {
        input: { index: 'main/index.ts', cli: 'proxy/cli.ts', 'store-worker': 'proxy/traffic/store-worker.ts' },
        external: ['electron', '@napi-rs/keyring'],
        // Our own modules do nothing by being imported, so a second start of the app, which ends at once, loads few of them.
        treeshake: { moduleSideEffects: id => id.includes('/node_modules/') },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      // One self-contained CommonJS file: the preload script of a sandboxed page can require no other.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: 'main/preload.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    // Relative, so that the same files are served at app://… and under /app/.
    base: './',
    plugins: [react(), tailwind(), noInjectedStyles()],
    build: {
      outDir: 'out/renderer',
      emptyOutDir: true,
      target: 'chrome140',
      minify: true,
      reportCompressedSize: false,
      // One file, read from the disk: there is nothing to gain from cutting it up. The test of its size has the limit.
      chunkSizeWarningLimit: 800,
      // The content security policy takes fonts from files only, not from data: addresses.
      assetsInlineLimit: 0,
      rolldownOptions: { input: 'renderer/index.html' },
    },
  },
})

/**
 * Programs of ASCII alone, with escapes for the rest: V8 keeps a source with one character beyond Latin-1 in it as two bytes for
 * each, which are 3 MB of the memory of an idle server.
 */
function plainText(): Plugin {
  const escape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return {
    name: 'plain-text',
    // After the minifier, which would write the characters themselves.
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === 'chunk') file.code = file.code.replace(/[^\0-\x7f]/g, escape)
      }
    },
  }
}

/** The pictures of the tray and the window, beside the program and by the names that the systems go by. */
function pictures(): Plugin {
  return { name: 'pictures', writeBundle: () => cp('assets/built', 'out/main', { recursive: true }) }
}

/**
 * The window's content security policy takes styles from its own files only. These two packages would put a <style> into
 * the page; what sonner's says is in styles.css, and what the other's says (a page that does not scroll) is so already.
 */
function noInjectedStyles(): Plugin {
  return {
    name: 'no-injected-styles',
    transform(code, id) {
      if (/\/sonner\/dist\/index\.mjs/.test(id)) return code.replace('function __insertCSS(code) {', '$& return;')
      if (/\/react-style-singleton\/.*\/singleton\.js/.test(id))
        return code.replace('function makeStyleTag() {', '$& return null;')
      return undefined
    },
  }
}
