import { quietGate } from './quiet.mjs'

/**
 * The samples of a run, by step, target and round. As a round takes a sample of every target in turn, ratios are taken
 * within a round, where both met the same machine, and what counts is the median of the rounds' ratios.
 */
export function createResults() {
  const steps = {}
  const at = (step, id) => steps[step]?.[id] ?? []

  /** The rounds in which all of these have a sample: the undisturbed ones, or the better half if there are not two. */
  const rounds = (step, ids) => {
    const taken = at(step, ids[0])
      .map((_, round) => ids.map(id => at(step, id)[round]))
      .filter(samples => samples.every(sample => sample !== undefined))
      .map(samples => ({ samples, foreign: Math.max(...samples.map(sample => sample.foreign ?? 0)) }))
      .sort((a, b) => a.foreign - b.foreign)
    const quiet = taken.filter(({ foreign }) => foreign <= quietGate)
    return (quiet.length >= 2 ? quiet : taken.slice(0, Math.max(2, Math.ceil(taken.length / 2)))).map(
      ({ samples }) => samples,
    )
  }

  return {
    add(step, id, round, sample) {
      const samples = ((steps[step] ??= {})[id] ??= [])
      samples[round] = sample
    },

    has: (step, id) => at(step, id).length > 0,

    /** The median of `value(sample)` over the rounds. */
    median: (step, id, value) => median(rounds(step, [id]).map(([sample]) => value(sample))),

    /** The median of `value(sample of a, sample of b, …)` over the rounds. */
    paired: (step, ids, value) => median(rounds(step, ids).map(samples => value(...samples))),

    /** Every sample there is: `{ step, id, sample }`. */
    all: () =>
      Object.entries(steps).flatMap(([step, targets]) =>
        Object.entries(targets).flatMap(([id, samples]) =>
          samples.filter(sample => sample !== undefined).map(sample => ({ step, id, sample })),
        ),
      ),

    toJSON: () => steps,
  }
}

/** The middle of the finite ones; `undefined` of none. */
export function median(numbers) {
  const sorted = numbers.filter(Number.isFinite).sort((a, b) => a - b)
  const middle = sorted.length / 2
  if (sorted.length === 0) return undefined
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * How much `sample` adds to `direct`, as a multiple of what `base` adds. For `results.paired`, with one figure of each.
 * A round in which `base` seems to add nothing was disturbed and says nothing.
 */
export const addedRatio = figure => (sample, base, direct) => {
  const added = figure(base) - figure(direct)
  return added > 0 ? (figure(sample) - figure(direct)) / added : NaN
}

/** One figure of two samples, divided. For `results.paired`. */
export const ratio = figure => (sample, base) => figure(sample) / figure(base)

/** One figure of two samples, subtracted. For `results.paired`. */
export const difference = figure => (sample, base) => figure(sample) - figure(base)
