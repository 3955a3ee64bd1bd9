/**
 * Capabilities beside real daemons: each is negotiated, and then something goes over the session
 * that would not without it.
 *
 *   BIRD 64497 ------ edge 64500 ------ FRR 64496         customers of ours
 *   our provider      (multihomed)  \-- OpenBGPD 64498
 *                                    \- GoBGP 64499        over IPv6 alone
 *
 * BIRD sends two paths to one prefix, and a route that is too long for 4096 octets.
 */

import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Bird } from '../support/daemons/bird.ts';
import { Frr } from '../support/daemons/frr.ts';
import { GoBgp } from '../support/daemons/gobgp.ts';
import { type FileContent, Multihomed, type ShownSession } from '../support/daemons/multihomed.ts';
import { OpenBgpd } from '../support/daemons/openbgpd.ts';
import { until } from '../support/daemons/until.ts';
import { Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import { Capture } from './capture.ts';
import { SOON } from './expected.ts';

const EDGE_AS = 64500;
const [FRR_AS, BIRD_AS, OPENBGPD_AS, GOBGP_AS] = [64496, 64497, 64498, 64499];
const OWN = '203.0.113.0/24';
const TWICE = '20.1.0.0/16';
const LONG = '20.2.0.0/16';
/** Four octets each: with the rest more than 4096, and less than 65535. */
const MANY = Array.from({ length: 1100 }, (_, i) => `${BIRD_AS}:${i + 1}`);

const needs = requireOrSkip('bird', 'frr', 'openbgpd', 'gobgp', 'tcpdump', 'tshark');

interface Lab {
  readonly multihomed: Multihomed;
  readonly capture: Capture;
  readonly bird: Bird;
  readonly frr: Frr;
  readonly openbgpd: OpenBgpd;
  readonly gobgp: GoBgp;
  readonly file: (bird: Readonly<Record<string, unknown>>) => FileContent;
}

async function startLab(topology: Topology): Promise<Lab> {
  const { directory } = topology;
  const edge = await topology.namespace('edge');
  const place = async (role: string, index: number) => {
    const namespace = await topology.namespace(role);
    const end = (last: number) => [
      `198.51.100.${index * 4 + last}/30`,
      `2001:db8:ff:${index}::${last}/64`,
    ];
    await topology.link(
      { namespace: edge, interface: `to-${role}`, addresses: end(2) },
      { namespace, interface: 'to-edge', addresses: end(1) },
    );
    return namespace;
  };
  const common = { asn: EDGE_AS, passive: true, families: ['ipv4'] as const };
  const [toBird, toFrr, toOpenBgpd, toGoBgp] = [
    await place('bird', 1),
    await place('frr', 2),
    await place('openbgpd', 3),
    await place('gobgp', 4),
  ];
  const bird = await Bird.start(toBird, directory, {
    ...{ asn: BIRD_AS, routerId: '192.0.2.97', originates: [] },
    crafted: [{ prefix: TWICE }, { prefix: LONG, communities: MANY }],
    besides: [{ prefix: TWICE, path: [64510, 64511] }],
    neighbours: [
      {
        ...common,
        address: '198.51.100.6',
        lines: ['local role provider;', 'require roles yes;', 'enable extended messages yes;'],
        familyLines: ['add paths tx;'],
      },
    ],
  });
  const frr = await Frr.start(toFrr, directory, {
    ...{ asn: FRR_AS, routerId: '192.0.2.96', originates: [] },
    neighbours: [
      { ...common, address: '198.51.100.10', lines: ['local-role customer strict-mode'] },
    ],
  });
  const openbgpd = await OpenBgpd.start(toOpenBgpd, directory, {
    ...{ asn: OPENBGPD_AS, routerId: '192.0.2.98', originates: [] },
    neighbours: [
      {
        ...common,
        address: '198.51.100.14',
        lines: ['announce policy customer enforce', 'announce add-path recv yes'],
      },
    ],
  });
  const gobgp = await GoBgp.start(toGoBgp, directory, {
    ...{ asn: GOBGP_AS, routerId: '192.0.2.99', originates: [] },
    neighbours: [
      {
        ...common,
        address: '2001:db8:ff:4::2',
        lines: ['[neighbors.add-paths.config]', 'receive = true'],
      },
    ],
  });
  const file: Lab['file'] = (birdKeys) => ({
    asn: EDGE_AS,
    'router-id': '192.0.2.1',
    control: { socket: join(directory, 'control.sock') },
    prefixes: [OWN],
    upstreams: {
      bird: {
        ...{ asn: BIRD_AS, address: '198.51.100.5', 'connect-retry': '1s' },
        role: { is: 'customer', strict: true },
        'add-path': 'receive',
        ...birdKeys,
      },
    },
    downstreams: {
      frr: {
        ...{ asn: FRR_AS, address: '198.51.100.9', 'connect-retry': '1s', 'add-path': 'send' },
        role: { is: 'provider', strict: true },
      },
      openbgpd: {
        ...{
          asn: OPENBGPD_AS,
          address: '198.51.100.13',
          'connect-retry': '1s',
          'add-path': 'send',
        },
        role: { is: 'provider', strict: true },
      },
      gobgp: {
        ...{
          asn: GOBGP_AS,
          address: '2001:db8:ff:4::1',
          'connect-retry': '1s',
          'add-path': 'send',
        },
        families: ['ipv4'],
      },
    },
  });
  const capture = await Capture.start(edge, join(directory, 'edge.pcap'));
  const multihomed = await Multihomed.start(edge, join(directory, 'edge.yaml'), file({}));
  return { multihomed, capture, bird, frr, openbgpd, gobgp, file };
}

async function session(multihomed: Multihomed, name: string): Promise<ShownSession> {
  const found = (await multihomed.sessions()).find((one) => one.name === name);
  if (!found) throw new Error(`no session ${name}`);
  return found;
}

t.test('each capability is negotiated and used beside real daemons', needs, async (t) => {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const lab = await startLab(topology);
  const { multihomed } = lab;
  t.teardown(() => t.passing() || t.comment(multihomed.program.output));
  await until('all sessions to be up', 4 * SOON, async () =>
    (await multihomed.sessions()).every(({ state }) => state === 'Established'),
  );
  await t.test('what each of them has', (t) => negotiated(t, lab));
  await t.test('RFC 7911: two paths come in, and go out to whoever takes them', (t) =>
    paths(t, lab),
  );
  await t.test('RFC 9234: OTC is added where it comes in, and seen where it goes', (t) =>
    otc(t, lab),
  );
  await t.test('RFC 8950: IPv4 routes over IPv6 alone', (t) => nextHops(t, lab));
  await t.test('RFC 8654: a long route goes to those who read it', (t) => long(t, lab));
  await t.test('RFC 9234: roles that do not fit are refused', (t) => mismatch(t, lab));
  await lab.capture.stop();
  // tshark does not know RFC 8654.
  t.strictSame(
    await lab.capture.faults('!(bgp.length > 4096)'),
    [],
    'tshark finds no malformed BGP message',
  );
});

async function negotiated(t: Test, { multihomed }: Lab): Promise<void> {
  const used = async (name: string) => (await session(multihomed, name)).capabilities;
  t.match(await used('bird'), {
    used: [
      'ipv4 unicast',
      'four-octet AS numbers',
      'route refresh',
      'enhanced route refresh',
      'graceful restart',
      'extended messages',
      'several ipv4 paths received',
    ],
    role: { ours: 'customer', theirs: 'provider' },
  });
  t.match(await used('frr'), {
    used: [
      'ipv4 unicast',
      'four-octet AS numbers',
      'route refresh',
      'enhanced route refresh',
      'graceful restart',
      'extended messages',
      'several ipv4 paths sent',
    ],
    role: { ours: 'provider', theirs: 'customer' },
    hostName: /./,
  });
  t.match(await used('openbgpd'), {
    used: [
      'ipv4 unicast',
      'four-octet AS numbers',
      'route refresh',
      'graceful restart',
      'several ipv4 paths sent',
    ],
    role: { ours: 'provider', theirs: 'customer' },
  });
  t.match(await used('gobgp'), {
    used: [
      'ipv4 unicast',
      'four-octet AS numbers',
      'route refresh',
      'IPv6 next hops of IPv4 routes',
      'several ipv4 paths sent',
    ],
    role: { ours: 'provider', theirs: null },
  });
}

async function paths(t: Test, { multihomed, frr, openbgpd, gobgp }: Lab): Promise<void> {
  const route = await until('two paths of BIRD', SOON, async () => {
    const [found] = await multihomed.routes(TWICE);
    return found?.paths.length === 2 && found;
  });
  t.strictSame(route.paths.map(({ asPath }) => asPath.length).sort(), [1, 3]);
  t.equal(new Set(route.paths.map(({ pathId }) => pathId)).size, 2);
  for (const daemon of [frr, openbgpd, gobgp]) {
    const lengths = await until(`two paths at ${daemon.name}`, SOON, async () => {
      const found = (await daemon.routes('ipv4')).filter(({ prefix }) => prefix === TWICE);
      return found.length === 2 && found.map(({ asPath }) => asPath.length).sort();
    });
    t.strictSame(lengths, [2, 4], daemon.name);
  }
}

async function otc(t: Test, { multihomed, frr }: Lab): Promise<void> {
  const [route] = await multihomed.routes(TWICE);
  t.strictSame(
    route?.paths.map(({ onlyToCustomer }) => onlyToCustomer),
    [BIRD_AS, BIRD_AS],
  );
  t.match(await frr.paths('ipv4', TWICE), new RegExp(`otc ${BIRD_AS}`, 'i'), "a provider's route");
  await until('our own route at FRR', SOON, async () =>
    new RegExp(`otc ${EDGE_AS}`, 'i').test(await frr.paths('ipv4', OWN)),
  );
  t.pass('our own');
}

async function nextHops(t: Test, { gobgp }: Lab): Promise<void> {
  const routes = await until('our own route at GoBGP', SOON, async () => {
    const found = await gobgp.routes('ipv4');
    return found.some(({ prefix }) => prefix === OWN) && found;
  });
  const hops = routes
    .filter(({ prefix }) => [OWN, TWICE].includes(prefix))
    .map(({ nextHop }) => nextHop);
  t.strictSame([...new Set(hops)], ['2001:db8:ff:4::2']);
}

async function long(t: Test, { multihomed, frr, openbgpd, capture }: Lab): Promise<void> {
  const came = await until('the long route of BIRD', SOON, async () => {
    const [route] = await multihomed.routes(LONG);
    return route?.paths[0];
  });
  t.equal(came.communities.length, MANY.length, 'it came');
  const found = await until('the long route at FRR', SOON, async () =>
    (await frr.routes('ipv4')).find(({ prefix }) => prefix === LONG),
  );
  t.equal(found.communities.length, MANY.length);
  t.notOk((await openbgpd.routes('ipv4')).some(({ prefix }) => prefix === LONG));
  await multihomed.program.untilSaid(/do not fit into a message to openbgpd/);
  const passedOn = 'ip.src == 198.51.100.10 && bgp.length > 4096';
  const messages = await until('the capture to have it', SOON, async () => {
    // The last packet may not be in the file whole.
    const found = await capture.fields(passedOn, 'bgp.length').catch(() => []);
    return found.length > 0 && found;
  });
  t.equal(messages.length, 1, 'in one message');
}

async function mismatch(t: Test, { multihomed, bird, file }: Lab): Promise<void> {
  await multihomed.reload(file({ role: 'peer' }));
  await until('a Role Mismatch', 2 * SOON, async () => {
    const { lastDown } = await session(multihomed, 'bird');
    const { code, subcode } = lastDown?.notification ?? { code: 0, subcode: 0 };
    return code === 2 && subcode === 11;
  });
  await multihomed.reload(file({ role: 'none' }));
  await until('BIRD, which requires roles, to refuse', 2 * SOON, async () => {
    const { lastDown, state } = await session(multihomed, 'bird');
    return state !== 'Established' && lastDown?.kind === 'notificationReceived';
  });
  await multihomed.reload(file({}));
  await until('the session to come back', 4 * SOON, () => bird.established('198.51.100.6'));
  t.pass('a role that fits is let in again');
}
