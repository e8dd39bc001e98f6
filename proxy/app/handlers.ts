import { listModels } from '../server/models.ts'
import type { AppParts } from './parts.ts'
import { readBackend, removeBackend, saveBackend, useKeys, usesOfBackend } from './backend-calls.ts'
import { backendRows, routeOf } from './backend-rows.ts'
import { testBackend } from './backend-test.ts'
import type { Handlers } from './contract.ts'
import { countersOf } from './figures.ts'
import { addKey, guessKey, removeKey, testBackendKey, unlockKeys } from './key-calls.ts'
import { listKeys } from './key-rows.ts'
import type { createLiveTurns } from './live-turns.ts'
import { allowWriteBack, disableLogin, enableLogin, listLogins, onboardLogin } from './login-calls.ts'
import { planKeys } from './new-key.ts'
import { explainRoute, listBreakers, resetBreaker } from './route-calls.ts'
import { editRewrites, editRules, readRouting, removeNamedRoute, saveNamedRoute } from './routing-calls.ts'
import { checkRoutingText, readRoutingText, saveRoutingText } from './routing-text.ts'
import { clearSession, forgetSession, listSessions, readSession, setInSession } from './session-calls.ts'
import { createSessionTitles } from './session-titles.ts'
import { listSettings, setRoute, setSetting } from './setting-calls.ts'
import { sendTestTurn } from './test-turn.ts'
import { listTurns, readTurn, stopTurn } from './turn-calls.ts'

/** How many closed turns a window is given to begin with. */
const FIRST_TURNS = 200

/** The contract fulfilled: one entry a call, in the contract's order. */
export function createHandlers(parts: AppParts, live: ReturnType<typeof createLiveTurns>): Handlers {
  const { options, journal, store, notices, status, start, stop } = parts
  const titles = createSessionTitles(journal, () => parts.loaded().config.commands.prefix)
  return {
    'app.snapshot': async () => {
      // Taken first: what is told while the rest is gathered comes again as notices.
      const seq = notices.seq()
      return {
        seq,
        status: status(),
        counters: await countersOf(journal, store, new Date()),
        backends: await backendRows(parts),
        route: routeOf(parts),
        turns: [...journal.live(), ...(await newestTurns())].map(live.row),
      }
    },
    'app.decideQuit': ({ choice }) => {
      if (options.desktop === undefined) return elsewhere
      options.desktop.decideQuit(choice)
      return { supported: true }
    },
    'proxy.start': ({ port }) => start(port),
    'proxy.stop': () => stop(),
    'proxy.restart': async () => {
      await stop()
      return start()
    },
    'route.set': choice => setRoute(parts, choice),
    'routing.get': () => readRouting(parts),
    'routing.editRules': edit => editRules(parts, edit),
    'routing.editRewrites': edit => editRewrites(parts, edit),
    'routing.saveRoute': asked => saveNamedRoute(parts, asked),
    'routing.removeRoute': ({ name }) => removeNamedRoute(parts, name),
    'routing.text': () => readRoutingText(parts),
    'routing.checkText': asked => checkRoutingText(parts, asked),
    'routing.saveText': asked => saveRoutingText(parts, asked),
    'routing.explain': asked => explainRoute(parts, asked),
    'breakers.list': () => listBreakers(parts),
    'breakers.reset': ({ target }) => resetBreaker(parts, target),
    'models.list': async () => {
      const proxy = parts.proxy()
      if (proxy === undefined) return []
      return [...(await listModels(proxy.state()))]
    },
    'turns.list': query => listTurns(parts, query),
    'turns.get': ({ id }) => readTurn(parts, id),
    'turns.stop': turn => stopTurn(parts, turn),
    'turns.test': () => sendTestTurn(parts),
    'sessions.list': asked => listSessions(parts, titles, asked),
    'sessions.get': ({ id }) => readSession(parts, titles, id),
    'sessions.change': asked => setInSession(parts, asked),
    'sessions.clear': asked => clearSession(parts, asked),
    'sessions.forget': asked => forgetSession(parts, asked),
    'keys.list': () => listKeys(parts),
    'keys.guess': ({ value }) => guessKey(value),
    'keys.plan': asked => planKeys(parts, asked),
    'keys.add': key => addKey(parts, key),
    'keys.unlock': ({ passphrase }) => unlockKeys(parts, passphrase),
    'keys.remove': ({ name }) => removeKey(parts, name),
    'keys.test': key => testBackendKey(parts, key),
    'backends.test': asked => testBackend(parts, asked),
    'backends.get': asked => readBackend(parts, asked),
    'backends.save': asked => saveBackend(parts, asked),
    'backends.useKeys': asked => useKeys(parts, asked),
    'backends.uses': asked => usesOfBackend(parts, asked),
    'backends.remove': asked => removeBackend(parts, asked),
    'logins.list': asked => listLogins(parts, asked),
    'logins.enable': asked => enableLogin(parts, asked),
    'logins.writeBack': asked => allowWriteBack(parts, asked),
    'logins.disable': asked => disableLogin(parts, asked),
    'logins.onboard': asked => onboardLogin(parts, asked),
    'settings.list': () => listSettings(parts),
    'settings.set': ({ key, value }) => setSetting(parts, key, value),
    'loginItem.get': () => options.desktop?.loginItem() ?? elsewhere,
    'loginItem.set': choice => options.desktop?.setLoginItem(choice) ?? elsewhere,
    'logs.get': () =>
      options.desktop === undefined ? logsElsewhere : { supported: true, folder: options.paths.logsFolder },
    'logs.open': async () => {
      if (options.desktop === undefined) return logsElsewhere
      await options.desktop.openFolder(options.paths.logsFolder)
      return { supported: true }
    },
    'links.open': async ({ link }) => {
      if (options.desktop === undefined) return elsewhere
      await options.desktop.openLink(link)
      return { supported: true }
    },
  }

  /** From the log, so that a window opened after a restart is not empty; from memory where the log can't be read. */
  async function newestTurns() {
    await journal.flush()
    return store.query({ limit: FIRST_TURNS }).catch(() => journal.recent(FIRST_TURNS))
  }
}

const logsElsewhere = {
  supported: false,
  reason: 'Without the desktop app the log goes to the standard error of `lip serve`.',
} as const

const elsewhere = {
  supported: false,
  reason: 'Only the desktop app can do this; here the proxy runs without one.',
} as const
