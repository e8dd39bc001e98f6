import { useEffect, useEffectEvent } from 'react'
import { call } from '../../bridge.ts'
import { Button } from '../../components/button.tsx'
import { CloseButton, Dialog } from '../../components/dialog.tsx'
import { text } from '../../text/text.ts'
import { Ladder, useLadder } from './ladder.tsx'

interface TestKeyProps {
  readonly name: string
  readonly backend: string
  readonly onClose: () => void
}

/** Tests a stored key, at once when it opens. */
export function TestKey({ name, backend, onClose }: TestKeyProps) {
  const ladder = useLadder()
  const run = () => void ladder.run(() => call('keys.test', { backend, name }))
  const start = useEffectEvent(run)
  useEffect(() => start(), [])
  return (
    <Dialog
      open
      onClose={onClose}
      title={text.keys.testOf(name)}
      actions={
        <>
          <Button disabled={ladder.isRunning} onClick={run}>
            {ladder.isRunning ? text.keys.testing : text.actions.retry}
          </Button>
          <CloseButton look="primary">{text.actions.close}</CloseButton>
        </>
      }
    >
      <Ladder state={ladder.state} ok={text.keys.testOk} failed={text.keys.testFailed} />
    </Dialog>
  )
}
