/** What a lab needs of the machine, asked before anything is created. */

import { accessSync, constants } from 'node:fs';
import type { Daemon } from './daemons/daemon.ts';
import { DAEMONS } from './daemons/daemons.ts';
import { LabError } from './labError.ts';
import type { Topology } from './topology.ts';

const ALWAYS = [
  { package: 'iproute2', programs: ['/usr/sbin/ip', '/usr/bin/ss'] },
  { package: 'procps', programs: ['/usr/sbin/sysctl'] },
];

/** Throws LabError that names the packages. `others`: daemons beside those of the labels. */
export function requireMachine(topologies: readonly Topology[], others: readonly Daemon[]): void {
  if (process.getuid?.() !== 0) {
    throw new LabError(
      'a lab needs root, for network namespaces: run it with sudo; nothing was created',
    );
  }
  const missing = missingFor(topologies, others);
  if (missing.length === 0) return;
  const programs = missing.flatMap((each) => each.programs);
  const packages = [...new Set(missing.map((each) => each.package))];
  throw new LabError(
    `missing: ${programs.join(', ')}; install with \`apt-get install ${packages.join(' ')}\`; nothing was created`,
  );
}

/** What brings each program that is not there. */
export function missingFor(
  topologies: readonly Topology[],
  others: readonly Daemon[] = [],
): readonly { readonly package: string; readonly programs: readonly string[] }[] {
  const names = new Set(topologies.flatMap(({ nodes }) => nodes.map(({ daemon }) => daemon)));
  const daemons = [...[...names].map((name) => DAEMONS[name]), ...others];
  return [...ALWAYS, ...daemons].flatMap(({ package: brings, programs }) => {
    const lacking = programs.filter((path) => !isExecutable(path));
    return brings === undefined || lacking.length === 0
      ? []
      : [{ package: brings, programs: lacking }];
  });
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
