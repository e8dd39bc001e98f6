import { clsx } from 'clsx'
import { type ReactNode, useEffect, useState } from 'react'
import { text } from '../text/text.ts'

/** What is quicker than this needs no sign that it is on its way. */
const DELAY_MS = 300

/** The shape of what is to come, shown only if it takes its time. */
export function Loading({ children }: { readonly children: ReactNode }) {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), DELAY_MS)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div role="status" aria-label={text.loading} className={clsx('h-full', !late && 'invisible')}>
      {children}
    </div>
  )
}

/** A grey bar where words will be. */
export function Bone({ className }: { readonly className?: string }) {
  return <div className={clsx('rounded-control bg-inset', className ?? 'h-4 w-32')} />
}
