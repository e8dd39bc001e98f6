import type { TestStep } from '../backends/key-test.ts'
import type { Terminal } from './args.ts'

/** Tells the steps of a test to a person, one a line. */
export function tellSteps(steps: readonly TestStep[], { out }: Pick<Terminal, 'out'>): void {
  for (const { ok, name, ms, detail } of steps) out.write(`${ok ? 'ok  ' : 'FAIL'}  ${name}  ${ms} ms  ${detail}\n`)
}
