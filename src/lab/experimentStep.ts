/** A step of an experiment's file: something that is done, to a link or to a node. */

import { percent } from '../config/bgpFields.ts';
import { choice } from '../config/field.ts';
import type { Findings, Place } from '../config/findings.ts';
import { fallback, optional, type ReadKeys, required } from '../config/mapping.ts';
import { DEEDS, type Deed, type Step } from './experiment.ts';
import { NODE, several, text, time } from './experimentFields.ts';
import type { Degradation } from './relay/fate.ts';

export const STEP = {
  at: required(time, 'When, from the moment at which everything is steady.'),
  do: required(choice('something to do', DEEDS), 'What is done.'),
  link: optional(
    several('nodes', NODE),
    'The link between two nodes, for cut, restore, reset, degrade.',
  ),
  loss: optional(percent, 'Of degrade: how many of a hundred frames are lost, in each direction.'),
  delay: fallback(time, '0s', 'Of degrade: how late the others are, in each direction.'),
  node: optional(NODE, 'The node whose programs are frozen, killed, stopped or started.'),
  program: optional(text('a program', 'bgpd'), 'One of its programs; default: all.'),
};

/** The others are done to a node. */
const ON_LINK: readonly Deed[] = ['cut', 'restore', 'reset', 'degrade'];

export function stepOf(
  read: ReadKeys<typeof STEP>,
  place: Place,
  findings: Findings,
): readonly Step[] {
  if (!read.at || !read.do) return [];
  const deed = read.do.value;
  const [a, b, ...more] = read.link?.value.map(({ value }) => value) ?? [];
  const link =
    a !== undefined && b !== undefined && more.length === 0 ? ([a, b] as const) : undefined;
  const node = read.node?.value;
  const isOnLink = ON_LINK.some((each) => each === deed);
  if (isOnLink ? !link || node !== undefined : node === undefined || read.link) {
    findings.error(place, {
      cause: isOnLink ? `${deed} is done to a link` : `${deed} is done to a node`,
      consequence: 'what is meant is not clear',
      mend: isOnLink ? 'write link: [edge, transit-a]' : 'write node: transit-a',
    });
  }
  const degradation = degradationOf(read, deed, place, findings);
  return [{ at: read.at.value, deed, link, node, program: read.program?.value, degradation }];
}

function degradationOf(
  read: ReadKeys<typeof STEP>,
  deed: Deed,
  place: Place,
  findings: Findings,
): Degradation {
  const degradation = { loss: read.loss?.value ?? 0, delay: read.delay.value };
  const isWhole = degradation.loss === 0 && degradation.delay === 0;
  if ((deed === 'degrade') === isWhole) {
    findings.error(place, {
      cause: isWhole ? 'degrade lacks loss and delay' : `${deed} takes neither loss nor delay`,
      consequence: 'what the link is to be like is not clear',
      mend: isWhole ? 'write loss: 30% or delay: 50ms, or both' : 'write do: degrade',
    });
  }
  return degradation;
}
