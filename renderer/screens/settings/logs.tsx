import { FolderOpen } from 'lucide-react'
import type { ReactElement } from 'react'
import type { Logs } from '../../../proxy/app/contract.ts'
import { attempt } from '../../attempt.ts'
import { call } from '../../bridge.ts'
import { Button } from '../../components/button.tsx'
import { text } from '../../text/text.ts'
import { SettingRow } from './group.tsx'
import { isFound } from './items.ts'

const words = text.settings

/** Where the app's own log is; nothing until the app has told. */
export function logRows(search: string, logs: Logs | undefined): readonly ReactElement[] {
  const { label, effect } = words.items.logs
  if (logs === undefined || !isFound(search, label, effect)) return []
  return [
    <SettingRow
      key="logs"
      label={label}
      effect={effect}
      source={logs.supported ? words.source.system : words.source.desktop}
      note={<span className="selectable break-words text-text-3">{logs.supported ? logs.folder : logs.reason}</span>}
    >
      {describedBy => (
        <Button
          icon={FolderOpen}
          aria-describedby={describedBy}
          disabled={!logs.supported}
          onClick={() => void attempt(call('logs.open'))}
        >
          {words.showFolder}
        </Button>
      )}
    </SettingRow>,
  ]
}
