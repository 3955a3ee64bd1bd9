/**
 * Authenticated BFD (RFC 5880 §6.7) with BIRD: each kind, what does not fit, what is sent again, and
 * other passwords while it runs. One link a case, so that no session can answer for another.
 */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { BFD_AUTHENTICATION_KINDS } from '../../src/config/bfdAuthentication.ts';
import { Bird } from '../support/daemons/bird.ts';
import { type FileContent, Multihomed } from '../support/daemons/multihomed.ts';
import { until } from '../support/daemons/until.ts';
import { type Namespace, Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import { SOON } from './expected.ts';
import { shown, untilStanding } from './shownBfd.ts';

const needs = requireOrSkip('bird', 'tcpdump', 'tshark');

const PACE = 300;
/** As BIRD has it; sixteen octets, the most that all kinds take. */
const SECRET = 'correct horse ba';
const OTHER = 'battery staple';

interface Case {
  readonly name: string;
  /** Undefined: ours is not authenticated. */
  readonly ours: string | undefined;
  readonly keyId: number;
  /** Undefined: BIRD's is not. */
  readonly theirs: string | undefined;
  readonly secret: string;
  /** Why we discard what it sends; undefined: BFD comes up. */
  readonly discarded?: string;
}

const GOOD: readonly Case[] = BFD_AUTHENTICATION_KINDS.map((kind, i) => ({
  name: kind,
  ours: kind,
  theirs: kind,
  keyId: 10 + i,
  secret: SECRET,
}));
const BEST = 'meticulous-keyed-sha1';
const LIKE_THEM = { ours: BEST, theirs: BEST, keyId: 7, secret: SECRET } as const;
const BAD: readonly Case[] = [
  { ...LIKE_THEM, name: 'password', secret: OTHER, discarded: 'password' },
  {
    ...LIKE_THEM,
    name: 'simple-password',
    ours: 'simple',
    theirs: 'simple',
    secret: OTHER,
    discarded: 'password',
  },
  { ...LIKE_THEM, name: 'key-id', keyId: 8, discarded: 'key-id' },
  { ...LIKE_THEM, name: 'kind', ours: 'keyed-sha1', discarded: 'authentication-kind' },
  { ...LIKE_THEM, name: 'unsigned', theirs: undefined, discarded: 'unsigned' },
  { ...LIKE_THEM, name: 'unexpected', ours: undefined, discarded: 'unexpected-authentication' },
];
const CASES: readonly Case[] = [...GOOD, ...BAD];

const linkOf = (index: number) => `l${index}`;
const edgeOf = (index: number) => `10.9.${index}.1`;
const farOf = (index: number) => `10.9.${index}.2`;

interface Lab {
  readonly edge: Namespace;
  readonly far: Namespace;
  readonly bird: Bird;
  readonly multihomed: Multihomed;
  readonly content: FileContent;
  /** Where each case's password is. */
  readonly fileOf: (name: string) => string;
  readonly directory: string;
}

function birdBlocks(secrets: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(
    CASES.flatMap(({ name, theirs, keyId }, i) => {
      if (!theirs) return [];
      const id = name === 'key-id' ? 7 : keyId;
      const words = theirs.replaceAll('-', ' ');
      const secret = secrets[name] ?? SECRET;
      return [[linkOf(i), `authentication ${words}; password "${secret}" { id ${id}; };`]];
    }),
  );
}

async function start(topology: Topology): Promise<Lab> {
  const { directory } = topology;
  const edge = await topology.namespace('edge');
  const far = await topology.namespace('far');
  const fileOf = (name: string) => join(directory, `${name}.secret`);
  for (const [i, { name, secret }] of CASES.entries()) {
    await topology.link(
      { namespace: edge, interface: linkOf(i), addresses: [`${edgeOf(i)}/30`] },
      { namespace: far, interface: linkOf(i), addresses: [`${farOf(i)}/30`] },
    );
    await writeFile(fileOf(name), `${secret}\n`, { mode: 0o600 });
  }
  const bird = await Bird.start(far, directory, {
    asn: 64497,
    routerId: '192.0.2.97',
    originates: [],
    neighbours: CASES.map((_, i) => ({
      address: edgeOf(i),
      asn: 64500,
      passive: true,
      families: ['ipv4'],
      bfd: PACE,
    })),
    bfdInterfaces: birdBlocks(),
  });
  const content: FileContent = {
    asn: 64500,
    'router-id': '192.0.2.1',
    control: { socket: join(directory, 'control.sock') },
    prefixes: ['203.0.113.0/24'],
    upstreams: Object.fromEntries(
      CASES.map(({ name, ours, keyId }, i) => {
        const secret = { password: `file:${fileOf(name)}`, authentication: ours, 'key-id': keyId };
        const bfd = { interval: `${PACE}ms`, multiplier: 3, ...(ours ? secret : {}) };
        const session = { 'hold-time': '90s', 'connect-retry': '1s', damping: 'none' };
        return [name, { asn: 64497, address: farOf(i), ...session, bfd }];
      }),
    ),
  };
  const multihomed = await Multihomed.start(edge, join(directory, 'multihomed.yaml'), content);
  return { edge, far, bird, multihomed, content, fileOf, directory };
}

t.test('authenticated BFD beside BIRD (RFC 5880 §6.7)', needs, async (t) => {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const lab = await start(topology);
  t.teardown(() => t.passing() || t.comment(lab.multihomed.program.output));
  await t.test('each kind comes up, at both ends', (t) => comesUp(t, lab));
  await t.test('what does not fit stays down, and `show` says why', (t) => staysDown(t, lab));
  await t.test('§4.2 to §4.4: tshark reads what both ends send', (t) => isRead(t, lab));
  await t.test('§6.7.3: what is sent again is refused', (t) => isReplayed(t, lab));
  await t.test('another password by reload: BFD starts again, BGP stays', (t) => changes(t, lab));
  await t.test('no session flapped but those that were told to, and no password was printed', (t) =>
    isQuiet(t, lab),
  );
  await t.test('§6.8.1: a new BFD session of BIRD, by other numbers, comes up', (t) =>
    beginsAnew(t, lab),
  );
});

async function comesUp(t: Test, lab: Lab): Promise<void> {
  for (const { name } of GOOD) await untilStanding(lab.multihomed, name, 'up');
  const sessions = await lab.bird.bfdSessions();
  for (const [i, { name }] of GOOD.entries()) {
    const line = sessions.find((each) => each.startsWith(`${edgeOf(i)} `));
    t.match(line, /\sUp\s/, `BIRD says so of ${name}`);
  }
}

async function staysDown(t: Test, lab: Lab): Promise<void> {
  for (const { name, discarded = '' } of BAD) {
    await until(`packets of ${name} to be discarded`, SOON, async () => {
      return ((await shown(lab.multihomed, name)).discards[discarded] ?? 0) >= 3;
    });
    const { standing, discards } = await shown(lab.multihomed, name);
    t.equal(standing, 'starting', name);
    t.same(Object.keys(discards), [discarded], `${name}: for that reason alone`);
  }
  const screen = (await lab.multihomed.run('show', 'sessions')).replaceAll(/\s+/g, ' ');
  t.match(screen, /discarded \(\d+ with another password\)/);
  t.match(screen, /discarded \(\d+ with another key ID\)/);
  t.match(screen, /discarded \(\d+ not authenticated, and there is a password here\)/);
  t.match(screen, /discarded \(\d+ authenticated, and there is no password here\)/);
  await untilEstablished(lab);
  t.pass('BFD that never was up ends no session');
}

async function isRead(t: Test, lab: Lab): Promise<void> {
  for (const [i, { name, keyId }] of GOOD.entries()) {
    const file = join(lab.directory, `${name}.pcap`);
    await capture(lab, i, file);
    const fields = ['ip.src', 'bfd.auth.type', 'bfd.auth.key', 'bfd.auth.len', 'bfd.auth.seq_num'];
    const rows = await tshark(lab, file, ...fields);
    for (const source of [edgeOf(i), farOf(i)]) {
      const read = rows.filter((row) => row[0] === source);
      const [type, length] = [String(i + 1), [19, 24, 24, 28, 28][i]];
      t.ok(read.length > 0, `${name} from ${source}`);
      for (const row of read) t.same(row.slice(1, 4), [type, String(keyId), String(length)]);
    }
    const ours = rows.filter((row) => row[0] === edgeOf(i)).map((row) => Number(row[4]));
    // RFC 5880 §6.7.3: by one each, around 2^32.
    const steps = ours.slice(1).map((sequence, k) => (sequence - (ours[k] ?? 0)) >>> 0);
    if (name !== 'simple')
      t.same(new Set(steps), new Set([1]), `${name}: each a number of its own`);
    t.same(
      await tshark(lab, file, '_ws.malformed'),
      rows.map(() => ['']),
      'none is malformed',
    );
  }
}

async function isReplayed(t: Test, lab: Lab): Promise<void> {
  for (const name of ['meticulous-keyed-md5', 'meticulous-keyed-sha1']) {
    const index = CASES.findIndex((each) => each.name === name);
    const rows = await tshark(lab, join(lab.directory, `${name}.pcap`), 'ip.src', 'udp.payload');
    const packets = rows.flatMap(([source, payload]) =>
      source === farOf(index) && payload ? [payload] : [],
    );
    const before = (await shown(lab.multihomed, name)).discards.sequence ?? 0;
    await send(lab, index, packets);
    await until(`what was sent again to be refused`, SOON, async () => {
      return (
        ((await shown(lab.multihomed, name)).discards.sequence ?? 0) === before + packets.length
      );
    });
    t.equal((await shown(lab.multihomed, name)).standing, 'up', name);
  }
}

/** Ours first, then BIRD's: what the other end does not know yet is no failure. */
async function changes(t: Test, lab: Lab): Promise<void> {
  const name = BEST;
  const before = await counts(lab);
  await writeFile(lab.fileOf(name), OTHER);
  await lab.multihomed.reload(lab.content);
  await until('what comes by the old password to be discarded', SOON, async () => {
    return ((await shown(lab.multihomed, name)).discards.password ?? 0) > 0;
  });
  t.equal((await shown(lab.multihomed, name)).standing, 'starting');
  await lab.bird.bfdInterfaces(birdBlocks({ [name]: OTHER }));
  await untilStanding(lab.multihomed, name, 'up');
  // RFC 5882 §3.2: AdminDown is no failure. BIRD 2.0.12 takes it for one, and ends the session.
  await lab.multihomed.program.untilSaid(new RegExp(` ${name}: another BFD password`));
  await lab.multihomed.program.untilSaid(new RegExp(`${name}: session down: the neighbour sent`));
  await untilEstablished(lab);
  const after = await counts(lab);
  const index = CASES.findIndex((each) => each.name === name);
  t.same(after.toSpliced(index, 1), before.toSpliced(index, 1), 'the others stayed');
  await writeFile(lab.fileOf('password'), SECRET);
  await lab.multihomed.reload(lab.content);
  await untilStanding(lab.multihomed, 'password', 'up');
  t.same(await counts(lab), after, 'none ended when a wrong password was put right');
}

async function isQuiet(t: Test, lab: Lab): Promise<void> {
  const log = lab.multihomed.program.output;
  for (const { name } of GOOD) {
    t.equal(log.match(new RegExp(` ${name}: BFD is up`, 'g'))?.length, name === BEST ? 2 : 1, name);
  }
  t.notMatch(log, /BFD is down/);
  const said = [log];
  for (const what of ['sessions', 'config', 'events']) {
    said.push(await lab.multihomed.run('show', what, '--json'));
  }
  for (const secret of [SECRET, OTHER]) t.notOk(said.join('\n').includes(secret), 'a password');
}

/** BIRD makes one for each BGP session; until the old one is over, its numbers are not believed. */
async function beginsAnew(t: Test, lab: Lab): Promise<void> {
  const name = 'meticulous-keyed-md5';
  const index = CASES.findIndex((each) => each.name === name);
  const before = await counts(lab);
  await lab.bird.restart(edgeOf(index));
  await until('BFD to have been lost', SOON, async () =>
    new RegExp(` ${name}: BFD is down`).test(lab.multihomed.program.output),
  );
  await untilStanding(lab.multihomed, name, 'up');
  await untilEstablished(lab);
  const others = (all: readonly string[]) => all.toSpliced(index, 1);
  t.same(others(await counts(lab)), others(before), 'the others stayed');
}

async function capture(lab: Lab, index: number, file: string): Promise<void> {
  const quiet = ['--immediate-mode', '-U', '-Z', 'root', '-c', '10'];
  const filter = ['udp', 'port', '3784'];
  await lab.edge.exec('tcpdump', '-i', linkOf(index), ...quiet, '-w', file, ...filter);
}

/** A line a packet: these fields. */
async function tshark(lab: Lab, file: string, ...fields: readonly string[]): Promise<string[][]> {
  const wanted = fields.flatMap((field) => ['-e', field]);
  const text = await lab.edge.exec('tshark', '-r', file, '-T', 'fields', ...wanted);
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => line.split('\t'));
}

/** From BIRD's end of the link, by another port. */
async function send(lab: Lab, index: number, packets: readonly string[]): Promise<void> {
  const program = `
    const [source, target, ...packets] = process.argv.slice(1);
    const socket = require('dgram').createSocket('udp4');
    socket.bind(50000, source, async () => {
      socket.setTTL(255);
      for (const hex of packets) {
        await new Promise((sent) => socket.send(Buffer.from(hex, 'hex'), 3784, target, sent));
      }
      socket.close();
    });`;
  await lab.far.exec(process.execPath, '-e', program, farOf(index), edgeOf(index), ...packets);
}

async function untilEstablished({ multihomed }: Lab): Promise<void> {
  await until('every session to be up', SOON, async () => {
    return (await multihomed.sessions()).every(({ state }) => state === 'Established');
  });
}

/** How often each session came up and went down. */
async function counts(lab: Lab): Promise<readonly string[]> {
  const sessions = await lab.multihomed.sessions();
  return sessions.map(({ established, dropped }) => `${established} ${dropped}`);
}
