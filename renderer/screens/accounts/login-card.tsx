import { Eye, EyeOff, FlaskConical, UserRoundCog } from 'lucide-react'
import { useState } from 'react'
import type { LoginRow } from '../../../proxy/app/contract.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { type Fact, FactList } from '../../components/facts.tsx'
import { Switch } from '../../components/field.tsx'
import { Card } from '../../components/panel.tsx'
import { StateTag } from '../../components/state.tsx'
import { ago, moment } from '../../text/format.ts'
import { text } from '../../text/text.ts'
import { QuotaWindows } from './quota.tsx'
import { toneOfLogin } from './states.ts'

const words = text.accounts.logins

interface LoginCardProps {
  readonly of: LoginRow
  readonly onSwitchOn: () => void
  readonly onSwitchOff: () => void
  readonly onTest: () => void
  readonly onSetUp: () => void
  readonly onWriteBack: (isAllowed: boolean) => void
}

/** The sign-in of another program: its state, whose it is, who renews it, and what is left of its quota. */
export function LoginCard({ of: login, onSwitchOn, onSwitchOff, onTest, onSetUp, onWriteBack }: LoginCardProps) {
  const { id, title, state, consent, isUsable, quota } = login
  const isOn = consent !== undefined
  return (
    <li>
      <Card>
        <div className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3">
          <div className="min-w-0 flex-1 basis-80">
            <h2 className="flex flex-wrap items-center gap-x-2 gap-y-1">
              <span className="font-semibold break-words">{title}</span>
              <span className="selectable font-mono text-small font-normal break-all text-text-3">{id}</span>
              <StateTag tone={toneOfLogin(login)}>{state}</StateTag>
            </h2>
            <p className="selectable mt-0.5 text-small break-words text-text-2">
              {isOn ? login.detail : whatOf(login)}
            </p>
          </div>
          <div className="flex items-center gap-2">
            {isOn && login.setUp !== undefined && (
              <Button size="small" icon={UserRoundCog} onClick={onSetUp}>
                {words.setUp.open}
              </Button>
            )}
            {isOn && (
              <Button
                size="small"
                icon={FlaskConical}
                disabled={!isUsable}
                aria-label={text.keys.testOf(title)}
                onClick={onTest}
              >
                {text.keys.test}
              </Button>
            )}
            <Switch label={words.use(title)} checked={isOn} onChange={next => (next ? onSwitchOn() : onSwitchOff())} />
          </div>
        </div>
        {isOn && (
          <div className="grid gap-x-8 gap-y-3 border-t border-line px-4 py-3 sm:grid-cols-2">
            <FactList facts={factsOf(login, onWriteBack)} />
            <QuotaWindows quota={quota} />
          </div>
        )}
      </Card>
    </li>
  )
}

/** What can be said of a login that is off. */
function whatOf({ owner, signIn, source, ended }: LoginRow): string {
  const found = source === undefined ? words.notFound(owner, signIn) : words.foundAt(owner, source)
  return ended === undefined ? found : `${words.ended(ended.on)} ${ended.instead} ${found}`
}

function factsOf(login: LoginRow, onWriteBack: (isAllowed: boolean) => void): readonly Fact[] {
  const { account, plan, project, expiresAt, refreshedBy, lastRefreshAt, lastError, source, consent, writeBack } = login
  const agreed = consent?.at === undefined ? undefined : Date.parse(consent.at)
  const facts: readonly (readonly [name: string, value: Fact[1] | undefined])[] = [
    [words.fact.account, account === undefined ? undefined : <Account key={account} of={account} />],
    [words.fact.plan, plan],
    [words.fact.project, project],
    [words.fact.owner, login.owner],
    [words.fact.source, source && <span className="selectable break-all">{source}</span>],
    [words.fact.expires, expiresAt === undefined ? undefined : moment(expiresAt)],
    [words.fact.refreshedBy, lastRefreshAt === undefined ? refreshedBy : `${refreshedBy}, ${ago(lastRefreshAt)}`],
    [
      words.fact.writeBack,
      writeBack === undefined ? undefined : (
        <Switch label={words.writeBackOf(login.title)} checked={writeBack} onChange={onWriteBack} />
      ),
    ],
    [words.fact.lastError, lastError && <span className="text-error">{lastError}</span>],
    [words.fact.agreed, agreed === undefined ? undefined : moment(agreed)],
  ]
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
}

/** The account, hidden but for its ends until it is asked for: somebody may look over one's shoulder. */
function Account({ of: account }: { readonly of: string }) {
  const [isShown, setShown] = useState(false)
  return (
    <span className="flex items-center gap-1">
      <span className="selectable min-w-0 break-all">{isShown ? account : masked(account)}</span>
      <IconButton
        icon={isShown ? EyeOff : Eye}
        size="small"
        label={isShown ? words.hideAccount : words.showAccount}
        onClick={() => setShown(!isShown)}
      />
    </span>
  )
}

function masked(account: string): string {
  const [name = '', host] = account.split('@')
  return host === undefined ? `${name.slice(0, 2)}…` : `${name.slice(0, 1)}…@${host}`
}
