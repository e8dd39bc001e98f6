import manifest from '../package.json' with { type: 'json' }

export const VERSION: string = manifest.version

/** Where the program is at home. */
export const HOMEPAGE: string = manifest.homepage

/** How we name ourselves to backends. */
export const USER_AGENT = `llm-interactive-proxy/${VERSION}`
