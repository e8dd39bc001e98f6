/** The highest number that a key of a backend may have. */
export const MOST_KEYS = 99

/** The variables among these, and these with a number behind them, that are set: `OPENAI_API_KEY`, `OPENAI_API_KEY_2`. */
export function setVariables(env: Readonly<Record<string, string | undefined>>, names: readonly string[]): string[] {
  const numbers = Array.from({ length: MOST_KEYS }, (_, index) => `_${index + 1}`)
  return ['', ...numbers]
    .flatMap(number => names.map(name => name + number))
    .filter(variable => (env[variable] ?? '').trim() !== '')
}
