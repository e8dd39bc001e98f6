import { oursTargets } from './ours.mjs'
import { referenceTargets } from './references.mjs'
import { upstreamPort } from '../upstream.mjs'

/**
 * A program to start and to send requests to.
 *
 * @typedef {object} Program
 * @property {string} name
 * @property {number} port
 * @property {string[]} command
 * @property {Record<string, string>} [env]
 * @property {string} [missing] Why it cannot be started here.
 *
 * A way through a program: what its client sends where. Keys are `relay` (a Chat Completions client before such an
 * upstream), `messagesToChat` and `chatToMessages` (the client's format, then the upstream's).
 * @typedef {Record<string, { path: string, format: 'chat' | 'messages', model: string }>} Routes
 *
 * What is measured, under one name. Two targets may share a program and differ in what the client asks for.
 * @typedef {object} Target
 * @property {string} id
 * @property {string} title
 * @property {Program} program
 * @property {Routes} routes
 * @property {string[]} scenarios Those it takes part in.
 * @property {string[]} [quick] Those it takes part in with --quick, if not in all of them.
 */

/**
 * What can be measured, references first.
 *
 * @param {string} work A folder for the files that a program needs.
 * @returns {Target[]}
 */
export function allTargets(work) {
  const upstream = `http://127.0.0.1:${upstreamPort}`
  return [...referenceTargets(upstream, work), ...oursTargets(upstream, work)]
}
