import { Worker } from 'node:worker_threads'
import type { Answer, Call, WorkerStart } from './store-calls.ts'

/** The writer's thread: calls go out with a number, answers come back with it. */
export interface Writer {
  /** Rejects with what the writer says, or when it dies. */
  readonly ask: (question: Question, transfer?: readonly ArrayBuffer[]) => Promise<unknown>
  /** Lets it close the file and waits for its end, if need be by force. */
  readonly end: () => Promise<void>
}

export type Question = WithoutNumber<Call>

type WithoutNumber<C> = C extends Call ? Omit<C, 'call'> : never

/** How long a writer may take over its last call. */
const END_MS = 5000

/** Starts the thread; `died` is called once if it ends without being asked to. It keeps the process alive only while it is asked something. */
export function startWriter(program: URL, start: WorkerStart, died: () => void): Writer {
  // Options of our own command line, an inspector's or a test runner's, are not meant for it.
  const worker = new Worker(program, {
    name: 'traffic',
    workerData: start,
    execArgv: [],
    // Batches live briefly: with Node's own limit the nursery would grow by five megabytes for nothing.
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  })
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>()
  let calls = 0
  let cause = 'it ended'
  let ending = false
  const exited = new Promise<void>(resolve => worker.once('exit', () => resolve()))

  worker.unref()
  worker.on('message', (answer: Answer) => {
    const asked = waiting.get(answer.call)
    waiting.delete(answer.call)
    if (waiting.size === 0) worker.unref()
    if ('failure' in answer) asked?.reject(new Error(answer.failure))
    else asked?.resolve(answer.result)
  })
  worker.on('error', error => {
    cause = error instanceof Error ? error.message : String(error)
  })
  worker.once('exit', () => {
    if (!ending) died()
    for (const { reject } of waiting.values()) reject(new Error(`the thread that writes it failed: ${cause}`))
    waiting.clear()
  })

  function ask(question: Question, transfer: readonly ArrayBuffer[] = []): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const call = ++calls
      worker.postMessage({ ...question, call }, transfer)
      waiting.set(call, { resolve, reject })
      worker.ref()
    })
  }

  async function end() {
    ending = true
    const force = setTimeout(() => void worker.terminate(), END_MS)
    ask({ type: 'close' }).catch(() => undefined) // It may die before it answers, which is as well.
    await exited
    clearTimeout(force)
  }

  return { ask, end }
}
