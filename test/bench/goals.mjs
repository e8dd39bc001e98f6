import * as figure from './figures.mjs'
import { addedRatio, ratio } from './results.mjs'
import { delivered } from './scenarios/many-streams.mjs'
import { idleMb, startMs } from './scenarios/startup.mjs'

const atMost = (must, stretch) => ({ must, stretch, sign: '≤', meets: (value, goal) => value <= goal })
const atLeast = (must, stretch) => ({ must, stretch, sign: '≥', meets: (value, goal) => value >= goal })

/**
 * What we hold ourselves to, each with what a run measured of it (`undefined` if it did not). `must` is what a change
 * must not lose; `stretch` is what would be hard to beat.
 */
export const goals = [
  ...wholeGoals('ours', ''),
  ...wholeGoals('ours-selector', ', model given as backend:model'),
  {
    id: 'G6',
    text: 'streamed: added time to first delta ÷ bare',
    ...atMost(1.25, 0.6),
    measure: results => results.paired('B.1 KB.paced', ['ours', 'bare', 'direct'], addedRatio(figure.firstDelta)),
  },
  {
    id: 'G7',
    text: '500 streams: CPU a delta ÷ bare',
    ...atMost(1.15, 0.8),
    measure: results => results.paired('D', ['ours', 'bare'], ratio(figure.cpuPerDelta)),
  },
  {
    id: 'G8',
    text: '500 streams: added delta p50 ÷ bare',
    ...atMost(1.2, 0.75),
    measure: results => results.paired('D', ['ours', 'bare', 'direct'], addedRatio(figure.deltaP50)),
  },
  {
    id: 'G9',
    text: '500 streams: share of deltas delivered',
    ...atLeast(1, 1),
    measure: results => results.median('D', 'ours', delivered),
  },
  {
    id: 'G9',
    text: '500 streams: delta p99 ÷ bare',
    ...atMost(1.5, 0.75),
    measure: results => results.paired('D', ['ours', 'bare'], ratio(figure.deltaP99)),
  },
  ...translatedGoals('messagesToChat', 'Messages → Chat'),
  ...translatedGoals('chatToMessages', 'Chat → Messages'),
  {
    id: 'G13',
    text: 'start to first answer ÷ bare',
    ...atMost(1.8, 1.3),
    measure: results => results.paired('E', ['ours', 'bare'], ratio(startMs)),
  },
  {
    id: 'G14',
    text: 'idle memory ÷ bare',
    ...atMost(1.4, 1.2),
    measure: results => results.paired('E', ['ours', 'bare'], ratio(idleMb)),
  },
  {
    id: 'G14',
    text: 'memory after the whole run ÷ bare',
    ...atMost(1.6, 1.3),
    measure: results => results.paired('end', ['ours', 'bare'], ratio(figure.residentMb)),
  },
  {
    id: 'G15',
    text: '1 KB: CPU with the metadata log ÷ without',
    ...atMost(1.08, 1.04),
    measure: results => results.paired('A1.many', ['ours-metadata', 'ours-no-log'], ratio(figure.cpuPerRequest)),
  },
  {
    id: 'G16',
    text: '200 KB: CPU with bodies captured ÷ without, all threads',
    ...atMost(2, 1.8),
    measure: results => results.paired('A200.many', ['ours', 'ours-metadata'], ratio(figure.cpuPerRequest)),
  },
  {
    id: 'G16',
    text: '200 KB: CPU with bodies captured ÷ without, main thread',
    ...atMost(1.25, 1.15),
    measure: results => results.paired('A200.many', ['ours', 'ours-metadata'], ratio(figure.mainCpuPerRequest)),
  },
  {
    id: 'G17',
    text: '100 readers of 1 KB/s: memory growth, MB',
    ...atMost(50, 20),
    measure: results => results.median('slow', 'ours', sample => sample.growthMb),
  },
  {
    id: 'G18',
    text: '1 KB: CPU ÷ nginx',
    ...atMost(4.2, 2.3),
    measure: results => results.paired('A1.many', ['ours', 'nginx'], ratio(figure.cpuPerRequest)),
  },
]

function wholeGoals(id, suffix) {
  return [
    {
      id: 'G1',
      text: `1 KB: added p50 ÷ bare${suffix}`,
      ...atMost(1.25, 0.8),
      measure: results => results.paired('A1.alone', [id, 'bare', 'direct'], addedRatio(figure.p50)),
    },
    {
      id: 'G2',
      text: `1 KB: CPU ÷ bare${suffix}`,
      ...atMost(1.25, 0.7),
      measure: results => results.paired('A1.many', [id, 'bare'], ratio(figure.cpuPerRequest)),
    },
    {
      id: 'G3',
      text: `1 KB: requests a second ÷ bare${suffix}`,
      ...atLeast(0.8, 1.3),
      measure: results => results.paired('A1.many', [id, 'bare'], ratio(figure.requestsPerSecond)),
    },
    {
      id: 'G4',
      text: `200 KB: added p50 ÷ bare${suffix}`,
      ...atMost(1.25, 0.8),
      measure: results => results.paired('A200.alone', [id, 'bare', 'direct'], addedRatio(figure.p50)),
    },
    {
      id: 'G5',
      text: `200 KB: CPU ÷ bare${suffix}`,
      ...atMost(1.5, 0.8),
      measure: results => results.paired('A200.many', [id, 'bare'], ratio(figure.cpuPerRequest)),
    },
  ]
}

function translatedGoals(route, name) {
  const pair = ['ours-translate', 'translate']
  const measures = [
    {
      id: 'G10',
      text: `${name}, 1 KB: p50 ÷ bare translate`,
      ...atMost(1.25, 1),
      measure: results => results.paired(`C.${route}.1 KB`, pair, ratio(figure.p50)),
    },
    {
      id: 'G10',
      text: `${name}, 1 KB: CPU ÷ bare translate`,
      ...atMost(1.25, 1),
      measure: results => results.paired(`C.${route}.1 KB`, pair, ratio(figure.cpuPerRequest)),
    },
    {
      id: 'G11',
      text: `${name}, 200 KB: p50 ÷ bare translate`,
      ...atMost(1.25, 0.9),
      measure: results => results.paired(`C.${route}.200 KB`, pair, ratio(figure.p50)),
    },
    {
      id: 'G12',
      text: `${name}, streamed: added time to first delta ÷ bare translate`,
      ...atMost(1.25, 0.8),
      measure: results => results.paired(`C.${route}.paced`, [...pair, 'direct'], addedRatio(figure.firstDelta)),
    },
    {
      id: '–',
      text: `${name}, a stream of 50 MB: memory growth, MB`,
      ...atMost(20, 10),
      measure: results => results.median(`long.${route}`, 'ours-translate', sample => sample.growthMb),
    },
  ]
  return measures.map(goal => ({ ...goal, translated: true }))
}
