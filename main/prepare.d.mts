import type { ChildProcess } from 'node:child_process'

export function prepare(root: string): Promise<void>
export function missingPackages(root: string): string | undefined
export function sourcesHash(root: string): string
export function staleBuild(root: string, sources: string): string | undefined
export function pinnedNode(root: string): string
export function toolEnvironment(root: string, env?: NodeJS.ProcessEnv): NodeJS.ProcessEnv
export function passSignals(child: ChildProcess): void
