import type { TurnDetail } from '../../../../proxy/app/contract.ts'
import { text } from '../../../text/text.ts'

const words = text.detail

/** The headers both ways. */
export function Headers({ detail }: { readonly detail: TurnDetail }) {
  return (
    <div className="flex flex-col gap-4 p-4">
      <HeaderList title={words.requestHeaders} headers={detail.requestHeaders} />
      <HeaderList title={words.responseHeaders} headers={detail.responseHeaders} />
      <p className="text-small text-text-3">{words.masked}</p>
    </div>
  )
}

function HeaderList({
  title,
  headers,
}: {
  readonly title: string
  readonly headers: Readonly<Record<string, string>>
}) {
  const entries = Object.entries(headers)
  return (
    <section aria-label={title}>
      <h3 className="pb-1 text-caption font-medium text-text-3">{title}</h3>
      {entries.length === 0 ? (
        <p className="text-text-2">{words.noHeaders}</p>
      ) : (
        <dl className="divide-y divide-line border-y border-line font-mono text-small">
          {entries.map(([name, value]) => (
            <div key={name} className="flex gap-3 py-1 max-sm:flex-col">
              <dt className="w-2/5 shrink-0 break-words text-text-3">{name}</dt>
              <dd className="min-w-0 flex-1 break-all">{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  )
}
