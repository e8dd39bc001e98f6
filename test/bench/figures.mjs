/** The figures that tables and goals read from a sample of the load generator (`load.mjs`). */

/** Microseconds from the first byte sent to the last received. */
export const p50 = sample => sample.latency.p50
export const p99 = sample => sample.latency.p99

/** Microseconds to the first delta. */
export const firstDelta = sample => sample.first.p50

/** Microseconds that a delta was on its way. */
export const deltaP50 = sample => sample.delta.p50
export const deltaP99 = sample => sample.delta.p99
export const deltaMax = sample => sample.delta.max

export const requestsPerSecond = sample => sample.requestsPerSecond
export const deltasPerSecond = sample => sample.deltasPerSecond

/** Microseconds of the target's CPU for a request, of all its threads and of its main thread. */
export const cpuPerRequest = sample => (sample.cpuMs.all * 1000) / sample.finished
export const mainCpuPerRequest = sample => (sample.cpuMs.main * 1000) / sample.finished

/** Microseconds of the target's CPU for a delta, which are milliseconds for a thousand. */
export const cpuPerDelta = sample => (sample.cpuMs.all * 1000) / sample.deltas

export const residentMb = sample => sample.residentMb

/** Answers that were not what they should be. */
export const faults = sample => sample.errors + sample.notOk + sample.incomplete + sample.unfinished
