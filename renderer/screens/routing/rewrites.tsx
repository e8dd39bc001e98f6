import { Lock } from 'lucide-react'
import { useState } from 'react'
import type { Rewrite, Routing } from '../../../proxy/app/contract.ts'
import { attempt } from '../../attempt.ts'
import { Field, TextField } from '../../components/field.tsx'
import { useRouting } from '../../stores/routing.ts'
import { text } from '../../text/text.ts'
import { ItemsPanel } from './items-panel.tsx'
import { MovableList } from './movable-list.tsx'
import { SelectorInput } from './selector-input.tsx'
import { Remove, Sheet } from './sheet.tsx'

const words = text.routing.rewrites

interface Question {
  readonly what: 'form' | 'remove'
  readonly of?: { readonly rewrite: Rewrite; readonly at: number }
}

/** The rewrites in their order. */
export function Rewrites({ rewrites, rewritesLocked: locked }: Pick<Routing, 'rewrites' | 'rewritesLocked'>) {
  const [asked, setAsked] = useState<Question>()
  const done = () => setAsked(undefined)
  const { editRewrites } = useRouting.getState()
  const ask = (what: Question['what'], at: number) => {
    const rewrite = rewrites[at]?.rewrite
    if (rewrite !== undefined) setAsked({ what, of: { rewrite, at } })
  }
  const move = async (at: number, to: number) => {
    const was = rewrites[at]?.rewrite
    return was !== undefined && (await attempt(editRewrites({ type: 'move', at, was, to }))) !== undefined
  }
  const remove = ({ rewrite: was, at }: NonNullable<Question['of']>) => editRewrites({ type: 'remove', at, was })

  return (
    <ItemsPanel
      words={words}
      isEmpty={rewrites.length === 0}
      onAdd={locked === undefined ? () => setAsked({ what: 'form' }) : undefined}
      notice={
        locked !== undefined && (
          <p className="flex items-center gap-1 text-small text-text-3">
            <Lock size={12} aria-hidden />
            {locked}
          </p>
        )
      }
      list={
        <MovableList
          label={words.title}
          items={rewrites}
          nameOf={({ rewrite }) => words.named(rewrite.pattern)}
          onEdit={at => ask('form', at)}
          onRemove={at => ask('remove', at)}
          onMove={move}
          locked={locked}
        >
          {({ rewrite, source }, at) => (
            <span className="flex items-baseline gap-2">
              <span className="min-w-4 text-text-3">{at + 1}</span>
              <span className="min-w-0 flex-1 text-small wrap-anywhere">
                <span className="font-mono">{rewrite.pattern}</span>
                <span className="text-text-3">{` ${words.becomes} `}</span>
                <span className="font-mono">{rewrite.replacement}</span>
              </span>
              <span className="shrink-0 text-caption text-text-3">{source}</span>
            </span>
          )}
        </MovableList>
      }
    >
      {asked?.what === 'form' && <RewriteForm of={asked.of} onClose={done} />}
      {asked?.what === 'remove' && asked.of !== undefined && (
        <Remove name={words.named(asked.of.rewrite.pattern)} remove={remove.bind(undefined, asked.of)} onClose={done} />
      )}
    </ItemsPanel>
  )
}

interface RewriteFormProps {
  readonly of: Question['of'] | undefined
  readonly onClose: () => void
}

function RewriteForm({ of, onClose }: RewriteFormProps) {
  const [pattern, setPattern] = useState(of?.rewrite.pattern ?? '')
  const [replacement, setReplacement] = useState(of?.rewrite.replacement ?? '')
  const item = { pattern, replacement: replacement.trim() }
  const save = () =>
    useRouting
      .getState()
      .editRewrites(of === undefined ? { type: 'add', item } : { type: 'replace', at: of.at, was: of.rewrite, item })
  return (
    <Sheet
      title={of === undefined ? words.form.addTitle : words.form.editTitle}
      name={words.named(pattern)}
      isComplete={pattern !== '' && item.replacement !== ''}
      save={save}
      onClose={onClose}
    >
      <TextField
        label={words.form.pattern}
        hint={words.form.patternHint}
        value={pattern}
        onChange={setPattern}
        isCode
        autoFocus
      />
      <Field label={words.form.replacement} hint={words.form.replacementHint}>
        {({ id, describedBy }) => (
          <SelectorInput
            id={id}
            aria-describedby={describedBy}
            value={replacement}
            onChange={event => setReplacement(event.target.value)}
          />
        )}
      </Field>
    </Sheet>
  )
}
