export function Traffic() {
  return null
}
