/** The options on real sockets of this machine: loopback needs no privilege for any of them. */

import { createServer, type Server, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { parseAddress } from '../../src/net/text.ts';
import { systemClock } from '../../src/session/clock.ts';
import { Connection } from '../../src/session/connection.ts';
import { ReadBudget } from '../../src/session/readBudget.ts';
import { Secret } from '../../src/session/secret.ts';
import { loadSockopt } from '../../src/session/sockopt.ts';
import { mustHave, type TcpOptions, tcpOptionsOf } from '../../src/session/tcpOptions.ts';
import { ttlFilter } from '../../src/session/ttlFilter.ts';
import { ListenGuard } from '../../src/speaker/listenGuard.ts';
import { configOf } from '../support/ownRoute.ts';

const sockopt = loadSockopt();
const needs = { skip: sockopt?.knowsMd5 ? false : 'needs koffi and TCP MD5 in the kernel' };
const key = new Secret('right');

const address = (text: string) => {
  const parsed = parseAddress(text);
  if (!parsed) throw new Error(text);
  return parsed;
};

function options(changes: Partial<TcpOptions> = {}): TcpOptions {
  const none = { minTtl: undefined, md5: undefined, userTimeout: 0, device: undefined };
  return { address: address('127.0.0.1'), ttl: 1, ...none, ...changes };
}

/** In ms; whatever is to come on loopback has come by then, and nothing is proved by its not coming. */
const PATIENCE = 300;

/** What becomes of one attempt: `connected`, or why not. */
async function attempt(port: number, changes: Partial<TcpOptions>): Promise<string> {
  return outcomeOf(port, changes, undefined);
}

/** The same of one that must get no answer: `silent` after a while without. */
async function unanswered(port: number, changes: Partial<TcpOptions>): Promise<string> {
  return outcomeOf(port, changes, PATIENCE);
}

async function outcomeOf(
  port: number,
  changes: Partial<TcpOptions>,
  patience: number | undefined,
): Promise<string> {
  let tell: (outcome: string) => void = () => {};
  const told = new Promise<string>((resolve) => {
    tell = resolve;
  });
  const ignore = () => {};
  const target = { address: address('127.0.0.1'), port, localAddress: undefined };
  const connection = Connection.connect(
    { ...target, options: options(changes) },
    {
      ...{
        arrived: ignore,
        updates: (_: Uint8Array, start: number) => start,
        protocolError: ignore,
        broken: ignore,
        readDone: ignore,
      },
      ...{ progressed: ignore, message: () => true, failed: tell },
      connected: () => tell('connected'),
    },
    new ReadBudget(systemClock),
  );
  const timer = patience === undefined ? undefined : setTimeout(() => tell('silent'), patience);
  const outcome = await told;
  clearTimeout(timer);
  await connection.close();
  return outcome;
}

async function listening(t: Test, guard: (server: Server) => void): Promise<number> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  guard(server);
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const at = server.address();
  return at && typeof at === 'object' ? at.port : 0;
}

t.test(
  'RFC 2385: a key that fits connects, another or none is answered by silence',
  needs,
  async (t) => {
    const guarded = { address: address('127.0.0.1'), md5: key, onLink: false };
    let guard: ListenGuard | undefined;
    const port = await listening(t, (server) => {
      guard = new ListenGuard(server, 'ipv4');
      t.equal(guard.demand([guarded]), undefined);
    });
    const outcomes = await Promise.all([
      attempt(port, { md5: key }),
      unanswered(port, { md5: new Secret('wrong') }),
      unanswered(port, {}),
    ]);
    t.same(outcomes, ['connected', 'silent', 'silent']);
    t.equal(guard?.demand([]), undefined);
    t.equal(await attempt(port, {}), 'connected', 'a neighbour that was removed has no key left');
  },
);

t.test('RFC 5082: what was forwarded does not get to the listening socket', needs, async (t) => {
  const guarded = { address: address('127.0.0.1'), md5: undefined, onLink: true };
  let guard: ListenGuard | undefined;
  let refused: string | undefined;
  const port = await listening(t, (server) => {
    guard = new ListenGuard(server, 'ipv4');
    refused = guard.demand([guarded]);
  });
  if (refused !== undefined && process.getuid?.() !== 0) {
    t.match(refused, /TTL of 127\.0\.0\.1 .*CAP_NET_ADMIN/, 'said, with what it takes');
    t.comment('skipped: this kernel has filters on TCP sockets for CAP_NET_ADMIN only');
    return;
  }
  t.equal(refused, undefined);
  const outcomes = await Promise.all([
    attempt(port, { ttl: 255, minTtl: 255 }),
    unanswered(port, { ttl: 254 }),
  ]);
  t.same(outcomes, ['connected', 'silent']);
  t.equal(guard?.demand([]), undefined);
  t.equal(await attempt(port, { ttl: 254 }), 'connected', 'when nobody asks for it any more');
});

t.test(
  'an option that the kernel refuses is a failure where the session must have it',
  needs,
  async (t) => {
    const port = await listening(t, () => {});
    t.match(await attempt(port, { device: 'no-such-device' }), /refused SO_BINDTODEVICE/);
    t.equal(await attempt(port, { device: 'lo' }), 'connected');
  },
);

t.test('which options a neighbour has follows from the file', (t) => {
  const of = (keys: string, md5?: Secret) => {
    const config = configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
upstreams: { a: { asn: 64496, address: 198.51.100.1, interface: eth0, ${keys} } }
`);
    const [neighbour] = config.upstreams;
    if (!neighbour) throw new Error('the file names an upstream');
    return tcpOptionsOf(neighbour, md5);
  };
  t.match(of(''), { ttl: 1, minTtl: undefined, device: undefined, userTimeout: 480_000 });
  t.match(of('multihop: 3, hold-time: 300s'), { ttl: 3, userTimeout: 600_000 });
  t.match(of('hold-time: 0s'), { userTimeout: 0 });
  t.match(of('ttl-security: true'), { ttl: 255, minTtl: 255 });
  t.match(of('bind-to-interface: true'), { device: 'eth0' });
  t.equal(mustHave(of('')), false);
  for (const keys of ['ttl-security: true', 'bind-to-interface: true']) t.ok(mustHave(of(keys)));
  t.ok(mustHave(of('', key)));
  t.end();
});

t.test('the filter is a program of known size, whatever the number of neighbours', (t) => {
  const many = (family: string, count: number) =>
    Array.from({ length: count }, (_, i) =>
      address(family === 'ipv4' ? `10.0.0.${i}` : `2001:db8::${i}`),
    );
  const [octets, most] = [8, 4096];
  t.equal(ttlFilter('ipv4', many('ipv4', 250)).length / octets, 4 + 250 * 3);
  t.equal(ttlFilter('ipv6', many('ipv6', 250)).length / octets, 4 + 250 * 9);
  t.ok(4 + 250 * 9 <= most, 'BPF_MAXINSNS');
  t.end();
});
