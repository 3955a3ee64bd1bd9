import t from 'tap';
import {
  changeOf,
  fsmConfigOf,
  type SessionChange,
  type SessionConfig,
} from '../../src/session/sessionConfig.ts';
import { configOf } from '../support/ownRoute.ts';

interface File {
  readonly asn?: number;
  readonly routerId?: string;
  readonly peerAs?: number;
  readonly address?: string;
  /** More keys of the upstream, as YAML in flow style. */
  readonly keys?: string;
}

function sessionOf(file: File = {}): SessionConfig {
  const { asn = 64500, routerId = '192.0.2.1', peerAs = 64496, keys = '' } = file;
  const config = configOf(`
asn: ${asn}
router-id: ${routerId}
listen: ["0.0.0.0:1179", "[::]:1179"]
prefixes: [203.0.113.0/24]
upstreams: { peer: { asn: ${peerAs}, address: ${file.address ?? '198.51.100.1'}, ${keys} } }
`);
  const [neighbour] = config.upstreams;
  if (!neighbour) throw new Error('the file names an upstream');
  return { localAs: config.asn, routerId: config.routerId, neighbour };
}

/** What each key of the file comes to when it changes under a running session. */
const CHANGES: readonly (readonly [SessionChange, string, File])[] = [
  ['none', 'nothing', {}],
  ['reset', 'our AS', { asn: 64501 }],
  ['reset', 'router-id', { routerId: '192.0.2.2' }],
  ['reset', 'asn', { peerAs: 64497 }],
  ['reset', 'address', { address: '198.51.100.3' }],
  ['reset', 'port', { keys: 'port: 1179' }],
  ['reset', 'local-address', { keys: 'local-address: 198.51.100.2' }],
  ['reset', 'passive', { keys: 'passive: true' }],
  ['reset', 'multihop', { keys: 'multihop: 2' }],
  ['reset', 'graceful-restart', { keys: 'graceful-restart: true' }],
  ['reset', 'long-lived-graceful-restart', { keys: 'long-lived-graceful-restart: 1h' }],
  ['reset', 'ttl-security', { keys: 'ttl-security: true' }],
  ['reset', 'hold-time', { keys: 'hold-time: 30s' }],
  ['reset', 'families', { keys: 'families: [ipv4, ipv6], next-hop: { ipv6: "2001:db8::2" }' }],
  ['reset', 'add-path', { keys: 'add-path: receive' }],
  ['reset', 'role', { keys: 'role: peer' }],
  ['reset', 'role, strict', { keys: 'role: { is: customer, strict: true }' }],
  ['next-hops', 'next-hop', { keys: 'next-hop: { ipv4: 198.51.100.9 }' }],
  ['routes', 'prepend', { keys: 'prepend: 2' }],
  ['routes', 'med', { keys: 'med: 0' }],
  ['routes', 'communities', { keys: 'communities: [no-export]' }],
  ['routes', 'interface', { keys: 'interface: eth1' }],
  ['routes', 'connect-retry', { keys: 'connect-retry: 30s' }],
  ['routes', 'import', { keys: 'import: { bogons: accept }' }],
  ['routes', 'max-prefixes', { keys: 'max-prefixes: { ipv4: 5 }' }],
];

for (const [change, what, file] of CHANGES) {
  t.test(`${what} changes: ${change}`, (t) => {
    t.equal(changeOf(sessionOf(), sessionOf(file)), change);
    t.equal(changeOf(sessionOf(file), sessionOf()), change, 'and back');
    t.equal(changeOf(sessionOf(file), sessionOf(file)), 'none');
    t.end();
  });
}

t.test(
  'RFC 8950: a next hop of IPv4 routes that changes what is offered resets the session',
  (t) => {
    const six = { address: '2001:db8::1' };
    const [open, said] = [
      sessionOf({ ...six, keys: 'families: [ipv4]' }),
      sessionOf({ ...six, keys: 'families: [ipv4], next-hop: { ipv4: 198.51.100.2 }' }),
    ];
    t.equal(changeOf(open, said), 'reset');
    const offers = (config: SessionConfig) =>
      fsmConfigOf(config).open.capabilities.filter(({ kind }) => kind === 'extendedNextHop');
    t.match(offers(open), [{ entries: [{ afi: 1, safi: 1, nextHopAfi: 2 }] }]);
    t.same([offers(said), offers(sessionOf())], [[], []]);
    t.end();
  },
);

t.test('the end of our own restart is no change: it matters the next time', (t) => {
  for (const keys of ['graceful-restart: helper', 'graceful-restart: true']) {
    const after = sessionOf({ keys });
    t.equal(changeOf({ ...after, restarted: { forwarding: false } }, after), 'none');
  }
  t.end();
});

t.test('the same said in another way is no change', (t) => {
  const before = sessionOf({ keys: 'hold-time: 90s, connect-retry: 60s' });
  const after = sessionOf({ keys: 'hold-time: 90000ms, connect-retry: 1m' });
  t.equal(changeOf(before, after), 'none');
  t.end();
});

t.test('the OPEN offers what the file says (RFC 4760, 2918, 7313, 4724, 6793)', (t) => {
  const keys = 'hold-time: 30s, families: [ipv6, ipv4], next-hop: { ipv6: "2001:db8::2" }';
  t.match(fsmConfigOf(sessionOf({ asn: 4_200_000_000, keys })), {
    localAs: 4_200_000_000,
    peerAs: 64496,
    passive: false,
    connectRetryTime: 10,
    open: {
      version: 4,
      myAs: 23456,
      holdTime: 30,
      bgpIdentifier: 0xc0000201,
      capabilities: [
        { kind: 'multiprotocol', safi: 1 },
        { kind: 'multiprotocol', safi: 1 },
        { kind: 'routeRefresh' },
        { kind: 'enhancedRouteRefresh' },
        { kind: 'gracefulRestart', restarting: false, notification: true, restartTime: 0 },
        { kind: 'fourOctetAs', asn: 4_200_000_000 },
      ],
    },
  });
  t.equal(fsmConfigOf(sessionOf()).open.myAs, 64500);
  t.end();
});
