import { Gauge, UserRoundX } from 'lucide-react'
import { useEffect, useState } from 'react'
import { toast } from 'sonner'
import type { LoginRow } from '../../../proxy/app/contract.ts'
import { attempt } from '../../attempt.ts'
import { on } from '../../bridge.ts'
import { Button } from '../../components/button.tsx'
import { Segments } from '../../components/field.tsx'
import { LoadFailed } from '../../components/load-failed.tsx'
import { Card, Empty } from '../../components/panel.tsx'
import { Bone, Loading } from '../../components/skeleton.tsx'
import { useLogins } from '../../stores/logins.ts'
import { usePreferences } from '../../stores/preferences.ts'
import { text } from '../../text/text.ts'
import { ConsentSheet } from './consent-sheet.tsx'
import { LoginCard } from './login-card.tsx'
import { SetUpAccount } from './set-up-account.tsx'
import { TestBackend } from './test-backend.tsx'

const words = text.accounts.logins

/** What is asked about a login of the list. */
interface Question {
  readonly what: 'test' | 'consent' | 'set-up'
  readonly login: LoginRow
}

/** The sign-ins of other programs: whose they are, how they do, and whether they are used. */
export function LoginsTab() {
  const { logins, error, load } = useLogins()
  const quota = usePreferences(state => state.quota)
  const [asked, setAsked] = useState<Question>()
  const [isAsking, setAsking] = useState(false)
  const done = () => setAsked(undefined)
  useEffect(() => {
    void load()
    // A login that changes shows in the state of its backend.
    return on('backends', () => void load())
  }, [load])

  const askQuotas = async () => {
    setAsking(true)
    await attempt(useLogins.getState().askQuotas())
    setAsking(false)
  }
  const switchOff = async ({ id, title }: LoginRow) => {
    if ((await attempt(useLogins.getState().disable(id))) !== undefined) toast(words.switchedOff(title))
  }

  if (logins === undefined) {
    return error === undefined ? (
      <Loading>
        <div className="flex flex-col gap-3">
          <Bone className="h-32" />
          <Bone className="h-32" />
        </div>
      </Loading>
    ) : (
      <LoadFailed reason={error} onRetry={() => void load()} />
    )
  }
  if (logins.length === 0) {
    return (
      <Card>
        <Empty icon={UserRoundX} title={words.none} hint={words.noneHint} />
      </Card>
    )
  }
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <p role="status" className="flex-1 text-text-3">
          {summary(logins)}
        </p>
        <Segments
          label={words.quota.label}
          value={quota}
          choices={[
            { value: 'used', label: words.quota.showUsed },
            { value: 'left', label: words.quota.showLeft },
          ]}
          onChange={next => usePreferences.setState({ quota: next })}
        />
        <Button icon={Gauge} disabled={isAsking || !logins.some(isOn)} onClick={() => void askQuotas()}>
          {isAsking ? words.quota.asking : words.quota.ask}
        </Button>
      </div>
      <ul aria-label={words.label} className="flex flex-col gap-3">
        {[...logins]
          .sort((a, b) => rank(a) - rank(b))
          .map(login => (
            <LoginCard
              key={login.id}
              of={login}
              onSwitchOn={() => setAsked({ what: 'consent', login })}
              onSwitchOff={() => void switchOff(login)}
              onTest={() => setAsked({ what: 'test', login })}
              onSetUp={() => setAsked({ what: 'set-up', login })}
              onWriteBack={isAllowed => void attempt(useLogins.getState().allowWriteBack(login.id, isAllowed))}
            />
          ))}
      </ul>
      {asked?.what === 'consent' && <ConsentSheet login={asked.login} onClose={done} />}
      {asked?.what === 'set-up' && <SetUpAccount login={asked.login} onClose={done} />}
      {asked?.what === 'test' && <TestBackend backend={asked.login} onClose={done} />}
    </>
  )
}

function summary(logins: readonly LoginRow[]): string {
  const owners = new Set(logins.filter(login => !isOn(login) && login.source !== undefined).map(({ owner }) => owner))
  const inUse = words.inUse(logins.filter(isOn).length)
  return owners.size === 0 ? inUse : `${inUse} ${words.found([...owners])}`
}

function isOn({ consent }: LoginRow): boolean {
  return consent !== undefined
}

/** What is switched on comes first, then what was found on this computer. */
function rank(login: LoginRow): number {
  if (isOn(login)) return 0
  return login.source === undefined ? 2 : 1
}
