/** The door: what a shell needs to host the proxy. Nothing else is public. */
export { createApp, type App } from './app/app.ts'
export type { AppOptions, Desktop } from './app/parts.ts'
export { answerCall, type CallResult } from './app/call.ts'
export { contentSecurityPolicy, contentTypes } from './app/http.ts'
export { pathsOf, type Paths } from './config/paths.ts'
export { replaceFile } from './config/replace.ts'
export { VERSION } from './version.ts'
