import { useState } from 'react'
import type { Routing, RoutingRule } from '../../../proxy/app/contract.ts'
import { attempt } from '../../attempt.ts'
import { Switch } from '../../components/field.tsx'
import { useRouting } from '../../stores/routing.ts'
import { text } from '../../text/text.ts'
import { ItemsPanel } from './items-panel.tsx'
import { MovableList } from './movable-list.tsx'
import { conditionsOf, nameOfRule } from './rule-draft.ts'
import { RuleForm } from './rule-form.tsx'
import { Remove } from './sheet.tsx'

const words = text.routing.rules

/** What is asked about a rule: its form, or whether it may go. Without a rule the form is for a new one. */
interface Question {
  readonly what: 'form' | 'remove'
  readonly of?: { readonly rule: RoutingRule; readonly at: number }
}

/** The rules in their order. */
export function Rules({ rules }: { readonly rules: Routing['rules'] }) {
  const [asked, setAsked] = useState<Question>()
  const done = () => setAsked(undefined)
  const { editRules } = useRouting.getState()
  const ask = (what: Question['what'], at: number) => {
    const rule = rules[at]?.rule
    if (rule !== undefined) setAsked({ what, of: { rule, at } })
  }
  const move = async (at: number, to: number) => {
    const was = rules[at]?.rule
    return was !== undefined && (await attempt(editRules({ type: 'move', at, was, to }))) !== undefined
  }

  return (
    <ItemsPanel
      words={words}
      isEmpty={rules.length === 0}
      onAdd={() => setAsked({ what: 'form' })}
      list={
        <MovableList
          label={words.title}
          items={rules}
          nameOf={({ rule }, at) => nameOfRule(rule, at)}
          onEdit={at => ask('form', at)}
          onRemove={at => ask('remove', at)}
          onMove={move}
          control={({ rule }, at) => (
            <Switch
              label={words.use(nameOfRule(rule, at))}
              checked={rule.enabled}
              onChange={enabled =>
                void attempt(editRules({ type: 'replace', at, was: rule, item: { ...rule, enabled } }))
              }
            />
          )}
        >
          {(row, at) => <Line of={row} at={at} />}
        </MovableList>
      }
    >
      {asked?.what === 'form' && <RuleForm of={asked.of} onClose={done} />}
      {asked?.what === 'remove' && asked.of !== undefined && (
        <RemoveRule rule={asked.of.rule} at={asked.of.at} onClose={done} />
      )}
    </ItemsPanel>
  )
}

function Line({ of: { rule, source }, at }: { readonly of: Routing['rules'][number]; readonly at: number }) {
  return (
    <span className={rule.enabled ? undefined : 'text-text-3'}>
      <span className="flex items-baseline gap-2">
        <span className="min-w-4 text-text-3">{at + 1}</span>
        <span className="min-w-0 font-semibold break-words">{nameOfRule(rule, at)}</span>
        {!rule.enabled && <span className="text-caption">{text.settings.off}</span>}
        <span className="ml-auto shrink-0 text-caption text-text-3">{source}</span>
      </span>
      <span className="block pl-6 text-text-2">{conditionsOf(rule).join(' · ')}</span>
      <Targets targets={[rule.target, ...rule.on_failure]} className="pl-6" />
    </span>
  )
}

/** Where something leads, one after the other. */
export function Targets({
  targets,
  className = '',
}: {
  readonly targets: readonly string[]
  readonly className?: string
}) {
  return (
    <span className={`block text-small wrap-anywhere ${className}`}>
      {'→ '}
      {targets.map((target, at) => (
        <span key={at}>
          {at > 0 && <span className="text-text-3">{` ${words.then} `}</span>}
          <span className="font-mono">{target}</span>
        </span>
      ))}
    </span>
  )
}

interface RemoveRuleProps {
  readonly rule: RoutingRule
  readonly at: number
  readonly onClose: () => void
}

function RemoveRule({ rule, at, onClose }: RemoveRuleProps) {
  return (
    <Remove
      name={nameOfRule(rule, at)}
      remove={() => useRouting.getState().editRules({ type: 'remove', at, was: rule })}
      onClose={onClose}
    />
  )
}
