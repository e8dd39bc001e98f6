import { Dialog } from '../components/dialog.tsx'
import { Keys } from '../components/keys.tsx'
import { screenIds, screens } from '../screens/index.ts'
import { closeOverlay, useOverlay } from '../stores/overlay.ts'
import { inWords } from './keyboard.ts'
import { text } from '../text/text.ts'

const words = text.shortcuts

const groups = [
  {
    title: words.anywhere,
    shortcuts: [
      { what: words.palette, keys: ['mod+k'] },
      { what: words.startStop, keys: ['mod+shift+p'] },
      { what: words.route, keys: ['mod+shift+m'] },
      ...screenIds.map(id => ({ what: text.screens[id], keys: [screens[id].shortcut] })),
      { what: words.sheet, keys: ['?'] },
    ],
  },
  {
    title: words.routing,
    shortcuts: [{ what: words.moveItem, keys: ['alt+arrowup', 'alt+arrowdown'] }],
  },
  {
    title: words.list,
    shortcuts: [
      { what: words.filter, keys: ['/', 'mod+f'] },
      { what: words.escape, keys: ['escape'] },
      { what: words.move, keys: ['j', 'k', 'arrowdown', 'arrowup'] },
      { what: words.ends, keys: ['home', 'end'] },
      { what: words.page, keys: ['pageup', 'pagedown'] },
      { what: words.openDetail, keys: ['enter'] },
      { what: words.sides, keys: ['[', ']'] },
      { what: words.tabs, keys: ['1', '2', '3', '4'] },
      { what: words.curl, keys: ['mod+shift+c'] },
      { what: words.stop, keys: ['mod+.'] },
      { what: words.pause, keys: ['mod+l'] },
    ],
  },
] as const

/** All shortcuts there are. */
export function ShortcutSheet() {
  const isOpen = useOverlay(state => state.open === 'shortcuts')
  return (
    <Dialog open={isOpen} onClose={closeOverlay} title={words.title} hint={words.hint} place="side">
      {groups.map(group => (
        <section key={group.title} className="mt-3">
          <h3 className="pb-1 text-caption font-medium text-text-3">{group.title}</h3>
          <dl className="divide-y divide-line border-y border-line">
            {group.shortcuts.map(({ what, keys }) => (
              <div key={what} className="flex min-h-8 items-center gap-3 py-1">
                <dt className="flex-1">{what}</dt>
                <dd className="flex gap-2">
                  <span className="sr-only">{keys.map(shortcut => inWords(shortcut).join(' ')).join(', ')}</span>
                  {keys.map(shortcut => (
                    <Keys key={shortcut} keys={shortcut} />
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  )
}
