import { normalised } from './parse-command.ts'
import { isLoopback } from '../config/check.ts'
import { commandPrefix } from '../config/commands-schema.ts'
import { nearest } from '../config/nearest.ts'
import { withOverrides } from '../sessions/session.ts'
import { CommandError } from './command.ts'
import { geminiConfig } from './gemini-config.ts'
import { backendSetting, modelSetting } from './route-settings.ts'
import { onOff, parameter, readParam, type Setting } from './setting.ts'

const project: Setting = {
  name: 'project',
  aliases: ['project-name'],
  help: 'the name of the project that the conversation is about, shown with its session',
  takes: 'a name; nothing takes it away',
  set: (value, session) => withOverrides(session, { project: value === '' ? undefined : value.slice(0, 200) }),
  unset: session => withOverrides(session, { project: undefined }),
  tell: ({ project }) => project,
}

const projectDir: Setting = {
  name: 'project-dir',
  aliases: ['projectdir', 'dir'],
  help: 'the folder that the conversation works in, shown with its session and by pwd',
  takes: 'a folder that exists, `~` and variables in it are filled in; nothing takes it away',
  set(value, session, { findFolder }) {
    const folder = value === '' ? undefined : findFolder(value)
    if (value !== '' && folder === undefined) throw new CommandError(`there is no folder ${JSON.stringify(value)}`)
    return withOverrides(session, { projectDir: folder })
  },
  unset: session => withOverrides(session, { projectDir: undefined }),
  tell: ({ projectDir }) => projectDir,
}

const prefix: Setting = {
  name: 'command-prefix',
  aliases: ['prefix'],
  help: 'how commands begin in this conversation',
  takes: '2 to 10 visible characters',
  set(value, session, { prefix: now }) {
    const checked = commandPrefix.safeParse(value)
    if (!checked.success) throw new CommandError(`command-prefix ${checked.error.issues[0]?.message ?? 'is no prefix'}`)
    return withFormer(withOverrides(session, { prefix: value }), now)
  },
  unset: session =>
    session.overrides.prefix === undefined
      ? session
      : withFormer(withOverrides(session, { prefix: undefined }), session.overrides.prefix),
  tell: ({ prefix }) => prefix,
}

/** The replayed history goes on showing commands with the prefix that they had. */
function withFormer(session: Parameters<Setting['unset']>[0], former: string) {
  const { formerPrefixes = [] } = session.overrides
  return withOverrides(session, { formerPrefixes: [...new Set([...formerPrefixes, former])].slice(-5) })
}

const openaiUrl: Setting = {
  name: 'openai-url',
  aliases: ['openai-base-url'],
  help: 'the base URL of backends of type openai, for this conversation',
  takes:
    'an http or https address: of this machine or of a host in the config, with `commands.openai_urls: any` of any',
  set(value, session, { config, isKnownHost }) {
    const url = /^https?:\/\/[^/@\s]/i.test(value) && URL.canParse(value) ? new URL(value) : undefined
    if (url === undefined || url.username !== '' || url.password !== '') {
      throw new CommandError(`openai-url must be an http or https address, not ${JSON.stringify(value)}`)
    }
    // A key goes where the address says, and text in a chat is easily somebody else's.
    if (
      config.commands.openai_urls === 'known' &&
      !isLoopback(url.hostname.replace(/[[\]]/g, '')) &&
      !isKnownHost(url.hostname)
    ) {
      throw new CommandError(
        `${url.hostname} is neither this machine nor a host of the config; set commands.openai_urls to any if you mean it`,
      )
    }
    return withOverrides(session, { openaiUrl: value.replace(/\/+$/, '') })
  },
  unset: session => withOverrides(session, { openaiUrl: undefined }),
  tell: ({ openaiUrl }) => openaiUrl,
}

/** Older clients say `maximum`, which is the highest that every model with reasoning knows. */
const effort: Setting = {
  ...parameter('reasoning_effort', { aliases: ['reasoning'] }),
  takes: 'one of none, minimal, low, medium, high, xhigh, max; maximum is high',
  set: (value, session, context) =>
    parameter('reasoning_effort').set(
      value.toLowerCase() === 'maximum' ? 'high' : value.toLowerCase(),
      session,
      context,
    ),
  unset: session =>
    withOverrides(parameter('reasoning_effort').unset(session), {
      mode: undefined,
      promptPrefix: undefined,
      promptSuffix: undefined,
    }),
}

const thinkingBudget: Setting = {
  ...parameter('thinking_budget', { aliases: ['budget'] }),
  takes: 'tokens to think with: 0 for none, -1 for as many as the model likes, or 128 to 1000000',
  set(value, session, context) {
    const tokens = Number(readParam('thinking_budget', value))
    if (tokens > 0 && tokens < 128) throw new CommandError('thinking-budget must be 0, -1 or at least 128 tokens')
    return parameter('thinking_budget').set(value, session, context)
  },
}

/** Everything that `set` changes, in the order in which the documents and `status` tell it. */
export const settings: readonly Setting[] = [
  backendSetting,
  modelSetting,
  parameter('temperature'),
  parameter('top_p'),
  parameter('top_k'),
  parameter('max_tokens'),
  effort,
  thinkingBudget,
  parameter('verbosity'),
  parameter('seed'),
  parameter('stop'),
  geminiConfig,
  openaiUrl,
  project,
  projectDir,
  prefix,
  onOff('interactive', {
    name: 'interactive-mode',
    aliases: ['interactive'],
    help: 'off: commands are cut out unrun in this conversation, but for the one that turns this on again',
  }),
  onOff('redactKeys', {
    name: 'redact-api-keys-in-prompts',
    aliases: ['redact-api-keys', 'redact'],
    help: 'whether what looks like a key is masked in all that goes to the model',
  }),
  onOff('loopDetection', {
    name: 'loop-detection',
    help: 'whether an answer that repeats itself without end is stopped',
  }),
]

/** The setting of a name. Throws a CommandError that names the nearest. */
export function settingNamed(name: string): Setting {
  const wanted = normalised(name)
  const found = settings.find(one => one.name === wanted || one.aliases?.includes(wanted) === true)
  if (found !== undefined) return found
  const names = settings.map(one => one.name)
  const meant = nearest(wanted, names)
  throw new CommandError(
    `there is no setting ${JSON.stringify(name)}${meant === undefined ? `: there are ${names.join(', ')}` : `, did you mean ${meant}?`}`,
  )
}
