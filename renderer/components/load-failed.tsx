import { useConnection } from '../stores/connection.ts'
import { text } from '../text/text.ts'
import { Button } from './button.tsx'
import { Empty } from './panel.tsx'

interface LoadFailedProps {
  readonly reason: string
  readonly onRetry: () => void
}

/** What stands where something could not be loaded. Where the window is not let in any more, trying again is no use. */
export function LoadFailed({ reason, onRetry }: LoadFailedProps) {
  const isRefused = useConnection(({ state }) => state === 'refused')
  if (isRefused) return <Empty title={text.loadFailed} hint={text.connection.refusedHint} />
  return (
    <Empty title={text.loadFailed} hint={reason}>
      <Button onClick={onRetry}>{text.actions.retry}</Button>
    </Empty>
  )
}
