/** Passes while a link is up, by what the link watcher knows. */

import type { LinkFact } from '../link.ts';
import { failed, type Probe, passed } from './probe.ts';

/** `facts`: of the watched links, by name, as they are at the moment of a probe. */
export function linkProbe(name: string, facts: () => ReadonlyMap<string, LinkFact>): Probe {
  return async () => {
    const fact = facts().get(name);
    // Not looked at yet, or not any more: that says nothing, good or bad.
    if (!fact) throw new Error(`the link ${name} has not been looked at yet`);
    return fact.state === 'up' ? passed('up') : failed(CAUSES[fact.cause]);
  };
}

const CAUSES: Readonly<Record<LinkFact['cause'], string>> = {
  up: 'up',
  'no-carrier': 'no carrier',
  'admin-down': 'set down by an administrator',
  absent: 'no such interface',
  simulated: 'simulated carrier',
};
