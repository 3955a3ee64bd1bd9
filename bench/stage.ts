/**
 * Where one daemon is measured, alone:
 *
 *   subject ---- 198.51.100.0/30, 2001:db8:0:0::/64 ---- feeder, neighbour 0
 *           ---- 198.51.100.4/30, 2001:db8:0:1::/64 ----         neighbour 1
 *           ...
 *
 * Two namespaces: one for the daemon, one for the feeder, which has the odd address of each link.
 */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Namespace, Topology } from '../test/support/netns.ts';
import { requireOrSkip } from '../test/support/requirements.ts';
import { HOLD_TIME, type Subject, type SubjectKind } from './daemons/subject.ts';
import { Feeder } from './feeder/feeder.ts';
import { processTree } from './processes.ts';
import type { Addresses } from './table/store.ts';

export interface StagePlan {
  /** One for each neighbour. */
  readonly neighbours: readonly { readonly peerAs: number; readonly table: string | undefined }[];
  readonly own?: readonly [string, ...string[]];
  /** The sessions stay one step before Established until the feeder is told. */
  readonly held?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  /** See SubjectPlan. */
  readonly birdFilter?: string;
  /** Default: no routes are put into the kernel. */
  readonly kernel?: boolean;
}

export interface Stage {
  readonly subject: Subject;
  readonly feeder: Feeder;
  /** The daemon's processes, as they are now. */
  readonly pids: () => readonly number[];
  readonly directory: string;
  /** The daemon's. */
  readonly namespace: Namespace;
  /** The feeder's. */
  readonly upstreams: Namespace;
}

/** What a daemon announces unless a bench says otherwise; the first may be withdrawn. */
export const OWN_PREFIXES = ['203.0.113.0/24', '192.0.2.0/24'] as const;

/** For benches that compare daemons; each daemon has obstacles of its own. */
export function comparisonObstacle(): string | undefined {
  return requireOrSkip().skip || undefined;
}

/** How long all sessions may take to come up, in ms. */
const SESSION_LIMIT = 60_000;

/** The feeder's addresses for so many neighbours. */
export function addresses(count: number): Addresses {
  return Array.from({ length: count }, (_, i) => ({
    ipv4: `198.51.100.${4 * i + 1}`,
    ipv6: ipv6Address(i, 1),
  }));
}

/** Sets everything up, sessions too, and takes it down again whatever happens. */
export async function onStage<T>(
  kind: SubjectKind,
  plan: StagePlan,
  measure: (stage: Stage) => Promise<T>,
): Promise<T> {
  const topology = await Topology.create();
  try {
    return await perform(topology, kind, plan, measure);
  } finally {
    await topology.remove();
  }
}

async function perform<T>(
  topology: Topology,
  kind: SubjectKind,
  plan: StagePlan,
  measure: (stage: Stage) => Promise<T>,
): Promise<T> {
  const { neighbours, own = [...OWN_PREFIXES], held = false, environment = {} } = plan;
  const namespace = await topology.namespace('subject');
  const others = await topology.namespace('feeder');
  for (const i of neighbours.keys()) {
    await topology.link(
      { namespace, interface: `to-${i}`, addresses: linkAddresses(i, 2) },
      { namespace: others, interface: `from-${i}`, addresses: linkAddresses(i, 1) },
    );
  }
  const directory = join(topology.directory, kind.name);
  await mkdir(directory);
  const places = addresses(neighbours.length);
  const feeder = await Feeder.start(others, {
    holdTime: HOLD_TIME,
    held,
    sessions: neighbours.map(({ peerAs, table }, i) => ({
      address: places[i]!.ipv4,
      asn: peerAs,
      table,
    })),
  });
  try {
    const confirmed = feeder.times('confirmed', neighbours.length, SESSION_LIMIT);
    confirmed.catch(() => {}); // awaited below, unless the daemon does not even start
    const subject = await kind.start({
      ...{ namespace, directory, own, environment },
      ...{ birdFilter: plan.birdFilter, kernel: plan.kernel ?? false },
      neighbours: neighbours.map(({ peerAs }, i) => ({
        asn: peerAs,
        address: places[i]!.ipv4,
        localIpv6: ipv6Address(i, 2),
      })),
    });
    await confirmed;
    return await measure({
      ...{ subject, feeder, directory, namespace, upstreams: others },
      pids: () => processTree(subject.pids),
    });
  } finally {
    await feeder.stop();
  }
}

function linkAddresses(index: number, end: number): string[] {
  return [`198.51.100.${4 * index + end}/30`, `${ipv6Address(index, end)}/64`];
}

function ipv6Address(index: number, end: number): string {
  return `2001:db8:0:${index}::${end}`;
}
