import { setTimeout as pause } from 'node:timers/promises'
import { ProxyError } from '../core/errors.ts'
import { isRecord, textIn } from './jwt.ts'
import type { Asking, Prepared, Quota } from './login.ts'
import { askVendor } from './parts.ts'

/** How a login uses Code Assist. */
export interface CodeAssistRules {
  /** Whether the user's own Cloud project is billed: `must`, `may`, or `never` (it is refused for the free tier). */
  readonly ownProject: 'must' | 'may' | 'never'
  /** Tiers to be set up with, the best first; any other that is allowed comes after them. */
  readonly tiers: readonly string[]
  /** What the calling program is, in Code Assist's words. */
  readonly metadata: Readonly<Record<string, string>>
  /** Where accounts are managed, if that is not where turns go. */
  readonly controlUrl?: string | undefined
}

/** Learns an account's project and tier. Throws a ProxyError that says what its user has to do. */
export async function prepareCodeAssist(how: Asking, rules: CodeAssistRules): Promise<Prepared> {
  const own = ownProject(how, rules)
  const account = await load(how, rules, own)
  const tier = isRecord(account['currentTier']) ? account['currentTier'] : undefined
  const paid = isRecord(account['paidTier']) ? account['paidTier'] : undefined
  const plan = (paid && textIn(paid, 'name')) ?? (tier && (textIn(tier, 'name') ?? textIn(tier, 'id')))
  const project = own ?? projectIn(account['cloudaicompanionProject'])
  if (tier !== undefined && project !== undefined) return { project, plan }
  throw refusalOf(account, tier !== undefined)
}

/** What setting an account up would do, in words. */
export function onboardingOf({ ownProject: rule }: CodeAssistRules): string {
  const project = {
    must: 'with your Google Cloud project (GOOGLE_CLOUD_PROJECT), which is billed',
    may: 'with your Google Cloud project if GOOGLE_CLOUD_PROJECT names one, else with one that Google makes for it',
    never: 'with a project that Google makes for it, and none of yours',
  }[rule]
  return `Google is asked to set this account up for Gemini Code Assist, ${project}, in the best tier that it allows the account. By this you accept Google’s terms of that tier. An account that is set up already stays as it is.`
}

/** Sets an account up for Code Assist, because its user asked for it. Gives what came of it, in words. */
export async function onboardCodeAssist(how: Asking, rules: CodeAssistRules): Promise<string> {
  const own = ownProject(how, rules)
  const account = await load(how, rules, own)
  const project = own ?? projectIn(account['cloudaicompanionProject'])
  if (isRecord(account['currentTier']) && project !== undefined) return `The account is set up already (${project}).`
  const tierId = tierFor(account, rules)
  if (tierId === undefined) throw refusalOf(account, false)
  // A project that comes with the free tier is refused.
  const body = { tierId, ...(own !== undefined && { cloudaicompanionProject: own }), metadata: rules.metadata }
  let operation = await askVendor(how, 'POST', place(how, rules, ':onboardUser'), {}, body)
  for (let polls = 0; operation['done'] !== true; polls++) {
    const name = textIn(operation, 'name')
    if (name === undefined || polls === POLLS)
      throw new ProxyError('timeout', 'Google has not finished setting up the account; try again in a few minutes.')
    await pause(POLL_MS)
    operation = await askVendor(how, 'GET', place(how, rules, `/${name}`))
  }
  const response = isRecord(operation['response']) ? operation['response'] : {}
  return `The account is set up with ${tierId} (${projectIn(response['cloudaicompanionProject']) ?? 'no project'}).`
}

/** What is left of each model. */
export async function askCodeAssistQuota(how: Asking, rules: CodeAssistRules): Promise<Quota> {
  const body = await askVendor(how, 'POST', place(how, rules, ':retrieveUserQuota'), {}, { project: how.token.project })
  const buckets = Array.isArray(body['buckets']) ? (body['buckets'] as unknown[]) : []
  return {
    windows: buckets.filter(isRecord).flatMap(bucket => {
      const { remainingFraction } = bucket
      if (typeof remainingFraction !== 'number') return []
      const resetAt = Date.parse(textIn(bucket, 'resetTime') ?? '')
      return [
        {
          label: textIn(bucket, 'modelId') ?? 'all models',
          usedPercent: Math.round((1 - remainingFraction) * 1000) / 10,
          resetAt: Number.isNaN(resetAt) ? undefined : resetAt,
        },
      ]
    }),
  }
}

/** Google wants to be asked again every 5 s; a set-up takes seconds, seldom a minute. */
const POLL_MS = 5000
const POLLS = 24

function load(how: Asking, rules: CodeAssistRules, project: string | undefined) {
  return askVendor(
    how,
    'POST',
    place(how, rules, ':loadCodeAssist'),
    {},
    {
      ...(project !== undefined && { cloudaicompanionProject: project }),
      metadata: { ...rules.metadata, ...(project !== undefined && { duetProject: project }) },
    },
  )
}

function place({ baseUrl }: Asking, { controlUrl }: CodeAssistRules, path: string): string {
  return `${controlUrl ?? baseUrl}/v1internal${path}`
}

function ownProject({ world }: Asking, { ownProject: rule }: CodeAssistRules): string | undefined {
  if (rule === 'never') return undefined
  const names = ['GOOGLE_CLOUD_PROJECT', 'GOOGLE_CLOUD_PROJECT_ID', 'GCP_PROJECT_ID']
  const name = names.find(variable => (world.env[variable] ?? '') !== '')
  const project = name === undefined ? undefined : world.env[name]
  if (project !== undefined && /^\d+$/.test(project))
    throw new ProxyError(
      'invalid-request',
      `${name ?? ''} is a project's number; Code Assist wants its id, such as my-project-123.`,
    )
  if (project === undefined && rule === 'must')
    throw new ProxyError('invalid-request', 'Set GOOGLE_CLOUD_PROJECT to the id of your Google Cloud project.')
  return project
}

function tierFor(account: Readonly<Record<string, unknown>>, { tiers, ownProject: rule }: CodeAssistRules) {
  const allowed = (Array.isArray(account['allowedTiers']) ? (account['allowedTiers'] as unknown[]) : []).filter(
    isRecord,
  )
  const ids = allowed.flatMap(tier => textIn(tier, 'id') ?? [])
  const preset = allowed.find(tier => tier['isDefault'] === true)
  return (
    tiers.find(id => ids.includes(id)) ?? (rule === 'never' || preset === undefined ? undefined : textIn(preset, 'id'))
  )
}

/** Why an account is not served, as Google says it, and what can be done. */
function refusalOf(account: Readonly<Record<string, unknown>>, hasTier: boolean): ProxyError {
  if (hasTier)
    return new ProxyError(
      'forbidden',
      'This account needs a Google Cloud project of its own: set GOOGLE_CLOUD_PROJECT to its id.',
      { code: 'project_required' },
    )
  const [ineligible] = (
    Array.isArray(account['ineligibleTiers']) ? (account['ineligibleTiers'] as unknown[]) : []
  ).filter(isRecord)
  if (ineligible === undefined)
    return new ProxyError(
      'forbidden',
      'This account is not set up for Code Assist yet. Set it up in Gemini CLI, or here: lip logins onboard BACKEND',
      { code: 'onboarding_required' },
    )
  const link = textIn(ineligible, 'validationUrl')
  const reason = textIn(ineligible, 'reasonMessage') ?? textIn(ineligible, 'reasonCode') ?? 'it says no reason'
  return new ProxyError(
    'forbidden',
    `Google does not serve this account: ${reason}${link === undefined ? '' : ` See ${link}`}`,
    { code: textIn(ineligible, 'reasonCode') },
  )
}

function projectIn(project: unknown): string | undefined {
  if (typeof project === 'string' && project !== '') return project
  return isRecord(project) ? textIn(project, 'id') : undefined
}
