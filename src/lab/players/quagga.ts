/**
 * Quagga 1.2, on what `multihomed generate quagga` makes. No current distribution has it: where its
 * daemons are comes from outside. The folder of its vty sockets is compiled in, and one for the whole
 * machine: each daemon gets an empty one of its own there, which is gone when it ends.
 */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { connected, isListening } from '../daemons/connections.ts';
import type { Daemon, LabFile, Place } from '../daemons/daemon.ts';
import { LabError } from '../labError.ts';

export function quaggaPrograms(directory: string): readonly string[] {
  return ['zebra', 'bgpd'].map((name) => join(directory, name));
}

/** `directory`: of its daemons. Throws LabError. */
export function quaggaPlayer(
  directory: string | undefined,
  generated: (place: Place) => readonly LabFile[],
): Daemon {
  if (directory === undefined) throw new LabError('QUAGGA_SBIN does not say where Quagga is');
  const programs = quaggaPrograms(directory);
  const folder = vtyFolder(programs[1] ?? '');
  return {
    package: 'quagga',
    ...{ programs, folder },
    files: generated,
    commands: ({ home }) =>
      ['zebra', 'bgpd'].map((name, i) => ({
        name,
        scratch: [folder],
        argv: [
          ...[programs[i] ?? '', '-u', 'root', '-g', 'root', '-P', '0'],
          ...['-z', join(home, SERVER), '-i', join(home, `${name}.pid`)],
          ...['-f', join(home, `${name}.conf`)],
        ],
      })),
    ready: async ({ home }, ask, program) =>
      program === 'zebra' ? existsSync(join(home, SERVER)) : isListening(ask, 179),
    established: connected,
  };
}

/** Where bgpd finds zebra. */
const SERVER = 'zserv.api';

function vtyFolder(program: string): string {
  const found = /\/[\w./-]+\/bgpd\.vty/.exec(readFileSync(program, 'latin1'))?.[0];
  if (found !== undefined) return dirname(found);
  throw new LabError(`${program} is no bgpd of Quagga 1.2`);
}
