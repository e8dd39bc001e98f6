import { Tooltip } from 'radix-ui'
import { Toaster } from 'sonner'
import { Boundary } from './components/boundary.tsx'
import { Frame } from './frame/frame.tsx'
import { usePlace } from './stores/place.ts'
import { usePreferences } from './stores/preferences.ts'
import { screens } from './screens/index.ts'

/** The whole window: the frame, and in it the screen that the address names. */
export function App() {
  const { screen } = usePlace()
  const theme = usePreferences(state => state.theme)
  const { Screen } = screens[screen]
  return (
    <Tooltip.Provider delayDuration={400} skipDelayDuration={200}>
      <Frame>
        <Boundary key={screen}>
          <Screen />
        </Boundary>
      </Frame>
      <Toaster
        theme={theme}
        position="bottom-right"
        offset={{ bottom: 38, right: 16 }}
        gap={8}
        duration={6000}
        toastOptions={{
          unstyled: true,
          classNames: {
            toast:
              'flex w-90 items-center gap-2 rounded-overlay border border-line bg-surface py-2 pr-2 pl-3 text-body text-text shadow-lift',
            content: 'flex-1 min-w-0',
            title: 'break-words',
            description: 'text-small text-text-2',
            icon: 'data-[icon]:flex',
            actionButton:
              'h-6 shrink-0 rounded-control border border-line px-2 text-small font-medium text-text hover:bg-hover',
            error: 'text-error',
          },
        }}
      />
    </Tooltip.Provider>
  )
}
