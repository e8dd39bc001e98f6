import { FileX2, WrapText } from 'lucide-react'
import { useState } from 'react'
import type { TurnDetail } from '../../../../proxy/app/contract.ts'
import { Button, IconButton } from '../../../components/button.tsx'
import { CopyButton } from '../../../components/copy.tsx'
import { Segments } from '../../../components/field.tsx'
import { Code } from '../../../components/code.tsx'
import { Empty } from '../../../components/panel.tsx'
import { goTo } from '../../../stores/place.ts'
import { bytes } from '../../../text/format.ts'
import { text } from '../../../text/text.ts'

const words = text.detail

export function RequestBody({ detail }: { readonly detail: TurnDetail }) {
  return <BodyView body={detail.request} missing={detail.bodiesMissing} />
}

export function ResponseBody({ detail }: { readonly detail: TurnDetail }) {
  return (
    <BodyView
      body={detail.response}
      missing={detail.bodiesMissing}
      note={detail.turn.open ? words.stillComing : undefined}
    />
  )
}

interface BodyViewProps {
  readonly body: TurnDetail['request']
  /** Why there is none. */
  readonly missing: string | undefined
  readonly note?: string | undefined
}

function BodyView({ body, missing, note }: BodyViewProps) {
  const [look, setLook] = useState<'pretty' | 'raw'>('pretty')
  const [wraps, setWraps] = useState(true)
  if (body === undefined) {
    return (
      <Empty icon={FileX2} title={words.noBody} hint={missing}>
        <Button onClick={() => goTo('settings', { q: text.settings.items.capture.label })}>{words.capture}</Button>
      </Empty>
    )
  }
  const pretty = prettyOf(body.text)
  const shown = look === 'pretty' ? (pretty ?? body.text) : body.text
  return (
    <div className="flex min-h-full flex-col">
      <div className="sticky top-0 z-10 flex min-h-10 items-center gap-1 border-b border-line bg-surface px-4 text-small text-text-3">
        <span className="min-w-0 flex-1 truncate">
          {note !== undefined && `${note} `}
          {body.cut ? words.cut(bytes(body.text.length), bytes(body.bytes)) : bytes(body.bytes)}
        </span>
        {pretty !== undefined && (
          <Segments
            label={words.view}
            value={look}
            choices={[
              { value: 'pretty', label: words.pretty },
              { value: 'raw', label: words.raw },
            ]}
            onChange={setLook}
          />
        )}
        <IconButton icon={WrapText} label={words.wrap} aria-pressed={wraps} onClick={() => setWraps(!wraps)} />
        <CopyButton value={shown} />
      </div>
      {body.text === '' ? (
        <p className="p-4 text-text-2">{words.empty}</p>
      ) : (
        <Code text={shown} wraps={wraps} isJson={look === 'pretty' && pretty !== undefined} />
      )}
    </div>
  )
}

/** The body laid out: JSON indented, an event stream with an event's data a line. A first part of JSON is not JSON. */
function prettyOf(body: string): string | undefined {
  if (/^(data|event|id):/.test(body)) {
    return body
      .split(/\r?\n/)
      .flatMap(line => (line.startsWith('data:') ? [line.slice(5).trim()] : []))
      .join('\n')
  }
  if (!/^\s*[[{]/.test(body)) return undefined
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return undefined
  }
}
