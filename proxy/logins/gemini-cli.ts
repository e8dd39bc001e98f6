import { adcFile, parseAdc } from './adc.ts'
import {
  askCodeAssistQuota,
  onboardCodeAssist,
  onboardingOf,
  prepareCodeAssist,
  type CodeAssistRules,
} from './code-assist.ts'
import { geminiCliClient, googleEndpoint } from './google-client.ts'
import { claimsOf, isRecord, textIn } from './jwt.ts'
import type { LoginDefinition, LoginWorld, Parsed, Place } from './login.ts'
import { folderIn } from './parts.ts'

const metadata = { ideType: 'IDE_UNSPECIFIED', platform: 'PLATFORM_UNSPECIFIED', pluginType: 'GEMINI' }
const endedForPeople = {
  on: '2026-06-18',
  instead: 'Use an API key of Google AI Studio (the backend gemini), or a Workspace or Cloud account.',
}

const CLOUD = 'gemini-cli-cloud-project'

/** Gemini CLI's sign-in with a Google AI plan. */
export const geminiPlan = geminiCli({
  id: 'gemini-oauth-plan',
  title: 'Gemini CLI (Google AI plan)',
  ended: endedForPeople,
  rules: { ownProject: 'may', tiers: ['standard-tier'], metadata },
})

/** Gemini CLI's sign-in with a Google account, on the free tier. */
export const geminiFree = geminiCli({
  id: 'gemini-oauth-free',
  title: 'Gemini CLI (free tier)',
  ended: endedForPeople,
  rules: { ownProject: 'never', tiers: ['free-tier'], metadata },
})

/** Gemini CLI's sign-in, billed to a Google Cloud project. */
export const geminiCloudProject = geminiCli({
  id: CLOUD,
  title: 'Gemini CLI (Google Cloud project)',
  ended: undefined,
  rules: { ownProject: 'must', tiers: ['standard-tier', 'enterprise-tier'], metadata },
})

function geminiCli({
  rules,
  ...particular
}: Pick<LoginDefinition, 'id' | 'title' | 'ended'> & { readonly rules: CodeAssistRules }): LoginDefinition {
  return {
    ...particular,
    owner: { program: 'Gemini CLI', signIn: 'gemini, then “Login with Google”' },
    places: particular.id === CLOUD ? placesWithAdc : places,
    hosts: ['cloudcode-pa.googleapis.com', 'oauth2.googleapis.com'],
    position: {
      class: 'forbidden',
      text: 'Google does not permit this: the documents of Gemini CLI say that it violates the applicable terms and policies to use other software to reach the services behind it by its sign-in, and that this may lead to the suspension or end of the account. An API key of AI Studio or Vertex AI (the backend gemini) is the way it supports.',
      link: 'https://github.com/google-gemini/gemini-cli/blob/main/docs/resources/tos-privacy.md',
    },
    renewBeforeMs: () => 5 * 60_000,
    command: { program: 'gemini', args: ['-m', 'gemini-2.5-flash', '-p', 'Reply with the word ok.'] },
    endpoint: googleEndpoint(geminiCliClient),
    prepare: how => prepareCodeAssist(how, rules),
    onboard: { does: onboardingOf(rules), run: how => onboardCodeAssist(how, rules) },
    askQuota: how => askCodeAssistQuota(how, rules),
  }
}

function places(world: LoginWorld): readonly Place[] {
  // This variable names a home folder, not the one in it.
  const folder = `${folderIn(world, 'GEMINI_CLI_HOME', '')}/.gemini`
  const file: Place = { source: { type: 'file', path: `${folder}/oauth_creds.json` }, parse }
  if (world.env['GEMINI_FORCE_ENCRYPTED_FILE_STORAGE'] !== 'true') return [file]
  return [
    { source: { type: 'keychain', service: 'gemini-cli-oauth', account: 'main-account' }, parse: parseStored },
    file,
    {
      source: { type: 'file', path: `${folder}/gemini-credentials.json` },
      sealed: 'it is encrypted, and only Gemini CLI reads it',
      parse,
    },
  ]
}

/** A Cloud project is reached by Google's credentials for programs, too. */
function placesWithAdc(world: LoginWorld): readonly Place[] {
  const parseAny = (content: unknown) => parseAdc(content) ?? parse(content)
  const named = world.env['GOOGLE_APPLICATION_CREDENTIALS'] ?? ''
  return [
    ...(named === '' ? [] : [{ source: { type: 'file', path: named }, parse: parseAny } as const]),
    ...places(world).map(place => (place.source.type === 'file' ? { ...place, parse: parseAny } : place)),
    { source: { type: 'file', path: adcFile(world) }, parse: parseAny },
  ]
}

function parse(content: unknown): Parsed {
  if (!isRecord(content)) return { type: 'foreign', why: 'it is no JSON object' }
  const access = textIn(content, 'access_token')
  if (access === undefined) return { type: 'signed-out', why: 'Gemini CLI is signed out' }
  const { expiry_date: expiresAt } = content
  const identity = claimsOf(textIn(content, 'id_token'))
  return {
    type: 'token',
    token: {
      access,
      refresh: textIn(content, 'refresh_token'),
      expiresAt: typeof expiresAt === 'number' ? expiresAt : undefined,
      account: textIn(identity, 'email'),
      accountId: textIn(identity, 'sub'),
    },
  }
}

/** The form in which it lies in the keychain. */
function parseStored(content: unknown): Parsed {
  const token = isRecord(content) && isRecord(content['token']) ? content['token'] : undefined
  const access = token === undefined ? undefined : textIn(token, 'accessToken')
  if (token === undefined || access === undefined) return { type: 'signed-out', why: 'Gemini CLI is signed out' }
  const { expiresAt } = token
  return {
    type: 'token',
    token: {
      access,
      refresh: textIn(token, 'refreshToken'),
      expiresAt: typeof expiresAt === 'number' ? expiresAt : undefined,
    },
  }
}
