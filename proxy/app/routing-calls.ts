import { isDeepStrictEqual } from 'node:util'
import { editList, type ListEdit } from '../config/edit-list.ts'
import { editYaml } from '../config/edit.ts'
import { dotted, type Path } from '../config/key.ts'
import type { LoadedConfig } from '../config/load.ts'
import { ConfigError } from '../config/problems.ts'
import { editFile } from '../config/save.ts'
import { own } from '../core/own.ts'
import type { Input, NamedRoute, Output, Rewrite, RoutingRule } from './contract.ts'
import type { AppParts } from './parts.ts'
import { checkFor, inWords, lockOf, saved } from './setting-calls.ts'

/** What the config in use says of where turns go, each with where it stands. */
export function readRouting({ loaded, options }: AppParts): Output<'routing.get'> {
  const { config, sources } = loaded()
  const { default_backend, static_route, model_aliases, failover_routes, routing } = config
  const from = (path: Path) => {
    const source = sources[dotted(path)] ?? 'default'
    return { source: inWords(source), locked: lockOf(source) }
  }
  const rewrites = from(['model_aliases'])
  return {
    file: options.paths.configFile,
    defaultBackend: { value: default_backend, ...from(['default_backend']) },
    staticRoute: { value: static_route, ...from(['static_route']) },
    lockStaticRoute: { value: routing.lock_static_route, ...from(['routing', 'lock_static_route']) },
    rules: routing.rules.map((rule, at) => ({ rule, source: from(['routing', 'rules', at]).source })),
    rewrites: model_aliases.map((rewrite, at) => ({
      rewrite,
      source: rewrites.locked === undefined ? from(['model_aliases', at]).source : rewrites.source,
    })),
    rewritesLocked: rewrites.locked,
    routes: Object.entries(failover_routes).map(([name, route]) => ({
      route: { name, ...route },
      source: from(['failover_routes', name, 'elements']).source,
    })),
  }
}

/** Adds, changes, takes out or moves a rule. */
export function editRules(parts: AppParts, edit: Input<'routing.editRules'>): Promise<Output<'routing.editRules'>> {
  return editItem(
    parts,
    { path: ['routing', 'rules'], listOf: ({ routing }) => routing.rules, entryOf: ruleEntry },
    edit,
  )
}

/** Adds, changes, takes out or moves a rewrite. */
export async function editRewrites(
  parts: AppParts,
  edit: Input<'routing.editRewrites'>,
): Promise<Output<'routing.editRewrites'>> {
  const locked = lockOf(parts.loaded().sources['model_aliases'] ?? 'default')
  if (locked !== undefined) return { ok: false, reason: locked }
  const list: ListOfConfig<Rewrite> = {
    path: ['model_aliases'],
    listOf: config => config.model_aliases,
    entryOf: ({ pattern, replacement }) => ({ pattern, replacement }),
  }
  return editItem(parts, list, edit)
}

/** Writes a named route: a new one, or what of one that is there has changed. */
export async function saveNamedRoute(
  parts: AppParts,
  { route, isNew }: Input<'routing.saveRoute'>,
): Promise<Output<'routing.saveRoute'>> {
  const { name, policy, elements } = route
  const known = routeIn(parts, name)
  if (name === '') return { ok: false, reason: 'A route needs a name to be asked for by.' }
  if (isNew && known !== undefined)
    return { ok: false, reason: `There is a route ${name} already. Choose another name.` }
  if (!isNew && known === undefined) return noRoute(name)
  const path = ['failover_routes', name]
  const isUsual = policy === (known?.policy ?? 'km')
  return saveEdited(parts, async text => {
    const { configFile } = parts.options.paths
    const withPolicy = isUsual ? text : await editYaml(text, [...path, 'policy'], policy, configFile)
    if (isDeepStrictEqual(elements, known?.elements)) return withPolicy
    return editYaml(withPolicy, [...path, 'elements'], elements, configFile)
  })
}

/** Takes a named route out. */
export async function removeNamedRoute(parts: AppParts, name: string): Promise<Output<'routing.removeRoute'>> {
  if (routeIn(parts, name) === undefined) return noRoute(name)
  const { configFile } = parts.options.paths
  return saveEdited(parts, text => editYaml(text, ['failover_routes', name], undefined, configFile))
}

/** A list of the config: where it stands, and how an item of it is written. */
interface ListOfConfig<Item> {
  readonly path: Path
  readonly listOf: (config: LoadedConfig['config']) => readonly Item[]
  readonly entryOf: (item: Item) => Record<string, unknown>
}

type EditOf<Item> =
  | { readonly type: 'add'; readonly item: Item }
  | { readonly type: 'replace'; readonly at: number; readonly was: Item; readonly item: Item }
  | { readonly type: 'remove'; readonly at: number; readonly was: Item }
  | { readonly type: 'move'; readonly at: number; readonly was: Item; readonly to: number }

function editItem<Item>(parts: AppParts, { path, listOf, entryOf }: ListOfConfig<Item>, edit: EditOf<Item>) {
  const { configFile: file } = parts.options.paths
  return saveEdited(parts, async text => {
    const list = listOf((await checkFor(parts)(text)).config)
    const isStale = edit.type !== 'add' && !isDeepStrictEqual(plain(list[edit.at]), plain(edit.was))
    const isBeyond = edit.type === 'move' && list[edit.to] === undefined
    if (isStale || isBeyond) throw new ConfigError([{ file, message: CHANGED }])
    return editList(text, path, listEdit(edit, entryOf), file)
  })
}

const CHANGED = 'The config file has changed meanwhile: look at what stands there now, and try again.'

function listEdit<Item>(edit: EditOf<Item>, entryOf: ListOfConfig<Item>['entryOf']): ListEdit {
  return 'item' in edit ? { ...edit, item: entryOf(edit.item) } : edit
}

/** As a person would write it, without what goes without saying. */
function ruleEntry({ name, when, target, on_failure, enabled }: RoutingRule): Record<string, unknown> {
  const conditions = Object.entries(when).filter(([, value]) => value !== undefined)
  return {
    ...(name === undefined ? {} : { name }),
    ...(conditions.length === 0 ? {} : { when: Object.fromEntries(conditions) }),
    target,
    ...(on_failure.length === 0 ? {} : { on_failure }),
    ...(enabled ? {} : { enabled }),
  }
}

function saveEdited(parts: AppParts, edit: (text: string) => Promise<string>) {
  return saved(parts, check => editFile(parts.options.paths.configFile, edit, check))
}

function routeIn({ loaded }: AppParts, name: string): Omit<NamedRoute, 'name'> | undefined {
  return own(loaded().config.failover_routes, name)
}

function noRoute(name: string) {
  return { ok: false, reason: `There is no route ${JSON.stringify(name)}.` } as const
}

/** Without what is absent, so that two of them compare by what they say. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}
