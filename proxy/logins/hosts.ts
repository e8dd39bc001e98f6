/** Whether an address is https on one of the hosts: a name, or `.name` for everything below it. */
export function isOn(url: string, hosts: readonly string[]): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname, username } = new URL(url)
  if (protocol !== 'https:' || username !== '') return false
  return hosts.some(host => (host.startsWith('.') ? hostname.endsWith(host) : hostname === host))
}
