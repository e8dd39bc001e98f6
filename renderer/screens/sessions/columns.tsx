import type { ReactNode } from 'react'
import type { SessionRow } from '../../../proxy/app/contract.ts'
import { ago, NONE, number, shortMoment, tokens } from '../../text/format.ts'
import type { text } from '../../text/text.ts'
import { costOf, titleOf } from './words.ts'

interface Column {
  readonly id: keyof typeof text.sessions.column
  /** As a track of the grid. */
  readonly track: string
  readonly isNumber?: boolean
  /** Shown where the list is at least so wide, in pixels; always without. */
  readonly from?: number
  readonly cell: (session: SessionRow) => ReactNode
}

/** The columns of the list, in their order. */
export const columns: readonly Column[] = [
  {
    id: 'title',
    track: 'minmax(180px, 1fr)',
    cell: session => (
      <span className={session.title === undefined ? 'text-text-3' : undefined}>{titleOf(session)}</span>
    ),
  },
  { id: 'client', track: '100px', from: 580, cell: ({ client }) => client ?? NONE },
  { id: 'folder', track: '150px', from: 1380, cell: ({ projectDir, project }) => projectDir ?? project ?? NONE },
  {
    id: 'changed',
    track: '110px',
    from: 840,
    cell: ({ changed }) =>
      changed.length === 0 ? NONE : <span className="text-info">{changed.map(({ name }) => name).join(', ')}</span>,
  },
  { id: 'models', track: '170px', from: 1080, cell: ({ models }) => models.join(', ') || NONE },
  { id: 'turns', track: '58px', isNumber: true, cell: ({ turns }) => number(turns) },
  {
    id: 'errors',
    track: '58px',
    isNumber: true,
    from: 900,
    cell: ({ errors }) => (errors === 0 ? NONE : <span className="text-error">{number(errors)}</span>),
  },
  {
    id: 'tokens',
    track: '120px',
    isNumber: true,
    from: 700,
    cell: ({ tokensIn, tokensOut }) => `${tokens(tokensIn)} / ${tokens(tokensOut)}`,
  },
  { id: 'cost', track: '104px', isNumber: true, cell: costOf },
  { id: 'started', track: '90px', from: 1220, cell: ({ startedAt }) => shortMoment(startedAt) },
  { id: 'seen', track: '122px', from: 480, cell: ({ seenAt }) => ago(seenAt) },
]
