import { existsSync } from 'node:fs'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../..')
const pinned = path.join(root, 'node_modules/node/bin/node')

/** The Node that the project pins: everything runs on it, ours and the references alike. */
export const nodeBinary = existsSync(pinned) ? pinned : process.execPath
