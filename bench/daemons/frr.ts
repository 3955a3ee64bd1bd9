/**
 * FRR: bgpd without kernel routes, and zebra beside it, which it asks about next hops and which is
 * charged to it. Best paths are chosen in a queue behind the counters, so that is looked at, too.
 */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requireOrSkip } from '../../test/support/requirements.ts';
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
import { openEditor, openVty, type Vty } from './vty.ts';

const BIN = '/usr/lib/frr';

/** The parts that are used of `show bgp summary json`. Its ribCount is not a count of prefixes. */
interface Summary {
  readonly ipv4Unicast?: FamilySummary;
  readonly ipv6Unicast?: FamilySummary;
}

interface FamilySummary {
  readonly peers: Readonly<Record<string, { readonly pfxRcd?: number; readonly inq: number }>>;
}

export const frr: SubjectKind = {
  name: 'frr',
  title: 'FRR',
  obstacle: () => requireOrSkip('frr').skip || undefined,
  async start(plan: SubjectPlan): Promise<Subject> {
    const home = plan.directory;
    await writeFile(join(home, 'zebra.conf'), 'log stdout errors\n');
    await writeFile(join(home, 'bgpd.conf'), configuration(plan));
    await plan.namespace.exec('chown', '-R', 'frr:frr', home); // both give up root for this user
    const zebra = spawnDaemon(plan, 'zebra');
    (await zebra.ready(START_LIMIT, () => openVty(join(home, 'zebra.vty')))).close();
    const bgpd = spawnDaemon(plan, 'bgpd', ...(plan.kernel ? [] : ['--no_kernel']));
    const vty = await bgpd.ready(START_LIMIT, () => openVty(join(home, 'bgpd.vty')));
    const editor = await openEditor(join(home, 'bgpd.vty'), LOCAL_AS);
    await editor.run('address-family ipv4 unicast');
    return {
      pids: [pidOf(bgpd), pidOf(zebra)],
      holding: async () => {
        const counted = parseSummary(JSON.parse(await vty.show('show bgp summary json')));
        return { ...counted, idle: await areQueuesEmpty(vty, counted.idle) };
      },
      verify: () => walk(vty, plan.own.length),
      withdraw: () => editor.run(`no network ${plan.own[0]}`),
      announce: () => editor.run(`network ${plan.own[0]}`),
      stop: async () => {
        vty.close();
        editor.close();
        await bgpd.stop();
        await zebra.stop();
      },
    };
  },
};

function spawnDaemon({ namespace, directory }: SubjectPlan, name: string, ...more: string[]) {
  const common = ['--vty_socket', directory, '-z', join(directory, 'zserv.api')];
  return namespace.spawn(
    ...([name, join(BIN, name), ...common, '-A', '127.0.0.1', '--log', 'stdout'] as const),
    ...['-i', join(directory, `${name}.pid`), '-f', join(directory, `${name}.conf`), ...more],
  );
}

function parseSummary({ ipv4Unicast, ipv6Unicast }: Summary): Holding {
  const peers = [ipv4Unicast, ipv6Unicast].flatMap((family) => Object.values(family?.peers ?? {}));
  return {
    paths: sum(peers.map(({ pfxRcd = 0 }) => pfxRcd)),
    prefixes: undefined,
    idle: peers.every(({ inq }) => inq === 0),
  };
}

/** Each line of `show work-queues` begins with how much waits. */
async function areQueuesEmpty(vty: Vty, idle: boolean): Promise<boolean> {
  if (!idle) return false;
  const lines = (await vty.show('show work-queues')).split('\n');
  const waiting = lines.flatMap((line) => /^[ PM]*(\d+)\s/.exec(line)?.[1] ?? []);
  return waiting.every((count) => count === '0');
}

/** Its own prefixes are among them. */
async function walk(vty: Vty, own: number): Promise<Holding> {
  const counts = { paths: -own, prefixes: -own };
  for (const family of ['ipv4', 'ipv6']) {
    const text = await vty.show(`show bgp ${family} unicast statistics`);
    const value = (key: string) => Number(new RegExp(`${key}\\s*:\\s*(\\d+)`).exec(text)?.[1]);
    counts.paths += value('Total Advertisements');
    counts.prefixes += value('Total Prefixes');
  }
  return { ...counts, idle: await areQueuesEmpty(vty, true) };
}

function configuration({ neighbours, own }: SubjectPlan): string {
  const family = (name: string, prefixes: readonly string[]) => [
    ` address-family ${name} unicast`,
    ...prefixes.map((prefix) => `  network ${prefix}`),
    ...neighbours.flatMap(({ address }) => [
      `  neighbor ${address} activate`,
      `  neighbor ${address} filter-list own out`,
    ]),
    ' exit-address-family',
  ];
  return [
    'frr defaults traditional',
    'log stdout errors',
    'bgp as-path access-list own permit ^$',
    `router bgp ${LOCAL_AS}`,
    ` bgp router-id ${ROUTER_ID}`,
    ' no bgp ebgp-requires-policy',
    ' no bgp default ipv4-unicast',
    ' no bgp network import-check',
    ` timers bgp ${HOLD_TIME / 3} ${HOLD_TIME}`,
    ...neighbours.flatMap(neighbourLines),
    ...family('ipv4', own),
    ...family('ipv6', []),
    '',
  ].join('\n');
}

function neighbourLines({ address, asn }: NeighbourPlan): string[] {
  return [` neighbor ${address} remote-as ${asn}`, ` neighbor ${address} timers connect 1`];
}
