import { bridgeEnd } from './bridge.ts'
import { makeCodec } from './codec.ts'
import { preloadGlobals, type PreloadWorld } from './preload.ts'

/**
 * The scripts that Chromium runs in every new document before the page's own: one in the page's world, which holds its end
 * of the bridge, and one in the preload's, which holds the other end and runs the preload. As in Electron, frames inside
 * the page get neither.
 */
export function worldScripts(
  secret: string,
  names: PreloadWorld,
  preload: { readonly path: string; readonly source: string },
) {
  const shared = `const makeCodec = ${makeCodec.toString()}\nconst bridgeEnd = ${bridgeEnd.toString()}`
  const key = JSON.stringify(secret)
  return {
    page: inMainFrame(`${shared}\nbridgeEnd(${key}, 'page', makeCodec)`),
    preload: `${inMainFrame(`${shared}
const { require, process } = (${preloadGlobals.toString()})(
  ${JSON.stringify(names)}, bridgeEnd(${key}, 'preload', makeCodec), makeCodec)
const module = { exports: {} }
;(function (require, module, exports, process, __filename, __dirname) {${preload.source}
}).call(globalThis, require, module, module.exports, process, ${JSON.stringify(preload.path)}, '')`)}
//# sourceURL=${preload.path === '' ? 'electron-host-preload' : preload.path}`,
  }
}

function inMainFrame(script: string) {
  return `if (globalThis.parent === globalThis) (() => {\n${script}\n})()`
}
