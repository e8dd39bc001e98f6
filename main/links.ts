import manifest from '../package.json' with { type: 'json' }

/** Where the window's links lead, by name. It is the whole list: no address of the window's own is ever opened. */
const links: Readonly<Record<string, string>> = {
  docs: manifest.homepage,
  'openai-keys': 'https://platform.openai.com/api-keys',
  'openrouter-keys': 'https://openrouter.ai/settings/keys',
  'login-items': 'x-apple.systempreferences:com.apple.LoginItems-Settings.extension',
}

/** The address of a link. Throws for a name that is not in the list. */
export function addressOf(link: string): string {
  const address = Object.hasOwn(links, link) ? links[link] : undefined
  if (address === undefined) throw new Error(`There is no link ${JSON.stringify(link)}.`)
  return address
}
