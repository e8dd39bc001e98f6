import { act, render } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { App } from '../../renderer/app.tsx'
import { connect, disconnect } from '../../renderer/bridge.ts'
import { useBackends } from '../../renderer/stores/backends.ts'
import { useConnection } from '../../renderer/stores/connection.ts'
import { useKeys } from '../../renderer/stores/keys.ts'
import { useLogins } from '../../renderer/stores/logins.ts'
import { useOverlay } from '../../renderer/stores/overlay.ts'
import type { ScreenId } from '../../renderer/stores/place.ts'
import { usePreferences } from '../../renderer/stores/preferences.ts'
import { useRoute } from '../../renderer/stores/route.ts'
import { useRouting } from '../../renderer/stores/routing.ts'
import { useRoutingText } from '../../renderer/stores/routing-text.ts'
import { useSessions } from '../../renderer/stores/sessions.ts'
import { useSettings } from '../../renderer/stores/settings.ts'
import { useStatus } from '../../renderer/stores/status.ts'
import { useTurns } from '../../renderer/stores/turns.ts'
import { createFakeBridge, type FakeBridge, type FakeWorld } from '../support/fake-bridge.ts'

/** Opens the whole window over a made-up app, at a place in it. */
export async function openApp(world: FakeWorld, place: ScreenId | `${ScreenId}?${string}` = 'overview') {
  disconnect()
  useBackends.setState(useBackends.getInitialState(), true)
  useConnection.setState(useConnection.getInitialState(), true)
  useKeys.setState(useKeys.getInitialState(), true)
  useLogins.setState(useLogins.getInitialState(), true)
  useOverlay.setState(useOverlay.getInitialState(), true)
  usePreferences.setState(usePreferences.getInitialState(), true)
  useRoute.setState(useRoute.getInitialState(), true)
  useRouting.setState(useRouting.getInitialState(), true)
  useRoutingText.setState(useRoutingText.getInitialState(), true)
  useSessions.setState(useSessions.getInitialState(), true)
  useSettings.setState(useSettings.getInitialState(), true)
  useStatus.setState(useStatus.getInitialState(), true)
  useTurns.setState(useTurns.getInitialState(), true)

  const fake = createFakeBridge(world)
  Object.assign(window, { bridge: fake.bridge })
  location.hash = `#/${place}`
  const user = userEvent.setup()
  connect()
  render(<App />)
  // The snapshot and what the screen asks for come in a few turns of the event loop.
  await act(async () => {
    for (let i = 0; i < 5; i++) await Promise.resolve()
  })
  return { user, ...fake, told: (tell: () => void) => act(async () => tell()) }
}

/** What was asked of the app by a name. */
export function askedFor(fake: Pick<FakeBridge, 'asked'>, name: string): readonly unknown[] {
  return fake.asked.filter(call => call.name === name).map(call => call.input)
}
