import type { RoutingRule } from '../../../proxy/app/contract.ts'
import { text } from '../../text/text.ts'
import type { FrontendChoice } from './frontend-select.tsx'

const words = text.routing.rules

type Choice = 'any' | 'yes' | 'no'

/** A rule as it is typed. */
export interface Draft {
  readonly name: string
  readonly client: string
  readonly frontend: FrontendChoice
  readonly model: string
  readonly images: Choice
  readonly tools: Choice
  readonly minTokens: string
  readonly maxTokens: string
  readonly target: string
  readonly onFailure: readonly string[]
  readonly enabled: boolean
}

/** What a form starts with: a rule as it is, or nothing yet. */
export function draftOf(rule: RoutingRule | undefined): Draft {
  const { name = '', when = {}, target = '', on_failure = [], enabled = true } = rule ?? {}
  return {
    name,
    client: when.client ?? '',
    frontend: when.frontend ?? 'any',
    model: when.model ?? '',
    images: choiceOf(when.images),
    tools: choiceOf(when.tools),
    minTokens: String(when.min_tokens ?? ''),
    maxTokens: String(when.max_tokens ?? ''),
    target,
    onFailure: on_failure,
    enabled,
  }
}

/** Whether all is there that can't be done without. Whether it is right the app says. */
export function isComplete({ target, minTokens, maxTokens }: Draft): boolean {
  return target.trim() !== '' && isTokens(minTokens) && isTokens(maxTokens)
}

/** Whether a text is a number of tokens, or nothing. */
export function isTokens(typed: string): boolean {
  return /^([1-9]\d*)?$/.test(typed.trim())
}

/** What was typed, as the app takes it. */
export function ruleOf(draft: Draft): RoutingRule {
  const { name, client, frontend, model, images, tools, minTokens, maxTokens, target, onFailure, enabled } = draft
  return {
    ...(name.trim() === '' ? {} : { name: name.trim() }),
    when: {
      ...(client.trim() === '' ? {} : { client: client.trim() }),
      ...(frontend === 'any' ? {} : { frontend }),
      ...(model.trim() === '' ? {} : { model: model.trim() }),
      ...(images === 'any' ? {} : { images: images === 'yes' }),
      ...(tools === 'any' ? {} : { tools: tools === 'yes' }),
      ...(minTokens.trim() === '' ? {} : { min_tokens: Number(minTokens) }),
      ...(maxTokens.trim() === '' ? {} : { max_tokens: Number(maxTokens) }),
    },
    target: target.trim(),
    on_failure: filled(onFailure),
    enabled,
  }
}

/** Those lines of a list in which something is typed. */
export function filled(lines: readonly string[]): string[] {
  return lines.map(line => line.trim()).filter(line => line !== '')
}

/** What a rule is called: by its name, else by its place. */
export function nameOfRule({ name }: RoutingRule, at: number): string {
  return name ?? words.numbered(at + 1)
}

/** What a rule asks of a request, in words. */
export function conditionsOf({ when }: RoutingRule): readonly string[] {
  const { client, frontend, model, images, tools, min_tokens, max_tokens } = when
  const all = [
    client === undefined ? undefined : words.when.client(client),
    frontend === undefined ? undefined : text.frontends[frontend],
    model === undefined ? undefined : words.when.model(model),
    images === undefined ? undefined : words.when.images(images),
    tools === undefined ? undefined : words.when.tools(tools),
    min_tokens === undefined ? undefined : words.when.min_tokens(min_tokens),
    max_tokens === undefined ? undefined : words.when.max_tokens(max_tokens),
  ].filter(condition => condition !== undefined)
  return all.length === 0 ? [words.always] : all
}

function choiceOf(value: boolean | undefined): Choice {
  return value === undefined ? 'any' : value ? 'yes' : 'no'
}
