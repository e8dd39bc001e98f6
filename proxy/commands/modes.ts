import { z } from 'zod'
import { own } from '../core/own.ts'
import { leavesOf } from '../core/selector.ts'
import type { Params } from '../core/selector-params.ts'
import { withOverrides, withParams, type Session } from '../sessions/session.ts'
import { CommandError, defineCommand, type Command, type CommandContext, type Ran } from './command.ts'
import { readSelector } from './route-settings.ts'
import type { CommandsConfig } from './commands-config.ts'

type Mode = CommandsConfig['reasoning_aliases'][number]['modes'][string]

/** What the modes do where the config says nothing of the model. */
const standardModes: Readonly<Record<string, Mode>> = {
  high: { reasoning_effort: 'high' },
  medium: { reasoning_effort: 'medium' },
  low: { reasoning_effort: 'low' },
  none: { reasoning_effort: 'none' },
}

/** A command for one of the modes. */
function modeCommand(name: string, mode: string, described: Pick<Command, 'help' | 'aliases'>): Command {
  return defineCommand({
    ...described,
    name,
    examples: [name],
    takes: [],
    args: z.object({}),
    run: (_, session, context) => enter(mode, session, context),
  })
}

/** The modes of reasoning that have commands of their own, and `mode`, which also takes those of the config. */
export const modes: readonly Command[] = [
  modeCommand('max', 'high', { help: 'lets the model think hard' }),
  modeCommand('medium', 'medium', { help: 'lets the model think as usual' }),
  modeCommand('low', 'low', { help: 'lets the model think little' }),
  modeCommand('no-think', 'none', {
    help: 'lets the model answer without thinking, where it can',
    aliases: ['no-thinking', 'no-reasoning', 'disable-thinking', 'disable-reasoning'],
  }),
  defineCommand({
    name: 'mode',
    help: 'a reasoning mode by its name: high, medium, low, none, or one of the config’s',
    examples: ['mode(high)', 'mode(mode_name=low)'],
    takes: ['name'],
    also: { 'mode-name': 'name', mode: 'name', value: 'name' },
    args: z.object({ name: z.string({ error: 'is missing: name a mode' }) }),
    run: ({ name }, session, context) => enter(name.toLowerCase(), session, context),
  }),
]

/** What the mode before set is taken back first. */
function enter(name: string, session: Session, { asked, config }: CommandContext): Ran {
  const model = modelNow(session, asked)
  const found = config.reasoning_aliases.find(alias => matches(alias.model, model))?.modes ?? {}
  const key = [name, ...(name === 'high' ? ['max'] : [])].find(one => Object.hasOwn(found, one)) ?? name
  const mode = own(found, key) ?? standardModes[name]
  if (mode === undefined) {
    const names = [...new Set([...Object.keys(standardModes), ...Object.keys(found)])]
    throw new CommandError(
      `reasoning mode ${JSON.stringify(name)} is not configured for ${model}: there are ${names.join(', ')}`,
    )
  }
  const params: Params = {
    reasoning_effort: mode.reasoning_effort,
    thinking_budget: mode.max_reasoning_tokens,
    ...(mode.temperature !== undefined && { temperature: mode.temperature }),
    ...(mode.top_p !== undefined && { top_p: mode.top_p }),
  }
  return {
    session: withOverrides(withParams(session, params), {
      mode: name,
      promptPrefix: mode.user_prompt_prefix,
      promptSuffix: mode.user_prompt_suffix,
    }),
    say: `Reasoning mode set to ${name}.`,
  }
}

/** The model that the next turn asks, without its backend. */
function modelNow({ overrides: { oneOff, model } }: Session, asked: string): string {
  const text = oneOff ?? model ?? asked
  return text === '' ? '' : (leavesOf(readSelector(text))[0]?.model ?? text)
}

function matches(pattern: string, model: string): boolean {
  const expression = pattern
    .split('*')
    .map(text => text.replace(/[\\^$.+?()[\]{}|/]/g, String.raw`\$&`))
    .join('.*')
  return new RegExp(`^${expression}$`, 'i').test(model)
}
