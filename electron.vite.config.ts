import { defineConfig } from 'electron-vite'

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      // Bundled whole, so that the program starts from a few files; only the native keychain stays outside.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: 'main/index.ts', cli: 'proxy/cli.ts', 'store-worker': 'proxy/traffic/store-worker.ts' },
        external: ['electron', '@napi-rs/keyring'],
      },
    },
  },
})
