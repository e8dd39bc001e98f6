/** Shortcuts are written `mod+shift+p`; `mod` is ⌘ on a Mac and Ctrl elsewhere. Single keys count only outside of text. */
export type Shortcuts = Readonly<Record<string, () => void>>

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent)

/** Runs the shortcut that a key press is, if it is one. Says whether it was. */
export function press(event: KeyboardEvent, shortcuts: Shortcuts): boolean {
  const keys = written(event)
  const run = Object.hasOwn(shortcuts, keys) ? shortcuts[keys] : undefined
  if (
    run === undefined ||
    (!keys.startsWith('mod+') && isIn(event.target, 'input, textarea, select, [contenteditable]'))
  )
    return false
  event.preventDefault()
  run()
  return true
}

/** The keys of a shortcut, one by one, as people know them. */
export function inWords(keys: string): readonly string[] {
  return keys.split('+').map(key => names[key] ?? (key.length === 1 ? key.toUpperCase() : key))
}

const names: Readonly<Record<string, string | undefined>> = {
  mod: isMac ? '⌘' : 'Ctrl',
  shift: isMac ? '⇧' : 'Shift',
  alt: isMac ? '⌥' : 'Alt',
  enter: 'Enter',
  escape: 'Esc',
  arrowup: '↑',
  arrowdown: '↓',
  home: 'Home',
  end: 'End',
  pageup: 'PgUp',
  pagedown: 'PgDn',
}

function written({ key, metaKey, ctrlKey, shiftKey, altKey }: KeyboardEvent): string {
  const mod = isMac ? metaKey : ctrlKey
  // Shift is part of a sign such as "?", but a key of its own beside a letter.
  const shift = shiftKey && (mod || key.length > 1)
  return `${mod ? 'mod+' : ''}${altKey ? 'alt+' : ''}${shift ? 'shift+' : ''}${key.toLowerCase()}`
}

/** Whether a key was pressed in an element of a kind, or within one. */
export function isIn(target: EventTarget | null, selector: string): boolean {
  return target instanceof Element && target.closest(selector) !== null
}
