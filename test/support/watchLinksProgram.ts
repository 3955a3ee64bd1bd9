/**
 * The daemon's eyes alone: watches the links of a file's upstreams, and prints one JSON line for
 * each event and for each result of the search for paths.
 *
 * Usage: watchLinksProgram.ts FILE
 */

import { readFileSync } from 'node:fs';
import { PathFinder } from '../../src/daemon/pathFinder.ts';
import type { PathFact } from '../../src/monitor/link.ts';
import type { LinkEvent } from '../../src/monitor/linkEvent.ts';
import { watchLinks } from '../../src/monitor/linkWatcher.ts';
import { configOf } from './ownRoute.ts';

export type Printed =
  | LinkEvent
  | { readonly type: 'Paths'; readonly paths: Readonly<Record<string, PathFact>> };

const [, , file = ''] = process.argv;
const config = configOf(readFileSync(file, 'utf8'));

function print(line: Printed): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const links = watchLinks({
  now: Date.now,
  onEvent: (event) => {
    print(event);
    if (event.type === 'AddressesChanged') void paths.find(config);
  },
});
const paths = new PathFinder({
  links,
  onFound: (found) => print({ type: 'Paths', paths: Object.fromEntries(found) }),
});

process.on('SIGTERM', () => links.stop());
await Promise.all([links.start(), paths.find(config)]);
