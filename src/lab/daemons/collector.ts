/** The lab's own collector (`collector/collector.ts`), as a process in its namespace. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../net/errorText.ts';
import { type CollectorEvent, isUp } from '../collector/events.ts';
import type { CollectorPlan } from '../collector/plan.ts';
import type { Daemon, Place } from './daemon.ts';

export const collector: Daemon = {
  package: undefined,
  programs: [],
  files: (place) => [{ name: 'collector.json', text: JSON.stringify(collectorPlan(place)) }],
  commands: ({ home, self }) => [
    {
      name: 'collector',
      argv: [...self, 'lab', 'play', 'collector', join(home, 'collector.json')],
    },
  ],
  ready: async ({ home }) => collected(home).some(({ what }) => what === 'listening'),
  established: async ({ home, neighbours }) => {
    const events = collected(home);
    const up = neighbours.filter(({ node, family }) => isUp(events, node, family));
    return new Set(up.map(({ address }) => address));
  },
};

/** What it is told. */
export function collectorPlan({ node, neighbours, home }: Omit<Place, 'self'>): CollectorPlan {
  return {
    asn: node.asn ?? 0,
    routerId: node.routerId ?? '',
    events: join(home, EVENTS),
    neighbours: neighbours.map(({ node: name, asn, family, address }) => {
      return { name, asn, family, address };
    }),
  };
}

const EVENTS = 'events.jsonl';

/** Everything that it has written down so far; a last line that is not whole yet is left out. */
export function collected(home: string): readonly CollectorEvent[] {
  const lines = textOf(join(home, EVENTS)).split('\n').slice(0, -1);
  return lines.map((line): CollectorEvent => JSON.parse(line));
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}
