import { stop } from './processes.mjs'
import { start } from './start.mjs'

/** The targets that others are measured by, so that none of the scenarios can do without. */
const bases = ['direct', 'bare', 'translate']

/**
 * Who takes part in a run, and their programs.
 *
 * @param {object} given
 * @param {ReturnType<typeof import('./options.mjs').readOptions>} given.options
 * @param {import('./targets/index.mjs').Target[]} given.targets
 */
export function createParticipants({ options, targets, work }) {
  const runningPrograms = new Map()
  const leftOut = []

  const isIn = (target, scenario) => ((options.quick && target.quick) || target.scenarios).includes(scenario)
  let present = targets
    .filter(({ id }) => options.targets === undefined || bases.includes(id) || options.targets.includes(id))
    .filter(target => options.scenarios.some(scenario => isIn(target, scenario)))

  const running = target => runningPrograms.get(target.program)
  const leaveOut = (title, reason) => {
    leftOut.push({ title, reason })
    console.error(`left out: ${title}: ${reason}`)
  }

  return {
    /** What was left out, and why. */
    leftOut,
    leaveOut,

    /** What was started for a target. */
    running,

    /** Everyone who has not been left out. */
    all: () => present,

    /** Those that a scenario is about and whose program has not ended. */
    of: scenario => present.filter(target => isIn(target, scenario) && !running(target)?.exited),

    /** Starts the programs of all, one after the other; leaves out what does not start. */
    async start() {
      for (const program of new Set(present.map(target => target.program))) {
        const sharing = present.filter(target => target.program === program)
        try {
          runningPrograms.set(program, (await start(sharing[0], work)).running)
        } catch (error) {
          leaveOut(sharing.map(({ title }) => title).join(' and '), error.message)
          present = present.filter(target => target.program !== program)
        }
      }
    },

    async stop() {
      await Promise.all([...runningPrograms.values()].map(stop))
      runningPrograms.clear()
    },
  }
}
