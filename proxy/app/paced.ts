/** The least rest between two runs, in milliseconds. */
const REST_MS = 1000
/** A rest is so many times as long as the run before it took, so that the runs take a fiftieth of the time at the most. */
const REST_FACTOR = 50

/** Runs something when it is asked for: at once, or after a rest where it ran just now; once for all that ask meanwhile. */
export function paced(run: () => Promise<void>): () => void {
  let isResting = false
  let isWanted = false

  async function go() {
    isResting = true
    isWanted = false
    const startedAt = performance.now()
    await run().catch(() => undefined)
    const took = performance.now() - startedAt
    setTimeout(
      () => {
        isResting = false
        if (isWanted) void go()
      },
      Math.max(REST_MS, took * REST_FACTOR),
    ).unref()
  }

  return () => {
    if (isResting) isWanted = true
    else void go()
  }
}
