import { faults } from './figures.mjs'
import { underLoad } from './load.mjs'
import { createPatience } from './quiet.mjs'
import { requestFile } from './requests.mjs'
import { setProfile, upstreamPort } from './upstream.mjs'

/** What a scenario measures with: load on a target, in rounds, its samples among the results. */
export function createBench({ options, participants, results, upstream, work }) {
  const { quick } = options
  const patience = createPatience(quick ? 8 : 60)
  const tried = new Map()

  /** Sets how streams run from now on, of the upstream and of its double that is asked directly. */
  const setStreams = async profile => {
    const doubles = participants.all().filter(({ id }) => id === 'direct')
    for (const port of [upstreamPort, ...doubles.map(({ program }) => program.port)]) await setProfile(port, profile)
  }

  const load = (target, request, shape) =>
    underLoad({
      port: target.program.port,
      pid: participants.running(target).pid,
      upstreamPid: upstream.pid,
      file: requestFile(target, request, work),
      shape,
    })

  /** Whether a target answers a request as it should; if so it is warm afterwards. */
  const answers = async (target, request) => {
    const deltas = request.stream ? 50 : 0
    const probe = await load(target, request, { connections: 1, requests: 3, maxMs: 5000, deltas })
    if (faults(probe) > 0 || probe.requests < 3) {
      const kind = `${request.route} of ${request.size.name}${request.stream ? ', streamed' : ''}`
      participants.leaveOut(`${target.title}, ${kind}`, probe.errorSample || 'no proper answer')
      return false
    }
    await load(target, request, { connections: 8, requests: 1e6, maxMs: quick ? 800 : 1500, deltas })
    return true
  }

  return {
    quick,
    work,
    participants,
    results,
    setStreams,

    /** The targets of a scenario that can answer a request, each of them warm. */
    async able(scenario, request) {
      await setStreams({ chunks: 50, interval_us: 0, first_us: 0 })
      const able = []
      for (const target of participants.of(scenario)) {
        if (target.routes[request.route] === undefined) continue
        const key = [target.id, request.route, request.size.name, request.stream].join()
        if (!tried.has(key)) tried.set(key, await answers(target, request))
        if (tried.get(key)) able.push(target)
      }
      return able
    },

    /** Puts a target under load once. */
    load,

    /** The same in a quiet moment, again if it was disturbed. */
    async quietLoad(target, request, shape) {
      await patience.awaitQuiet()
      const maxMs = shape.maxMs * (quick ? 0.4 : 0.85)
      return patience.quietest(() => load(target, request, { ...shape, maxMs }))
    },

    /** Takes a sample of every target in turn, round after round; fewer rounds of what takes long. */
    async rounds(step, targets, take, { atMost = Infinity } = {}) {
      for (let round = 0; round < Math.min(options.rounds, atMost); round++) {
        for (const target of inTurn(targets, round)) {
          if (!participants.running(target).exited) results.add(step, target.id, round, await take(target))
        }
      }
      for (const target of targets) {
        if (participants.running(target).exited) participants.leaveOut(target.title, `it ended during ${step}`)
      }
    },
  }
}

/** A list begun elsewhere each round, so that no target is always first. */
export function inTurn(list, round) {
  return list.map((_, i) => list[(i + round) % list.length])
}
