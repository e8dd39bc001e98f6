import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { basename } from 'node:path'
import { expect, it } from 'vitest'
import { describeListenFailure } from '../../../proxy/server/address.ts'

it.skipIf(process.platform !== 'linux')('names the program that holds an address, not its thread', async () => {
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const { port } = holder.address() as AddressInfo
  const taken = Object.assign(new Error('taken'), { code: 'EADDRINUSE' })
  const { message } = await describeListenFailure(taken, '127.0.0.1', port)
  holder.close()
  expect(message).toMatch(`127.0.0.1:${port} is taken by ${basename(process.execPath)} (pid ${process.pid}). Stop that`)
})
