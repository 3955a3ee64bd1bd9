/**
 * The story that the demo plays: for each step what is done, and what must be seen before the next
 * one is begun, in the very words of the timeline.
 */

import { COLLECTOR_AS, EDGE_AS, PREFIX, TRANSIT_A, TRANSIT_B } from './plan.ts';
import type { Stage } from './stage.ts';
import type { Sight } from './timeline.ts';

export interface Step {
  readonly title: string;
  readonly cause: (stage: Stage) => void | Promise<void>;
  readonly sights: readonly Sight[];
  /** Of these the time is told again at the end. */
  readonly measures?: readonly (readonly [label: string, sight: Sight])[];
}

const A = TRANSIT_A.name;
const B = TRANSIT_B.name;
const PATH_A = `${TRANSIT_A.asn} ${EDGE_AS}`;
const PATH_B = `${TRANSIT_B.asn} ${EDGE_AS}`;

/** What the neighbour is told with the last Cease. */
const GOODBYE = 'the demo is over';

export const INTRODUCTION = [
  `The edge (AS${EDGE_AS}) announces ${PREFIX} to two upstreams. A route collector`,
  `(AS${COLLECTOR_AS}) behind them shows what the Internet sees of it. Everything is in this`,
  'process and speaks real BGP over TCP on 127.0.0.1; each link is a relay that can',
  'be cut. Times count from the cause of a step; "reads" is at the socket.',
  '',
  `             eth1   ${A} (AS${TRANSIT_A.asn})`,
  '      edge <                               > collector',
  `             eth2   ${B} (AS${TRANSIT_B.asn})`,
] as const;

/** The sessions behind the upstreams, which come up before the story begins. */
export const BEFORE: readonly Sight[] = [
  ['collector', `session with ${A} is up`],
  ['collector', `session with ${B} is up`],
];

const VIA_A: Sight = ['collector', `best path is now ${PATH_A}`];
const VIA_B: Sight = ['collector', `best path is now ${PATH_B}`];
const READS_WITHDRAWAL: Sight = [A, `reads UPDATE: withdraw ${PREFIX}`];

const announcedTo = (name: string): readonly Sight[] => [
  ['edge', `session with ${name} is up`],
  [name, 'session with the edge is up'],
  [name, `reads UPDATE: announce ${PREFIX}, path ${EDGE_AS}`],
];

export const STORY: readonly Step[] = [
  {
    title: 'The edge starts',
    cause: (stage) => stage.startEdge(),
    sights: [
      ...announcedTo(A),
      ...announcedTo(B),
      ['collector', `reads UPDATE from ${B}: path ${PATH_B}`],
      VIA_A,
    ],
  },
  {
    title: 'eth1 goes down, TCP still gets through: the neighbour can be told',
    cause: (stage) => stage.linkDown('a', 'edge-only'),
    sights: [
      ['edge', `drops the session with ${A}`],
      READS_WITHDRAWAL,
      [
        A,
        'reads NOTIFICATION: Cease/Administrative Reset: "link eth1 is down (simulated carrier)"',
      ],
      VIA_B,
      [A, 'ends its idle hold: the edge may connect again'],
    ],
    measures: [
      [`link down -> ${A} reads the withdrawal`, READS_WITHDRAWAL],
      ['link down -> the collector takes the other path', VIA_B],
    ],
  },
  {
    title: 'eth1 is up again',
    cause: (stage) => stage.linkUp('a', 'edge-only'),
    sights: [...announcedTo(A), VIA_A],
    measures: [['link up -> the collector is back on the first path', VIA_A]],
  },
  {
    title: 'The wire of eth1 is cut: nobody can be told, both ends lose their carrier',
    cause: (stage) => stage.linkDown('a', 'wire'),
    sights: [
      ['edge', `drops the session with ${A}`],
      [A, 'drops the session with the edge'],
      VIA_B,
    ],
    measures: [['wire cut -> the collector takes the other path', VIA_B]],
  },
  {
    title: 'The wire of eth1 is whole again',
    cause: (stage) => stage.linkUp('a', 'wire'),
    sights: [...announcedTo(A), VIA_A],
    measures: [['wire mended -> the collector is back on the first path', VIA_A]],
  },
  {
    title: `${B} crashes`,
    cause: (stage) => stage.crash('b'),
    sights: [
      ['edge', `loses ${B}: connection reset by the neighbour`],
      ['collector', `loses ${B}: connection reset by the neighbour`],
    ],
  },
  {
    title: `${B} starts again`,
    cause: (stage) => stage.restart('b'),
    sights: [
      ...announcedTo(B),
      ['collector', `session with ${B} is up`],
      ['collector', `reads UPDATE from ${B}: path ${PATH_B}`],
    ],
  },
];

export const LAST_STEP: Step = {
  title: 'The edge is stopped',
  cause: (stage) => stage.stopEdge(GOODBYE),
  sights: [A, B]
    .flatMap((name): readonly Sight[] => [
      [name, `reads UPDATE: withdraw ${PREFIX}`],
      [name, `reads NOTIFICATION: Cease/Administrative Shutdown: "${GOODBYE}"`],
    ])
    .concat([['collector', `has no path to ${PREFIX}`]]),
};
