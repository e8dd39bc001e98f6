import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { programs } from './native.mjs'
import { cpuMs, loadCore, onCore, residentMb } from './processes.mjs'
import { foreignShare, machineBusyMs } from './quiet.mjs'

const run = promisify(execFile)

/**
 * Puts a target under load once, and adds to the generator's report what the target spent on it and how much others
 * disturbed.
 *
 * @param {object} shape How to load; see native/load.c.
 * @param {number} shape.connections
 * @param {number} shape.requests
 * @param {number} shape.maxMs
 * @param {number} [shape.deltas] Of a whole answer, if it is a stream.
 * @param {number} [shape.warmUp] Requests before counting begins.
 * @param {number} [shape.rampMs]
 */
export async function underLoad({ port, pid, upstreamPid, file, shape }) {
  const { connections, requests, maxMs, deltas = 0, warmUp = 0, rampMs = 0 } = shape
  const numbers = [connections, requests, Math.round(maxMs), deltas, warmUp, rampMs].map(String)
  const [command, ...args] = onCore(loadCore, [programs.load, String(port), file, ...numbers])

  const before = { at: performance.now(), busy: machineBusyMs(), target: cpuMs(pid), upstream: cpuMs(upstreamPid) }
  const { stdout } = await run(command, args, { timeout: maxMs + 15_000 })
  const sample = JSON.parse(stdout)
  const cpu = since(before.target, cpuMs(pid))
  const upstreamCpu = since(before.upstream, cpuMs(upstreamPid))

  return {
    ...sample,
    cpuMs: cpu,
    residentMb: residentMb(pid),
    foreign: foreignShare({
      busyMs: machineBusyMs() - before.busy,
      ownMs: cpu.all + upstreamCpu.all + sample.ownCpuMs,
      wallMs: performance.now() - before.at,
    }),
  }
}

const since = (before, after) => ({ all: after.all - before.all, main: after.main - before.main })
