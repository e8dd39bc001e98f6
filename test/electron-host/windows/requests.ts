import type { Connection, PausedRequest } from '../chromium/connection.ts'
import { preventable } from '../double.ts'
import { outside } from '../outside.ts'
import { fromWire, handlerOf } from '../session/schemes.ts'
import { rulesOf } from '../session/session.ts'
import { ifGone, type Page } from './page.ts'
import { grantPermissions } from './permissions.ts'
import type { WebContents } from './web-contents.ts'

/** What the requests of a page have to know of it. */
export interface RequestSource {
  readonly browser: Connection
  readonly page: Page
  readonly contents: WebContents
  /** Whether the app itself is loading this address, rather than the page going there. */
  readonly isLoading: (wireUrl: string) => boolean
}

type Headers = Record<string, string[]>

/**
 * Answers every request of a page in the order Electron does: the page's navigations may be denied, then the session's
 * rules are asked, then the app's own schemes answer, and what is left goes to the network, of which only loopback is there.
 */
export async function answerRequests(source: RequestSource) {
  const { cdp } = source.page
  cdp.on('Fetch.requestPaused', paused => {
    const answered = paused.responseStatusCode === undefined ? answer(source, paused) : changeHeaders(source, paused)
    answered.catch((error: unknown) => {
      ifGone(error)
      cdp.send('Fetch.failRequest', { requestId: paused.requestId, errorReason: 'Failed' }).catch(ifGone)
    })
  })
  await cdp.send('Fetch.enable', { patterns: [{ urlPattern: '*', requestStage: 'Request' }] })
}

async function answer(source: RequestSource, paused: PausedRequest): Promise<void> {
  const { browser, page, contents, isLoading } = source
  const { requestId, request } = paused
  const url = fromWire(request.url)
  const fail = async (errorReason: 'Aborted' | 'BlockedByClient' | 'Failed' | 'InternetDisconnected') => {
    await page.cdp.send('Fetch.failRequest', { requestId, errorReason })
  }

  if (isFavicon(paused)) {
    // Chromium asks for it on its own; Electron does not.
    await page.cdp.send('Fetch.fulfillRequest', { requestId, responseCode: 404 })
    return
  }
  if (isMainDocument(page, paused)) {
    const byPage = !isLoading(request.url) && paused.redirectedRequestId === undefined
    if (byPage && deniesNavigation(contents, url)) return fail('Aborted')
    await grantPermissions(browser, contents, url)
  }
  const rules = rulesOf(contents.session)
  if (rules.beforeRequest !== null) {
    const { cancel } = await asked(rules.beforeRequest, detailsOf(source, paused))
    if (cancel === true) return fail('BlockedByClient')
  }

  const handler = handlerOf(url)
  if (handler !== undefined) {
    let response: Response
    try {
      response = await handler(requestOf(paused, url))
    } catch (error) {
      console.error(`electron-host: the handler of ${url} failed:`, error)
      return fail('Failed')
    }
    return fulfil(source, paused, response)
  }
  if (!isLocal(request.url)) {
    outside.blocked.push(url)
    return fail('InternetDisconnected')
  }
  await page.cdp.send('Fetch.continueRequest', { requestId, interceptResponse: rules.headersReceived !== null })
}

/** Answers with what a scheme's handler gave, after the session has seen the headers. */
async function fulfil(source: RequestSource, paused: PausedRequest, response: Response) {
  const given: Headers = {}
  response.headers.forEach((value, name) => {
    // The body goes over whole and decoded.
    if (name !== 'content-encoding' && name !== 'content-length') (given[name] ??= []).push(value)
  })
  const headers = await headersAfterRules(source, paused, response.status, given)
  await source.page.cdp.send('Fetch.fulfillRequest', {
    requestId: paused.requestId,
    responseCode: response.status,
    responseHeaders: headers,
    body: Buffer.from(await response.arrayBuffer()).toString('base64'),
  })
}

/** Lets a response of the network go on, after the session has seen its headers. */
async function changeHeaders(source: RequestSource, paused: PausedRequest) {
  const { cdp } = source.page
  const { requestId, responseStatusCode = 200, responseHeaders: received = [] } = paused
  const given: Headers = {}
  for (const { name, value } of received) (given[name] ??= []).push(value)
  const responseHeaders = await headersAfterRules(source, paused, responseStatusCode, given)
  const changed = { requestId, responseCode: responseStatusCode, responseHeaders }

  // Chromium has read a document's policies by now, and reads them anew only where it is given the document anew.
  if (paused.resourceType !== 'Document') {
    await cdp.send('Fetch.continueResponse', changed)
    return
  }
  const { body, base64Encoded } = await cdp.send('Fetch.getResponseBody', { requestId })
  await cdp.send('Fetch.fulfillRequest', {
    ...changed,
    body: base64Encoded ? body : Buffer.from(body).toString('base64'),
  })
}

async function headersAfterRules(source: RequestSource, paused: PausedRequest, status: number, given: Headers) {
  const rule = rulesOf(source.contents.session).headersReceived
  let headers: Readonly<Record<string, string | string[]>> = given
  if (rule !== null) {
    const details = { ...detailsOf(source, paused), statusCode: status, statusLine: `HTTP/1.1 ${status}` }
    headers = (await asked(rule, { ...details, responseHeaders: given })).responseHeaders ?? given
  }
  return Object.entries(headers).flatMap(([name, values]) => [values].flat().map(value => ({ name, value })))
}

/** What a listener of `webRequest` decides: it answers by a callback. */
function asked<Details, Decision>(
  rule: (details: Details, decide: (decision: Decision) => void) => void,
  details: Details,
) {
  return new Promise<Decision>(resolve => {
    rule(details, resolve)
  })
}

function detailsOf({ page, contents }: RequestSource, paused: PausedRequest) {
  const resourceType = isMainDocument(page, paused) ? 'mainFrame' : paused.resourceType.toLowerCase()
  return {
    id: 0,
    url: fromWire(paused.request.url),
    method: paused.request.method,
    resourceType: resourceType as Electron.OnBeforeRequestListenerDetails['resourceType'],
    referrer: '',
    timestamp: Date.now(),
    uploadData: [],
    webContentsId: contents.id,
  }
}

function requestOf({ request }: PausedRequest, url: string) {
  const body = Buffer.concat((request.postDataEntries ?? []).map(({ bytes = '' }) => Buffer.from(bytes, 'base64')))
  return new Request(url, {
    method: request.method,
    headers: request.headers,
    ...(request.hasPostData === true && { body }),
  })
}

function deniesNavigation(contents: WebContents, url: string) {
  const event = preventable({ url, isMainFrame: true, isSameDocument: false, frame: contents.mainFrame })
  contents.emit('will-navigate', event, url)
  return event.defaultPrevented
}

function isMainDocument(page: Page, { resourceType, frameId }: PausedRequest) {
  return resourceType === 'Document' && frameId === page.mainFrame
}

function isFavicon({ resourceType, request }: PausedRequest) {
  return resourceType === 'Other' && new URL(request.url).pathname === '/favicon.ico'
}

function isLocal(url: string) {
  const { protocol, hostname } = new URL(url)
  return !/^(https?|wss?):$/.test(protocol) || /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}
