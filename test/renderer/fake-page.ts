import { createFakeBridge, type FakeBridge, type FakeWorld } from '../support/fake-bridge.ts'
import { worlds } from '../support/fake-worlds.ts'

/*
 * Runs in the page before the window does, and puts the fake app where the preload script puts the real one. The address
 * says which world (`?world=crowded`), and whether its streams tick (`&live`).
 */

declare global {
  interface Window {
    /** For tests, to change the world. */
    fake: FakeBridge
  }
}

const params = new URLSearchParams(location.search)
const all: Readonly<Record<string, FakeWorld | undefined>> = worlds
const fake = createFakeBridge(all[params.get('world') ?? 'lively'])
if (params.has('live')) fake.control.live()
Object.assign(window, { fake, bridge: fake.bridge })
