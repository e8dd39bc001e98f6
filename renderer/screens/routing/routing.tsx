import { useEffect } from 'react'
import { Segments } from '../../components/field.tsx'
import { LoadFailed } from '../../components/load-failed.tsx'
import { Bone, Loading } from '../../components/skeleton.tsx'
import { refine, usePlace } from '../../stores/place.ts'
import { useRouting } from '../../stores/routing.ts'
import { text } from '../../text/text.ts'
import { AsText } from './as-text.tsx'
import { Breakers } from './breakers.tsx'
import { Help } from './help.tsx'
import { Rewrites } from './rewrites.tsx'
import { Routes } from './routes.tsx'
import { Rules } from './rules.tsx'
import { Standing } from './standing.tsx'
import { TryIt } from './try-it.tsx'

const words = text.routing

/** Where turns go: what decides, in order, what rests, and what would become of a request. */
export function Routing() {
  const { routing, breakers, error, load } = useRouting()
  const view = usePlace().params.get('view') === 'text' ? 'text' : 'lists'
  useEffect(() => void load(), [load])

  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto flex min-h-full max-w-280 flex-col gap-4 p-5">
        <header className="flex flex-wrap items-start gap-x-4 gap-y-2">
          <div className="min-w-0 flex-1 basis-80">
            <h1 className="text-page font-semibold">{words.title}</h1>
            <p className="text-text-2">{words.hint}</p>
          </div>
          <div className="flex items-center gap-2">
            <Help />
            <Segments
              label={words.view.label}
              value={view}
              choices={[
                { value: 'lists', label: words.view.lists },
                { value: 'text', label: words.view.text },
              ]}
              onChange={next => refine({ view: next === 'text' ? 'text' : undefined })}
            />
          </div>
        </header>
        {routing === undefined && error !== undefined && <LoadFailed reason={error} onRetry={() => void load()} />}
        {routing === undefined && error === undefined && (
          <Loading>
            <Bone className="h-80" />
          </Loading>
        )}
        {routing !== undefined && view === 'text' && <AsText file={routing.file} />}
        {routing !== undefined && view === 'lists' && (
          <div className="grid items-start gap-5 min-[1100px]:grid-cols-[minmax(0,1fr)_340px]">
            <div className="flex min-w-0 flex-col gap-5">
              <Standing routing={routing} />
              <Rules rules={routing.rules} />
              <Rewrites rewrites={routing.rewrites} rewritesLocked={routing.rewritesLocked} />
              <Routes routes={routing.routes} />
              <Breakers breakers={breakers} />
            </div>
            <div className="min-w-0 min-[1100px]:sticky min-[1100px]:top-5">
              <TryIt />
            </div>
          </div>
        )}
      </div>
    </div>
  )
}
