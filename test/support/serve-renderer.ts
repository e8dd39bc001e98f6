import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { build } from 'vite'

const root = join(import.meta.dirname, '..', '..')
const types: Readonly<Record<string, string | undefined>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
}

/** Serves the built window on a free port of the loopback, with the fake app in place of the real one. */
export async function serveRenderer(port = 0): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const fakeApp = await bundleFakeApp()
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    void answer(pathname === '/' ? 'index.html' : pathname.slice(1)).then(
      content => response.writeHead(200, { 'content-type': types[extname(pathname)] ?? types['.html'] }).end(content),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))

  async function answer(name: string): Promise<string | Buffer> {
    if (name === 'fake-app.js') return fakeApp
    const content = await readFile(join(root, 'out', 'renderer', name))
    if (name !== 'index.html') return content
    return content.toString().replace('<title>', '<script src="./fake-app.js"></script><title>')
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The fake app as one script that needs nothing. */
async function bundleFakeApp(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      lib: { entry: join(root, 'test', 'renderer', 'fake-page.ts'), formats: ['iife'], name: 'fakeApp' },
    },
  })
  const bundles = Array.isArray(result) ? result : [result]
  const script = bundles
    .flatMap(bundle => ('output' in bundle ? bundle.output : []))
    .find(file => file.type === 'chunk')
  if (script === undefined) throw new Error('the fake app was not built')
  return script.code
}
