/**
 * TCP MD5 (RFC 2385) and GTSM (RFC 5082) against real daemons, whoever connects, on IPv4 and IPv6:
 * with the right key and from the link itself a session comes up, and otherwise never.
 */

import { writeFile } from 'node:fs/promises';
import t, { type Test } from 'tap';
import type { ShownSession } from '../support/daemons/multihomed.ts';
import { until } from '../support/daemons/until.ts';
import { Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import { SOON } from './expected.ts';
import { KEY, OTHER_KEY, startTcpLab, type TcpLab } from './tcpLab.ts';

/** RFC 2474 §4.2.2.1. */
const CS6 = 48;

const needs = requireOrSkip('frr', 'bird', 'openbgpd', 'tcpdump', 'tshark');

for (const incoming of [false, true]) {
  const who = incoming ? 'the neighbours connect' : 'the edge connects';
  t.test(`MD5 and GTSM where ${who}`, needs, async (t) => {
    const topology = await Topology.create();
    t.teardown(() => topology.remove());
    const lab = await startTcpLab(topology, incoming);
    t.teardown(() => t.passing() || t.comment(lab.multihomed.program.output));

    await t.test('what is right comes up at both ends', () => untilUp(lab));
    await t.test('what is wrong is told in words', (t) =>
      incoming ? toldByCounters(t, lab) : toldAsSilence(t, lab),
    );
    await t.test('and has never come up', (t) => neverUp(t, lab));
    await t.test('a key that changes at reload resets that session alone', (t) => rekey(t, lab));
    await t.test('a key is in no log and no view', async (t) => {
      const shown = await lab.multihomed.run('show', 'sessions', '--json');
      t.notMatch(lab.multihomed.program.output + shown, new RegExp(`${KEY}|${OTHER_KEY}`));
    });
    await lab.capture.stop();
    await t.test('what is on the wire: signatures, TTLs, CS6', (t) => onTheWire(t, lab));
  });
}

async function untilUp({ neighbours, multihomed }: TcpLab): Promise<void> {
  for (const { role, running, edge, up } of neighbours) {
    if (!up) continue;
    await until(`${role} to be up`, SOON, async () => {
      return (await running.established(edge.ipv4)) && running.established(edge.ipv6);
    });
  }
  const wanted = neighbours.filter(({ up }) => up).length * 2;
  await until('the edge to see them', SOON, async () => {
    return (await multihomed.sessions()).filter(isUp).length === wanted;
  });
}

/**
 * A SYN that is dropped has no answer, whichever side drops it. BIRD accepts from its listening
 * socket with 255 whatever it is told, so that the connection from afar is made, and nothing comes.
 */
async function toldAsSilence(t: Test, lab: TcpLab): Promise<void> {
  const wrong = await until('every attempt that must fail to have failed', SOON, async () => {
    const sessions = (await lab.multihomed.sessions()).filter((each) => isWrong(lab, each));
    const told = sessions.filter(({ lastConnectFault, name }) => lastConnectFault || isFar(name));
    return told.length === 8 && told;
  });
  for (const { name, lastConnectFault, received } of wrong) {
    t.equal(received.open, 0, `${name}: nothing has come`);
    if (!isFar(name)) t.match(lastConnectFault?.cause, /no answer/, name);
  }
}

function isFar(name: string): boolean {
  return name.startsWith('bird-far');
}

async function toldByCounters(t: Test, lab: TcpLab): Promise<void> {
  const keyed = (names: readonly string[]) => names.flatMap((name) => [name, `${name}-v6`]).sort();
  const mismatches = await until('the mismatches to be noticed', SOON, async () => {
    const found = await lab.multihomed.keyMismatches();
    return found.size === 8 && found;
  });
  const named = (kinds: readonly string[]) =>
    [...mismatches].filter(([, { kind }]) => kinds.includes(kind)).map(([name]) => name);
  t.strictSame(named(['missing', 'wrong']).sort(), keyed(['bird-other', 'frr-none']));
  // What comes from afar is dropped before it could be told from this.
  t.strictSame(named(['unexpected']).sort(), keyed(['bird-only', 'bird-far']));
  await lab.multihomed.program.untilSaid(/bird-only: .*the file has no password: the neighbour/);
  t.match(mismatches.get('bird-only')?.others, ['bird-only-v6', 'bird-far', 'bird-far-v6']);
}

async function neverUp(t: Test, lab: TcpLab): Promise<void> {
  const wrong = (await lab.multihomed.sessions()).filter((session) => isWrong(lab, session));
  for (const { name, established } of wrong) t.equal(established, 0, name);
}

async function rekey(t: Test, lab: TcpLab): Promise<void> {
  const { multihomed, keyFile, file, neighbours } = lab;
  const others = neighbours.filter(({ role, up }) => up && role !== 'bird-md5');
  const incarnations = () =>
    Promise.all(
      others.flatMap(({ running, edge }) => [
        running.incarnation(edge.ipv4),
        running.incarnation(edge.ipv6),
      ]),
    );
  const before = await incarnations();
  const upOf = async (role: string) => {
    const sessions = (await multihomed.sessions()).filter(({ name }) => name.startsWith(role));
    return sessions.filter(isUp).length;
  };

  await writeFile(keyFile('bird-other'), OTHER_KEY);
  await writeFile(keyFile('bird-md5'), OTHER_KEY);
  const told = await multihomed.reload(file);
  t.match(told, /bird-md5: session parameters changed, session reset/);
  t.match(told, /bird-other: session parameters changed, session reset/);
  t.notMatch(told, /frr-md5|bird-ttl/);
  await until('the key that is right now', SOON, async () => (await upOf('bird-other')) === 2);
  t.equal(await upOf('bird-md5'), 0, 'the key that is wrong now');

  await writeFile(keyFile('bird-md5'), KEY);
  await multihomed.reload(file);
  await until('the right key again', SOON, async () => (await upOf('bird-md5')) === 2);
  t.strictSame(await incarnations(), before, 'no other session was reset');
}

/** What tshark reads of a segment, each as text; empty: there is no such field. */
const FIELDS = [
  ...['ip.src', 'ipv6.src', 'ip.ttl', 'ipv6.hlim', 'ip.dsfield.dscp', 'ipv6.tclass.dscp'],
  ...['tcp.len', 'tcp.options.md5.digest'],
] as const;

async function onTheWire(t: Test, { neighbours, capture }: TcpLab): Promise<void> {
  const read = await capture.fields('tcp.flags.reset == 0', ...FIELDS);
  const segments = read.map((fields) => {
    const [v4, v6, ttl4, ttl6, class4, class6, length, digest] = fields.map(
      ([first = '']) => first,
    );
    return {
      source: v4 || v6,
      ttl: ttl4 || ttl6,
      trafficClass: Number(class4 || class6),
      length: Number(length),
      isSigned: digest !== '',
    };
  });
  for (const { role, edge, ours, up } of neighbours) {
    const own = segments.filter(({ source }) => source === edge.ipv4 || source === edge.ipv6);
    const ttl = ours['ttl-security'] ? '255' : '1';
    const wrong = own.filter((segment) => segment.length > 0 && segment.ttl !== ttl);
    t.strictSame(wrong, [], `${role}: all that we say leaves with TTL ${ttl}`);
    t.strictSame(
      own.filter(({ trafficClass }) => trafficClass !== CS6),
      [],
      `${role}: everything is marked CS6`,
    );
    if (ours.password === undefined) continue;
    if (up) t.ok(own.length > 0, `${role}: there is something`);
    t.strictSame(
      own.filter(({ isSigned }) => !isSigned),
      [],
      `${role}: all is signed`,
    );
  }
  t.strictSame(await capture.faults(), [], 'tshark finds no malformed BGP message');
}

function isUp({ state }: ShownSession): boolean {
  return state === 'Established';
}

function isWrong({ neighbours }: TcpLab, { name }: ShownSession): boolean {
  return neighbours.some(({ role, up }) => !up && (name === role || name === `${role}-v6`));
}
