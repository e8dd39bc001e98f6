/** The digits of what is typed where only a whole number has a sense, `most` at the most. */
export function digitsOf(typed: string, most: number): string {
  return typed.replaceAll(/\D/g, '').slice(0, most)
}
