import { clsx } from 'clsx'
import type { Counters } from '../../../proxy/app/contract.ts'
import { Panel } from '../../components/panel.tsx'
import { Sparkline } from '../../components/sparkline.tsx'
import { goTo } from '../../stores/place.ts'
import { number, share, tokens } from '../../text/format.ts'
import { text } from '../../text/text.ts'

const words = text.overview.today

/** The day's figures, each with its course over the last 24 hours. */
export function Today({ counters }: { readonly counters: Counters }) {
  const { turns, errors, tokensIn, tokensOut, tokensCached, hours } = counters
  return (
    <Panel title={words.title} note={words.lastDay}>
      <div className="grid grid-cols-2 gap-2.5 min-[1000px]:grid-cols-4">
        <Figure
          name={words.requests}
          value={number(turns)}
          note={turns === 0 ? words.noTokens : words.perRequest(tokens((tokensIn + tokensOut) / turns))}
          course={hours.map(hour => hour.turns)}
        />
        <Figure
          name={words.tokensIn}
          value={tokens(tokensIn)}
          note={tokensIn === 0 ? words.noTokens : words.cached(share(tokensCached / tokensIn))}
          course={hours.map(hour => hour.tokensIn)}
        />
        <Figure
          name={words.tokensOut}
          value={tokens(tokensOut)}
          note={turns === 0 ? words.noTokens : words.perRequest(tokens(tokensOut / turns))}
          course={hours.map(hour => hour.tokensOut)}
        />
        <Figure
          name={words.errors}
          value={number(errors)}
          note={errors === 0 ? words.noErrors : words.rate(share(errors / turns))}
          course={hours.map(hour => hour.errors)}
          isBad={errors > 0}
          onOpen={() => goTo('traffic', { is: 'problems' })}
        />
      </div>
      <HoursTable hours={hours} />
    </Panel>
  )
}

interface FigureProps {
  readonly name: string
  readonly value: string
  readonly note: string
  readonly course: readonly number[]
  readonly isBad?: boolean
  readonly onOpen?: () => void
}

function Figure({ name, value, note, course, isBad = false, onOpen = () => goTo('traffic') }: FigureProps) {
  return (
    <button
      type="button"
      onClick={onOpen}
      className="flex flex-col rounded-card border border-line bg-surface px-3 pt-2 pb-2.5 text-left transition-colors duration-100 hover:border-line-strong"
    >
      <span className="text-caption font-medium text-text-3">{name}</span>
      <span className="flex w-full items-baseline gap-2">
        <span className={clsx('text-figure font-semibold', isBad && 'text-error')}>{value}</span>
        <span className="truncate text-small text-text-3">{note}</span>
      </span>
      <Sparkline
        values={course}
        label={words.hourly(name)}
        className={clsx('mt-1.5 h-6 w-full', isBad ? 'text-error' : 'text-accent')}
      />
    </button>
  )
}

/** The same figures for those who can't see the lines. */
function HoursTable({ hours }: Pick<Counters, 'hours'>) {
  return (
    <table className="sr-only">
      <caption>{words.lastDay}</caption>
      <thead>
        <tr>
          <th>{words.hour}</th>
          <th>{words.requests}</th>
          <th>{words.errors}</th>
          <th>{words.tokensIn}</th>
          <th>{words.tokensOut}</th>
        </tr>
      </thead>
      <tbody>
        {hours.map((hour, i) => (
          <tr key={i}>
            <td>{i - hours.length + 1}</td>
            <td>{number(hour.turns)}</td>
            <td>{number(hour.errors)}</td>
            <td>{tokens(hour.tokensIn)}</td>
            <td>{tokens(hour.tokensOut)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
