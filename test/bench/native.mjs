import { spawnSync } from 'node:child_process'
import { mkdirSync, statSync } from 'node:fs'
import path from 'node:path'

const sources = path.join(import.meta.dirname, 'native')
const binaries = path.resolve(import.meta.dirname, '../../out/bench/bin')

/** The programs in C, as paths to run: quick enough that what they cost does not hide what is measured. */
export const programs = {
  upstream: path.join(binaries, 'upstream'),
  load: path.join(binaries, 'load'),
  slowReader: path.join(binaries, 'slow-reader'),
}

/** Compiles those that are missing or older than their source; gives the reason when that fails. */
export function buildPrograms() {
  mkdirSync(binaries, { recursive: true })
  for (const binary of Object.values(programs)) {
    const source = path.join(sources, `${path.basename(binary)}.c`)
    if (modified(binary) > Math.max(modified(source), modified(path.join(sources, 'http.h')))) continue
    const { error, status, stderr } = spawnSync('gcc', ['-O2', '-Wall', '-o', binary, source], { encoding: 'utf8' })
    if (error) return `gcc is needed for the load generator and could not be run (${error.message})`
    if (status !== 0) return `gcc could not compile ${source}:\n${stderr}`
  }
  return undefined
}

function modified(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
