/**
 * Roles (RFC 9234 §5): daemons that have them mark the same routes with the same AS number, from the file
 * that `multihomed run` takes, and refuse the same leaks.
 */

import { isDeepStrictEqual } from 'node:util';
import t, { type Test } from 'tap';
import { until } from '../support/daemons/until.ts';
import { type Namespace, Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import { type FedRoute, updatesOf } from './feed.ts';
import { Recorder } from './record.ts';
import type { Subject } from './subject.ts';
import { bird } from './subjects/bird.ts';
import { frr } from './subjects/frr.ts';
import { multihomed } from './subjects/multihomed.ts';

const SUBJECTS: readonly Subject[] = [multihomed, frr, bird];
const ASNS = { up: 64496, peer: 64497, cust: 64511 } as const;
type Name = keyof typeof ASNS;
const NAMES: readonly Name[] = ['up', 'peer', 'cust'];
/** How long all of it may take, in ms. */
const SOON = 60_000;

/** What each sends, and the number in its mark. */
const FED: Readonly<Record<Name, readonly (readonly [prefix: string, mark?: number])[]>> = {
  up: [['20.1.0.0/16'], ['20.2.0.0/16', 64496], ['20.3.0.0/16', 64499]],
  peer: [['36.1.0.0/16'], ['36.2.0.0/16', 64497], ['36.3.0.0/16', 64499]],
  cust: [['21.1.0.0/16'], ['21.2.0.0/16', 64511]],
};

/**
 * Ours is marked for whoever is no provider; what comes from a provider or a peer is marked as of them.
 * 36.3 is a leak of the peer's, 21.2 one of the customer's: nobody is sent them.
 */
const EXPECTED: Readonly<Record<Name, readonly string[]>> = {
  up: ['203.0.113.0/24'],
  peer: ['203.0.113.0/24 only-to-customer 64500'],
  cust: [
    '20.1.0.0/16 only-to-customer 64496',
    '20.2.0.0/16 only-to-customer 64496',
    '20.3.0.0/16 only-to-customer 64499',
    '203.0.113.0/24 only-to-customer 64500',
    '36.1.0.0/16 only-to-customer 64497',
    '36.2.0.0/16 only-to-customer 64497',
  ],
};

const neighbour = (name: Name) => {
  const at = 2 + 4 * NAMES.indexOf(name);
  return {
    ...{ asn: ASNS[name], address: `10.0.0.${at}`, 'local-address': `10.0.0.${at - 1}` },
    ...{ accept: 'full', import: { bogons: 'accept' } },
  };
};

const FILE = {
  ...{ asn: 64500, 'router-id': '192.0.2.1', prefixes: ['203.0.113.0/24'] },
  upstreams: { up: neighbour('up'), peer: { ...neighbour('peer'), role: 'peer' } },
  downstreams: { cust: neighbour('cust') },
};

t.test(
  'RFC 9234 §5: the same marks, and the same leaks refused',
  requireOrSkip('frr', 'bird'),
  async (t) => {
    for (const subject of SUBJECTS) await t.test(subject.name, (t) => compare(t, subject));
  },
);

async function compare(t: Test, subject: Subject): Promise<void> {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const edge = await topology.namespace('edge');
  const recorders = await Promise.all(NAMES.map((name) => startNeighbour(topology, edge, name)));
  const running = await subject.start({ edge, directory: topology.directory }, FILE);
  t.teardown(() => t.passing() || t.comment(running.output()));
  const sent = () => NAMES.map((name, i) => marksIn(recorders[i]?.linesFrom(0) ?? [], name));
  const expected = NAMES.map((name) => EXPECTED[name]);
  const isSent = async () => isDeepStrictEqual(sent(), expected);
  await until('the marks', SOON, isSent, async () => undefined).catch(() => undefined);
  t.strictSame(sent(), expected);
  await running.stop();
}

async function startNeighbour(topology: Topology, edge: Namespace, name: Name): Promise<Recorder> {
  const namespace = await topology.namespace(name);
  const { address, asn, 'local-address': local } = neighbour(name);
  await topology.link(
    { namespace: edge, interface: `to-${name}`, addresses: [`${local}/30`] },
    { namespace, interface: 'to-edge', addresses: [`${address}/30`] },
  );
  const routes = FED[name].map(([prefix, mark]): FedRoute => {
    return { prefix, path: [asn], ...(mark === undefined ? {} : { onlyToCustomer: mark }) };
  });
  const updates = { ipv4: updatesOf(routes, { ipv4: address, ipv6: '::' }), ipv6: [] };
  const identifier = asn.toString(16).padStart(8, '0');
  return Recorder.start(namespace, { address, asn, identifier, holdTime: 90, updates });
}

/** Each prefix with its mark; without those that come from there, which some send back. */
function marksIn(lines: readonly string[], name: Name): readonly string[] {
  const own = FED[name].map(([prefix]) => prefix);
  const marks = lines.flatMap((line) => {
    const [, prefix = ''] = /^\+ (\S+) /.exec(line) ?? [];
    const [mark = ''] = / only-to-customer \d+/.exec(line) ?? [];
    return prefix === '' || own.includes(prefix) ? [] : [prefix + mark];
  });
  return [...new Set(marks)].sort();
}
