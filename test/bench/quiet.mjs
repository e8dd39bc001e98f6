import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

/** The share of the machine that others may take during a sample before it counts as disturbed. */
export const quietGate = 0.12

const cores = availableParallelism()
const tickMs = 10

/** CPU time that the whole machine has spent, ours and others', and what the hypervisor took, in ms. */
export function machineBusyMs() {
  const [user, nice, system, , , irq, softirq, steal] = /^cpu\s+(.*)$/m
    .exec(readFileSync('/proc/stat', 'utf8'))[1]
    .split(' ')
    .map(Number)
  return (user + nice + system + irq + softirq + steal) * tickMs
}

/**
 * How a run shares a machine with others: it waits for a quiet moment, and measures again what was disturbed, as long
 * as its patience lasts.
 *
 * @param {number} seconds How much time all waiting and repeating may take.
 */
export function createPatience(seconds) {
  let leftMs = seconds * 1000

  return {
    /** Waits until the machine idles, for half a second at most. */
    async awaitQuiet() {
      for (let tries = 0; tries < 5 && leftMs > 0; tries++) {
        const before = machineBusyMs()
        await sleep(100)
        if ((machineBusyMs() - before) / (100 * cores) <= 0.2) return
        leftMs -= 100
      }
    },

    /** Takes a sample, up to three times if need be, and gives the least disturbed. */
    async quietest(take) {
      let best = await take()
      for (let again = 0; again < 2 && best.foreign > quietGate && leftMs > 0; again++) {
        const began = performance.now()
        const sample = await take()
        leftMs -= performance.now() - began
        if (sample.foreign < best.foreign) best = sample
      }
      return best
    },
  }
}

/** The share of the machine that others took: all that was spent, without what is known to be ours. */
export function foreignShare({ busyMs, ownMs, wallMs }) {
  return Math.max(0, busyMs - ownMs) / (wallMs * cores)
}
