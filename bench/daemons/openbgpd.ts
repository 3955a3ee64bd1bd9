/** OpenBGPD: three processes. Its command line tool is quick to start, its sockets are not text. */

import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROGRAMS, requireOrSkip } from '../../test/support/requirements.ts';
import { pidOf } from './started.ts';
import {
  HOLD_TIME,
  type Holding,
  LOCAL_AS,
  ROUTER_ID,
  START_LIMIT,
  type Subject,
  type SubjectKind,
  type SubjectPlan,
  sum,
} from './subject.ts';

const run = promisify(execFile);

/** The home of its unprivileged user, into which it changes its root. */
const CHROOT = '/run/openbgpd';

/** Marks its own prefixes: its filters do not tell them from others otherwise. */
const OWN_MARK = `${LOCAL_AS}:1`;

/** The parts that are used of `show neighbor`. */
interface Neighbours {
  readonly neighbors: readonly {
    readonly stats: {
      readonly prefixes: { readonly sent: number };
      readonly update: {
        readonly pending: { readonly updates: number; readonly withdraws: number };
      };
    };
  }[];
}

/** The parts that are used of `show rib memory`. */
interface RibMemory {
  readonly memory: {
    /** Prefixes, its own included. */
    readonly 'IPv4 unicast'?: { readonly count: number };
    readonly 'IPv6 unicast'?: { readonly count: number };
    /** Paths: those of Adj-RIB-In, those of Loc-RIB, and what was announced to each neighbour. */
    readonly prefix: { readonly count: number };
  };
}

export const openbgpd: SubjectKind = {
  name: 'openbgpd',
  title: 'OpenBGPD',
  obstacle: () => requireOrSkip('openbgpd').skip || undefined,
  async start(plan: SubjectPlan): Promise<Subject> {
    const [file, socket] = [join(plan.directory, 'bgpd.conf'), join(plan.directory, 'bgpd.sock')];
    await mkdir(CHROOT, { recursive: true });
    // It refuses a file that others could write or read.
    await writeFile(file, configuration(plan, socket), { mode: 0o600 });
    // The socket is a file, so that the tool need not be in the namespace.
    const ask = async (...command: string[]) =>
      (await run('bgpctl', ['-s', socket, '-j', ...command])).stdout;
    const program = plan.namespace.spawn('bgpd', PROGRAMS.openbgpd, '-d', '-f', file);
    await program.ready(START_LIMIT, () => ask('show', 'neighbor').then(Boolean, () => false));
    await addNetworks(socket, plan.own);
    const holding = async () => {
      const neighbours: Neighbours = JSON.parse(await ask('show', 'neighbor'));
      const memory: RibMemory = JSON.parse(await ask('show', 'rib', 'memory'));
      return holdingOf(neighbours, memory, plan.own.length);
    };
    return {
      pids: [pidOf(program)],
      holding,
      verify: holding,
      withdraw: async () => void (await ask('network', 'delete', plan.own[0])),
      announce: async () => void (await ask('network', 'add', plan.own[0], 'community', OWN_MARK)),
      stop: () => program.stop(),
    };
  },
};

/** `network` lines in the file would take it a time that grows with their square. */
async function addNetworks(socket: string, prefixes: readonly string[]): Promise<void> {
  const command = ['-s', socket, 'network', 'bulk', 'community', OWN_MARK, 'add'];
  const adding = run('bgpctl', command);
  adding.child.stdin?.on('error', () => {}); // it ended: its words are in what is awaited
  adding.child.stdin?.end(`${prefixes.join('\n')}\n`);
  await adding;
}

/** The neighbours' counters of prefixes are no use: they are 0 as soon as a session ends. */
function holdingOf({ neighbors }: Neighbours, { memory }: RibMemory, own: number): Holding {
  const updates = neighbors.map(({ stats: { update } }) => update);
  const announced = sum(neighbors.map(({ stats }) => stats.prefixes.sent));
  return {
    paths: (memory.prefix.count - announced) / 2 - own,
    prefixes: sum([memory['IPv4 unicast']?.count ?? 0, memory['IPv6 unicast']?.count ?? 0]) - own,
    idle: updates.every(({ pending }) => pending.updates + pending.withdraws === 0),
  };
}

function configuration({ neighbours }: SubjectPlan, socket: string): string {
  return [
    `AS ${LOCAL_AS}`,
    `router-id ${ROUTER_ID}`,
    `socket "${socket}"`,
    'fib-update no',
    'connect-retry 1',
    `holdtime ${HOLD_TIME}`,
    ...neighbours.flatMap(({ address, asn }) => [
      `neighbor ${address} {`,
      `  remote-as ${asn}`,
      '  announce IPv4 unicast',
      '  announce IPv6 unicast',
      '}',
    ]),
    'allow from any',
    'deny to any',
    `allow to any community ${OWN_MARK}`,
    '',
  ].join('\n');
}
