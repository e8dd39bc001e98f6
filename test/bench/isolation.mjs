import { spawnSync } from 'node:child_process'

/**
 * The best place of its own that this machine allows the measurement: a network namespace with nothing but loopback, so
 * that nothing can leave and no port is taken, inside a process namespace, so that the kernel ends everything in it
 * with its first process.
 *
 * @returns {{ name: string, command: string[], killedBy: NodeJS.Signals }} The command to put in front, and the signal
 *   that ends it.
 */
export function isolation() {
  const namespaces = ['--net', '--pid', '--fork', '--kill-child', '--mount-proc']
  const loopbackUp = ['sh', '-c', 'ip link set lo up && exec "$@"', 'sh']
  for (const asUser of [[], ['--map-root-user']]) {
    const [command, ...args] = ['unshare', ...asUser, ...namespaces, ...loopbackUp]
    if (spawnSync(command, [...args, 'true']).status === 0)
      return { name: 'loopback-only namespace', command: [command, ...args], killedBy: 'SIGKILL' }
  }
  return { name: 'no namespace (not permitted)', command: [], killedBy: 'SIGTERM' }
}
