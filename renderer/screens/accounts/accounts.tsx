import { Plus } from 'lucide-react'
import { Tabs } from 'radix-ui'
import { Button } from '../../components/button.tsx'
import { closeOverlay, openOverlay, useOverlay } from '../../stores/overlay.ts'
import { refine, usePlace } from '../../stores/place.ts'
import { text } from '../../text/text.ts'
import { AddKey } from './add-key.tsx'
import { BackendsTab } from './backends-tab.tsx'
import { KeysTab } from './keys-tab.tsx'
import { LoginsTab } from './logins-tab.tsx'

const words = text.accounts

const tabs = { keys: KeysTab, logins: LoginsTab, backends: BackendsTab } as const
const tabNames = Object.keys(tabs) as readonly (keyof typeof tabs)[]

/** By what we are known to backends, and how each of them is. */
export function Accounts() {
  const asked = usePlace().params.get('tab')
  const tab = tabNames.find(name => name === asked) ?? 'keys'
  const isAdding = useOverlay(state => state.open === 'add-key')

  return (
    <div className="h-full overflow-y-auto">
      <Tabs.Root
        value={tab}
        onValueChange={next => refine({ tab: next === 'keys' ? undefined : next, q: undefined })}
        className="mx-auto flex min-h-full max-w-240 flex-col gap-4 p-5"
      >
        <header className="flex items-start gap-4">
          <div className="min-w-0 flex-1">
            <h1 className="text-page font-semibold">{words.title}</h1>
            <p className="max-w-160 text-text-2">{words.hint[tab]}</p>
          </div>
          <Button look="primary" icon={Plus} onClick={() => openOverlay('add-key')}>
            {text.keys.add}
          </Button>
        </header>
        <Tabs.List aria-label={words.title} className="flex h-9 shrink-0 gap-4 border-b border-line">
          {tabNames.map(name => (
            <Tabs.Trigger
              key={name}
              value={name}
              className="-mb-px border-b-2 border-transparent text-text-2 transition-colors duration-100 hover:text-text data-[state=active]:border-accent data-[state=active]:font-semibold data-[state=active]:text-text"
            >
              {words.tabs[name]}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        {tabNames.map(name => {
          const Tab = tabs[name]
          return (
            <Tabs.Content key={name} value={name} className="flex flex-1 flex-col gap-5 focus-visible:outline-offset-4">
              <Tab />
            </Tabs.Content>
          )
        })}
      </Tabs.Root>
      {isAdding && <AddKey onClose={closeOverlay} />}
    </div>
  )
}
