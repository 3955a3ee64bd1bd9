/**
 * What was learned goes to whom it may go, and to nobody else: an edge between two upstreams, two
 * downstreams and two internal neighbours, all of them real; see `exportLab.ts`.
 */

import { isDeepStrictEqual } from 'node:util';
import t, { type Test } from 'tap';
import type { Frr } from '../support/daemons/frr.ts';
import type { OpenBgpd } from '../support/daemons/openbgpd.ts';
import { until } from '../support/daemons/until.ts';
import { Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import { SOON } from './expected.ts';
import {
  expectedAt,
  type Held,
  type HeldBy,
  heldBy,
  type Learned,
  learnedFrom,
  RECEIVERS,
} from './exportExpected.ts';
import {
  addressesOf,
  type ExportLab,
  OWN_PREFIXES,
  type Role,
  startExportLab,
} from './exportLab.ts';

const needs = requireOrSkip('frr', 'bird', 'openbgpd', 'gobgp', 'tcpdump', 'tshark');

/** Seconds since the epoch, as captures have it: when what is looked for in one begins. */
interface Marks {
  refresh: number;
  cut: number;
  restore: number;
  end: number;
}

t.test('routes learned from two upstreams, and those behind the edge', needs, async (t) => {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const lab = await startExportLab(topology);
  t.teardown(() => t.passing() || t.comment(lab.multihomed.program.output));
  const everything = learnedFrom('frr', 'bird', 'gobgp');
  const marks: Marks = { refresh: 0, cut: 0, restore: 0, end: 0 };

  await t.test('who has what, and with which attributes', (t) => allHold(t, lab, everything));
  await t.test('End-of-RIB, once a family (RFC 4724 §2)', (t) => endsOfRib(t, lab));
  await t.test('an internal neighbour has the better path', (t) => betterInside(t, lab));
  await t.test('a downstream asks for everything again (RFC 2918)', async (t) => {
    marks.refresh = now();
    await refreshed(t, lab);
  });
  await t.test("an upstream's link is cut: the others' paths take over", async (t) => {
    marks.cut = now();
    await lab.links.frr.cut();
    await allHold(t, lab, learnedFrom('bird', 'gobgp'), ['frr']);
  });
  await t.test('the link is back, and everything is as before', async (t) => {
    marks.restore = now();
    await lab.links.frr.restore();
    await allHold(t, lab, everything);
    marks.end = now();
  });

  await lab.capture.stop();
  await t.test('upstreams were sent nothing that was learned', (t) => nothingLeaked(t, lab));
  await t.test('the refresh was for the downstream alone', (t) => refreshCaptured(t, lab, marks));
  await t.test('nothing was withdrawn that there was another path to', (t) =>
    changesCaptured(t, lab, marks),
  );
  await t.test('LOCAL_PREF went to our own AS alone (RFC 4271 §5.1.5)', (t) => localPref(t, lab));
  t.strictSame(await lab.capture.faults(), [], 'tshark finds no malformed BGP message');
});

/** Waits until each has exactly what it is to have, `without` those. */
async function allHold(
  t: Test,
  lab: ExportLab,
  learned: readonly Learned[],
  without: readonly HeldBy[] = [],
): Promise<void> {
  for (const receiver of RECEIVERS.filter((one) => !without.includes(one))) {
    await holds(t, lab, receiver, expectedAt(receiver, learned));
  }
}

async function holds(
  t: Test,
  lab: ExportLab,
  receiver: HeldBy,
  expected: readonly Held[],
): Promise<void> {
  await until(
    `${receiver} to have what it is to have`,
    SOON,
    async () => isDeepStrictEqual(await heldBy(lab, receiver), expected),
    async () => '',
  ).catch((error: Error) => t.comment(error.message));
  t.strictSame(await heldBy(lab, receiver), expected, `${receiver}: ${expected.length} routes`);
}

async function endsOfRib(t: Test, { customer, collector }: ExportLab): Promise<void> {
  const { ipv4, ipv6 } = addressesOf('collector').edge;
  // It comes after the last route, and FRR tells of it later still.
  const told = async (at: Frr | OpenBgpd, address: string, count: number, name: string) => {
    await until(`${count} of them at ${name}`, SOON, async () => {
      return (await at.endsOfRib(address)) >= count;
    });
    t.equal(await at.endsOfRib(address), count, name);
  };
  await told(customer, addressesOf('customer').edge.ipv4, 2, 'FRR');
  await told(collector, ipv4, 2, 'OpenBGPD');
  await told(collector, ipv6, 1, 'OpenBGPD, the session that gets our own alone');
}

/** RFC 4271 §9.1.1: LOCAL_PREF comes first. §9.2: what is learned inside is not passed on inside. */
async function betterInside(t: Test, lab: ExportLab): Promise<void> {
  const [prefix, only] = ['20.9.1.0/24', '20.6.1.0/24'];
  const before = learnedFrom('frr', 'bird', 'gobgp');
  await lab.router.announce([
    { prefix, path: [64509, 64505, 64506], localPref: 200, med: 3 },
    { prefix: only },
  ]);
  const inside = { from: 'router', origin: 'IGP', med: undefined, communities: [] } as const;
  await allHold(t, lab, [
    ...before.filter((route) => route.prefix !== prefix),
    { ...inside, prefix, asPath: [64509, 64505, 64506], med: 3 },
    { ...inside, prefix: only, asPath: [] },
  ]);
  await lab.router.announce([]);
  await allHold(t, lab, before);
}

async function refreshed(t: Test, lab: ExportLab): Promise<void> {
  const since = now();
  const { ipv4 } = addressesOf('customer').edge;
  const all = addressesIn(expectedAt('customer', learnedFrom('frr', 'bird', 'gobgp')));
  for (const family of ['ipv4', 'ipv6'] as const) await lab.customer.refresh(ipv4, family);
  await until('all of it to be sent again', SOON, async () => {
    // The last packet may not be in the file whole.
    const sent = await announced(lab, 'customer', since).catch(() => []);
    return isDeepStrictEqual(sent, all);
  });
  t.equal(await lab.customer.incarnation(ipv4), '1', 'in the same session');
}

async function nothingLeaked(t: Test, lab: ExportLab): Promise<void> {
  for (const upstream of ['frr', 'bird'] as const) {
    const own = OWN_PREFIXES.map(addressIn).sort();
    t.strictSame(await announced(lab, upstream, 0), own, upstream);
  }
}

async function refreshCaptured(t: Test, lab: ExportLab, { refresh, cut }: Marks): Promise<void> {
  const all = addressesIn(expectedAt('customer', learnedFrom('frr', 'bird', 'gobgp')));
  t.strictSame(await announced(lab, 'customer', refresh, cut), all, 'all of it came');
  t.strictSame(await withdrawn(lab, 'customer', refresh, cut), [], 'nothing was withdrawn for it');
  for (const other of ['frr', 'bird', 'collector', 'router', 'edge2'] as const) {
    t.strictSame(await announced(lab, other, refresh, cut), [], `nothing to ${other}`);
  }
}

async function changesCaptured(t: Test, lab: ExportLab, marks: Marks): Promise<void> {
  const { cut, restore, end } = marks;
  for (const receiver of ['customer', 'router', 'edge2'] as const) {
    const before = expectedAt(receiver, learnedFrom('frr', 'bird', 'gobgp'));
    const meanwhile = expectedAt(receiver, learnedFrom('bird', 'gobgp'));
    const gone = before.filter((a) => !meanwhile.some((b) => a.prefix === b.prefix));
    const other = meanwhile.filter((b) => !before.some((a) => isDeepStrictEqual(a, b)));
    const sent = await announced(lab, receiver, cut, restore);
    t.strictSame(sent, addressesIn(other), `${receiver} is told the other paths`);
    const taken = await withdrawn(lab, receiver, cut, restore);
    t.strictSame(taken, addressesIn(gone), `${receiver} loses what has no other path`);
    const back = await announced(lab, receiver, restore, end);
    t.strictSame(back, addressesIn([...gone, ...other]), `${receiver} is told FRR's paths again`);
    t.strictSame(await withdrawn(lab, receiver, restore, end), [], 'nothing goes for them');
  }
}

async function localPref(t: Test, lab: ExportLab): Promise<void> {
  const field = 'bgp.update.path_attribute.local_pref';
  const seen = await lab.capture.fields(`bgp.type == 2 && ${field}`, 'ip.dst');
  const { edge, far } = addressesOf('edge2');
  const inside = [addressesOf('router').far.ipv4, edge.ipv4, far.ipv4];
  const others = [...new Set(seen.flat(2))].filter((address) => !inside.includes(address));
  // BIRD says it to our edge: it is an internal neighbour.
  t.strictSame(others, [addressesOf('router').edge.ipv4]);
}

/** The addresses of the prefixes that the edge announced to a neighbour's IPv4 session then. */
function announced(lab: ExportLab, to: Role, from: number, until = now()) {
  return sent(lab, to, from, until, ['bgp.nlri_prefix', 'bgp.mp_reach_nlri_ipv6_prefix']);
}

function withdrawn(lab: ExportLab, to: Role, from: number, until = now()) {
  return sent(lab, to, from, until, ['bgp.withdrawn_prefix', 'bgp.mp_unreach_nlri_ipv6_prefix']);
}

async function sent(
  { capture }: ExportLab,
  to: Role,
  from: number,
  until: number,
  fields: readonly string[],
): Promise<readonly string[]> {
  const { edge, far } = addressesOf(to);
  const time = `frame.time_epoch >= ${from} && frame.time_epoch < ${until}`;
  const filter = `bgp.type == 2 && ip.src == ${edge.ipv4} && ip.dst == ${far.ipv4} && ${time}`;
  return [...new Set((await capture.fields(filter, ...fields)).flat(2))].sort();
}

function addressesIn(routes: readonly { readonly prefix: string }[]): readonly string[] {
  return [...new Set(routes.map(({ prefix }) => addressIn(prefix)))].sort();
}

function addressIn(prefix: string): string {
  return prefix.split('/')[0] ?? '';
}

function now(): number {
  return Date.now() / 1000;
}
