/** GoBGP: one process, whose command line tool is answered by the loop that takes the routes in. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../../test/support/daemons/until.ts';
import { requireOrSkip } from '../../test/support/requirements.ts';
import { ownTable } from '../table/ownTable.ts';
import { pidOf } from './started.ts';
import {
  HOLD_TIME,
  type Holding,
  LOCAL_AS,
  type NeighbourPlan,
  ROUTER_ID,
  START_LIMIT,
  type Subject,
  type SubjectKind,
  type SubjectPlan,
  sum,
} from './subject.ts';

/** Prefixes that are added by a command each. */
const FEW = 10;
/** More routes than an import loses at its end. */
const LOST = 5000;

type Ask = (...command: string[]) => Promise<string>;

/** The parts that are used of `gobgp -j neighbor`. */
interface Neighbour {
  readonly afi_safis: readonly {
    readonly state: { readonly received?: number };
  }[];
}

/** `gobgp -j global rib summary`. */
interface Summary {
  readonly num_destination?: number;
  readonly num_path?: number;
}

export const gobgp: SubjectKind = {
  name: 'gobgp',
  title: 'GoBGP',
  obstacle: () => requireOrSkip('gobgp').skip || undefined,
  async start(plan: SubjectPlan): Promise<Subject> {
    const file = join(plan.directory, 'gobgpd.toml');
    await writeFile(file, configuration(plan));
    // Its API listens on the namespace's own loopback.
    const ask: Ask = (...command) => plan.namespace.exec('gobgp', ...command);
    const program = plan.namespace.spawn(
      ...(['gobgpd', 'gobgpd', '-f', file, '--api-hosts', '127.0.0.1:50051'] as const),
      ...['--log-level', 'error'],
    );
    await program.ready(START_LIMIT, () => isConfigured(ask, plan.neighbours.length));
    await addNetworks(ask, plan);
    return {
      pids: [pidOf(program)],
      holding: async () => parseNeighbours(JSON.parse(await ask('-j', 'neighbor'))),
      verify: () => walk(ask, plan.own.length),
      withdraw: async () => void (await ask('global', 'rib', 'del', plan.own[0])),
      announce: async () => void (await ask('global', 'rib', 'add', plan.own[0])),
      stop: () => program.stop(),
    };
  },
};

/** The API answers before the file has been read whole. */
async function isConfigured(ask: Ask, neighbours: number): Promise<boolean> {
  const text = await ask('-j', 'neighbor').catch(() => '[]');
  const known: unknown[] = JSON.parse(text);
  return known.length === neighbours;
}

/**
 * Few are a command each. Many come as a file, of whose end some never arrive: the import closes its
 * connection too early. So the last prefix is in it again and again.
 */
async function addNetworks(ask: Ask, { own, directory }: SubjectPlan): Promise<void> {
  if (own.length <= FEW) {
    for (const prefix of own) await ask('global', 'rib', 'add', prefix);
    return;
  }
  const file = join(directory, 'own.mrt');
  const padding = Array<string>(LOST).fill(own.at(-1) ?? own[0]);
  await writeFile(file, ownTable([...own, ...padding], ROUTER_ID));
  await ask('mrt', 'inject', 'global', file);
  await until('its own prefixes', START_LIMIT, async () => {
    return (await walk(ask, 0)).prefixes === own.length;
  });
}

function parseNeighbours(neighbours: readonly Neighbour[]): Holding {
  const families = neighbours.flatMap(({ afi_safis }) => afi_safis);
  return {
    paths: sum(families.map(({ state: { received = 0 } }) => received)),
    prefixes: undefined,
    idle: true,
  };
}

async function walk(ask: Ask, own: number): Promise<Holding> {
  const counts = { paths: -own, prefixes: -own };
  for (const family of ['ipv4', 'ipv6']) {
    const text = await ask('-j', 'global', 'rib', 'summary', '-a', family);
    const { num_destination = 0, num_path = 0 }: Summary = JSON.parse(text);
    counts.paths += num_path;
    counts.prefixes += num_destination;
  }
  return { ...counts, idle: true };
}

function configuration({ neighbours }: SubjectPlan): string {
  return [
    '[global.config]',
    `as = ${LOCAL_AS}`,
    `router-id = "${ROUTER_ID}"`,
    '[global.apply-policy.config]',
    'default-import-policy = "accept-route"',
    'default-export-policy = "reject-route"',
    'export-policy-list = ["own"]',
    '[[policy-definitions]]',
    'name = "own"',
    '[[policy-definitions.statements]]',
    'name = "own"',
    '[policy-definitions.statements.conditions.bgp-conditions]',
    'route-type = "local"',
    '[policy-definitions.statements.actions]',
    'route-disposition = "accept-route"',
    ...neighbours.flatMap(neighbourTable),
    '',
  ].join('\n');
}

function neighbourTable({ address, asn }: NeighbourPlan): string[] {
  return [
    '[[neighbors]]',
    '[neighbors.config]',
    `neighbor-address = "${address}"`,
    `peer-as = ${asn}`,
    '[neighbors.timers.config]',
    'connect-retry = 1',
    `hold-time = ${HOLD_TIME}`,
    `keepalive-interval = ${HOLD_TIME / 3}`,
    ...['ipv4', 'ipv6'].flatMap((family) => [
      '[[neighbors.afi-safis]]',
      '[neighbors.afi-safis.config]',
      `afi-safi-name = "${family}-unicast"`,
    ]),
  ];
}
