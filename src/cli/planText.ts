/** A plan as people read it. Pure. */

import { prefixList } from '../control/words.ts';
import type { PlannedNeighbour, PlanView } from './planView.ts';
import { formatTable, type Layout } from './table.ts';

export function planText({ asn, routerId, neighbours }: PlanView, layout: Layout) {
  const rows = neighbours.map((neighbour) => [
    neighbour.name,
    String(neighbour.asn),
    linkText(neighbour),
    sentText(neighbour),
  ]);
  return [
    `AS${asn}, router-id ${routerId}`,
    '',
    ...formatTable(['NEIGHBOUR', 'AS', 'LINK', 'WOULD BE SENT'], rows, layout),
  ];
}

const LEARNED = {
  all: ', and what was learned',
  default: ', and a learned default route',
  none: '',
} as const;

function sentText({ announcements, learned }: PlannedNeighbour): string {
  return `${prefixList(announcements.map(({ prefix }) => prefix))}${LEARNED[learned]}`;
}

function linkText({ interface: device, origin }: PlannedNeighbour): string {
  if (device === null) return 'not known';
  return origin === 'derived' ? `${device} (derived)` : device;
}
