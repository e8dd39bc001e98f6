import { SearchX } from 'lucide-react'
import { useEffect } from 'react'
import { Button } from '../../components/button.tsx'
import { LoadFailed } from '../../components/load-failed.tsx'
import { Empty } from '../../components/panel.tsx'
import { SearchBox } from '../../components/search-box.tsx'
import { Bone, Loading } from '../../components/skeleton.tsx'
import { TroublePanel } from '../../frame/trouble-panel.tsx'
import { refine, usePlace } from '../../stores/place.ts'
import { useSettings } from '../../stores/settings.ts'
import { useStatus } from '../../stores/status.ts'
import { text } from '../../text/text.ts'
import { appearanceRows } from './appearance.tsx'
import { ConfigRow } from './config-row.tsx'
import { Group } from './group.tsx'
import { captureItems, type Item, isFound, logItems, proxyItems } from './items.ts'
import { loginRows } from './login.tsx'
import { logRows } from './logs.tsx'

const words = text.settings

/** Every setting with its value, where that comes from, and what it does. */
export function Settings() {
  const { settings, file, loginItem, logs, error, load } = useSettings()
  const status = useStatus(state => state.status)
  const search = usePlace().params.get('q') ?? ''
  useEffect(() => void load(), [load])

  const found = (items: readonly Item[]) =>
    items.filter(
      ({ key, label, effect }) => isFound(search, key, label, effect) && settings?.some(setting => setting.key === key),
    )
  const row = (item: Item) => {
    const setting = settings?.find(({ key }) => key === item.key)
    return setting && <ConfigRow key={item.key} item={item} setting={setting} />
  }
  const general = [...appearanceRows(search), ...loginRows(search, loginItem)]
  const proxy = found(proxyItems)
  const capture = found(captureItems)
  const log = [...found(logItems).map(row), ...logRows(search, logs)]
  const isNothing = general.length + proxy.length + capture.length + log.length === 0

  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto flex min-h-full max-w-200 flex-col gap-5 p-5">
        <header className="flex flex-wrap items-center gap-4">
          <div className="min-w-0 flex-1">
            <h1 className="text-page font-semibold">{words.title}</h1>
            {file !== '' && <p className="selectable truncate text-small text-text-3">{words.file(file)}</p>}
          </div>
          <SearchBox label={words.search} value={search} onChange={q => refine({ q })} />
        </header>
        {status !== undefined && <TroublePanel status={status} />}
        {error !== undefined && settings === undefined && <LoadFailed reason={error} onRetry={() => void load()} />}
        {isNothing && settings !== undefined && (
          <Empty icon={SearchX} title={words.none}>
            <Button onClick={() => refine({ q: undefined })}>{text.actions.clear}</Button>
          </Empty>
        )}
        {general.length > 0 && <Group title={words.groups.general}>{general}</Group>}
        {settings === undefined && error === undefined ? (
          <Loading>
            <Bone className="h-60" />
          </Loading>
        ) : (
          <>
            {proxy.length > 0 && <Group title={words.groups.proxy}>{proxy.map(row)}</Group>}
            {capture.length > 0 && <Group title={words.groups.capture}>{capture.map(row)}</Group>}
            {log.length > 0 && <Group title={words.groups.log}>{log}</Group>}
          </>
        )}
      </div>
    </div>
  )
}
