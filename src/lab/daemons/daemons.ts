/** Every daemon that a node may run, by its label. */

import type { DaemonName } from '../topology.ts';
import { bird } from './bird.ts';
import { collector } from './collector.ts';
import type { Daemon } from './daemon.ts';
import { frr } from './frr.ts';
import { gobgp } from './gobgp.ts';
import { multihomed } from './multihomed.ts';
import { none } from './none.ts';
import { openbgpd } from './openbgpd.ts';
import { web } from './web.ts';

export const DAEMONS: Readonly<Record<DaemonName, Daemon>> = {
  ...{ multihomed, frr, bird, openbgpd, gobgp, collector, web, none },
};
