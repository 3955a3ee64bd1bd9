/** Passes when a connection is made. Nothing is sent over it. */

import { connected, type Target } from './connect.ts';
import { type Probe, passed } from './probe.ts';

export function tcpProbe(target: Target): Probe {
  return (run) => connected(target, run, (_, done) => done(passed('connected')));
}
