/** Whom the benches compare, ourselves first. */

import { bird } from './bird.ts';
import { frr } from './frr.ts';
import { gobgp } from './gobgp.ts';
import { multihomed } from './multihomed.ts';
import { openbgpd } from './openbgpd.ts';
import type { SubjectKind } from './subject.ts';

export const SUBJECTS: readonly SubjectKind[] = [multihomed, bird, frr, openbgpd, gobgp];
