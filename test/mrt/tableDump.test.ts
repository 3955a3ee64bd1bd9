import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runMrt } from '../../src/cli/mrt.ts';
import { serveControl } from '../../src/control/server.ts';
import { tableDump } from '../../src/mrt/tableDump.ts';
import { parseAddress } from '../../src/net/text.ts';
import { bringUp, feed, makeRib } from '../rib/fixture.ts';
import { FakeDaemon, upSession } from '../support/fakeDaemon.ts';
import { FakeTerminal } from '../support/fakeTerminal.ts';
import { learnedRoutes } from '../support/learnedRoutes.ts';
import { programOrSkip } from '../support/requirements.ts';

const BGPDUMP = '/usr/bin/bgpdump';
const rib = makeRib();
const a = bringUp(rib, 0);
const b = bringUp(rib, 1);
feed(rib, a, {
  announce: ['1.0.0.0/16', '8.8.8.0/24', '0.0.0.0/0'],
  path: [64496, 4200000001, 13335],
  med: 5,
  communities: [(64496 << 16) | 100],
});
feed(rib, b, { announce: ['1.0.0.0/16'], path: [64497, 13335], origin: 2 });
feed(rib, a, { announce: ['2400:cb00:2048::/48'], path: [64496], nextHop: '2001:db8::1' });

const reader = rib.reader;
const owners = [...reader.all('ipv4')].flatMap(({ paths }) => paths.map(({ owner }) => owner));
const peers = [...new Map(owners.map((owner) => [owner.address.text, owner])).values()];
const TIME = Date.UTC(2026, 0, 2, 3, 4, 5) / 1000;

const dump = () =>
  Buffer.concat(
    [
      ...tableDump({
        reader,
        peers: peers.map((owner) => ({ ...owner, since: TIME - 60 })),
        collector: 0xc0000201,
        time: TIME,
      }),
    ].filter((record) => record !== undefined),
  );

t.test(
  'RFC 6396 §4.3: bgpdump reads every path with its attributes',
  programOrSkip(BGPDUMP),
  (t) => {
    const file = join(t.testdir(), 'rib.mrt');
    writeFileSync(file, dump());
    const { stdout } = spawnSync(BGPDUMP, ['-m', file], { encoding: 'utf8' });
    const lines = stdout.trim().split('\n');
    const facts = lines.map((line) => line.split('|').slice(5, 12).join(' '));
    t.strictSame(facts.toSorted(), [
      '0.0.0.0/0 64496 4200000001 13335 IGP 198.51.100.1 0 5 64496:100',
      '1.0.0.0/16 64496 4200000001 13335 IGP 198.51.100.1 0 5 64496:100',
      '1.0.0.0/16 64497 13335 INCOMPLETE 198.51.100.1 0 0 ',
      '2400:cb00:2048::/48 64496 IGP 2001:db8::1 0 0 ',
      '8.8.8.0/24 64496 4200000001 13335 IGP 198.51.100.1 0 5 64496:100',
    ]);
    t.end();
  },
);

t.test('§4.3.1: the peers come first; a path of none of them is left out', (t) => {
  const [first, ...rest] = [
    ...tableDump({ reader, peers: [], collector: 0xc0000201, time: TIME }),
  ].filter((record) => record !== undefined);
  t.equal(
    Buffer.from(first ?? []).toString('hex'),
    `${TIME.toString(16)}000d000100000008c000020100000000`,
  );
  t.strictSame(rest, []);
  t.end();
});

t.test('mrt FILE saves it whole or not at all', async (t) => {
  const directory = t.testdir();
  const daemon = new FakeDaemon();
  daemon.sessions = peers.map(({ address, peerAs }) => ({
    ...{ ...upSession, peerAs, address: address.text },
  }));
  daemon.routes = learnedRoutes(rib, ['transit-a', 'transit-b']);
  const socket = join(directory, 'c.sock');
  const server = await serveControl({ port: daemon, path: socket, mode: 0o600 });
  t.teardown(() => server.close());
  const config = join(directory, 'x.yaml');
  writeFileSync(config, `control: { socket: ${socket} }\n`);
  const file = join(directory, 'rib.mrt');
  const terminal = new FakeTerminal();
  t.equal(await runMrt({ name: 'mrt', file, config }, terminal), 0);
  const saved = readFileSync(file);
  t.equal(saved.length, dump().length);
  t.match(terminal.err, `${file}: ${saved.length} octets\n`);
  await runMrt({ name: 'mrt', file: '-', config }, terminal);
  t.equal(Buffer.concat(terminal.written).length, saved.length);
  await t.rejects(runMrt({ name: 'mrt', file: join(directory, 'no', 'x'), config }, terminal), {
    name: 'CommandError',
    message: /^cannot write .*ENOENT|no such file/,
  });
});

t.test('RFC 8050 §4.2: paths with an identifier are in records of their own', (t) => {
  const address = parseAddress('192.0.2.7');
  if (!address) throw new Error('no address');
  const path = [...reader.all('ipv4')][0]?.paths[0];
  if (!path) throw new Error('no path');
  const owner = { ...path.owner, address };
  const prefix = [...reader.all('ipv4')][0]?.prefix;
  if (!prefix) throw new Error('no prefix');
  const route = {
    prefix,
    paths: [
      { ...path, owner },
      { ...path, owner, pathId: 7 },
    ],
  };
  const records = [
    ...tableDump({
      reader: {
        *all(family) {
          if (family === 'ipv4') yield route;
        },
      },
      peers: [{ address, peerAs: 1, bgpIdentifier: 1, since: TIME }],
      collector: 1,
      time: TIME,
    }),
  ].filter((record) => record !== undefined);
  t.strictSame(
    records.map((record) => Buffer.from(record).readUInt16BE(6)),
    [1, 2, 8],
  );
  t.end();
});
