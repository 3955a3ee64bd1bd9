/** BFD with FRR's bfdd and with BIRD: up, another pace, a neighbour that freezes, and strangers. */

import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Bird } from '../support/daemons/bird.ts';
import { Frr } from '../support/daemons/frr.ts';
import { type FileContent, Multihomed } from '../support/daemons/multihomed.ts';
import { until } from '../support/daemons/until.ts';
import { type Link, type Namespace, Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import { Capture } from './capture.ts';
import { SOON } from './expected.ts';
import { shown, untilStanding } from './shownBfd.ts';

const needs = requireOrSkip('frr', 'bird', 'tcpdump', 'tshark');

/** Milliseconds; three times that is what a busy machine may take away from a daemon. */
const PACE = 300;
/** Slower ones, that we and that the neighbours ask for. */
const [OURS, THEIRS] = [600, 700];

const EDGE = { frr: '198.51.100.2', bird: '198.51.100.6', bird6: '2001:db8:b::2' };
const FAR = { frr: '198.51.100.1', bird: '198.51.100.5', bird6: '2001:db8:b::1' };

interface Lab {
  readonly edge: Namespace;
  readonly stranger: Namespace;
  readonly links: readonly Link[];
  readonly frr: Frr;
  readonly bird: Bird;
  readonly multihomed: Multihomed;
}

function content(directory: string, interval: number): FileContent {
  const common = {
    'hold-time': '90s',
    'connect-retry': '1s',
    damping: 'none',
    bfd: { interval: `${interval}ms`, multiplier: 3 },
  };
  return {
    asn: 64500,
    'router-id': '192.0.2.1',
    control: { socket: join(directory, 'control.sock') },
    prefixes: ['203.0.113.0/24'],
    upstreams: {
      frr: { asn: 64496, address: FAR.frr, ...common },
      bird: { asn: 64497, address: FAR.bird, ...common },
      bird6: { asn: 64497, address: FAR.bird6, ...common },
    },
  };
}

async function start(topology: Topology): Promise<Lab> {
  const { directory } = topology;
  const [edge, first, second] = [
    await topology.namespace('edge'),
    await topology.namespace('frr'),
    await topology.namespace('bird'),
  ];
  const links = [
    await topology.link(
      { namespace: edge, interface: 'to-frr', addresses: [`${EDGE.frr}/30`] },
      { namespace: first, interface: 'to-edge', addresses: [`${FAR.frr}/30`] },
    ),
    await topology.link(
      { namespace: edge, interface: 'to-bird', addresses: [`${EDGE.bird}/30`, `${EDGE.bird6}/64`] },
      { namespace: second, interface: 'to-edge', addresses: [`${FAR.bird}/30`, `${FAR.bird6}/64`] },
    ),
  ];
  const neighbour = (address: string, family: 'ipv4' | 'ipv6') => ({
    address,
    asn: 64500,
    passive: true,
    families: [family],
    bfd: PACE,
  });
  const frr = await Frr.start(first, directory, {
    asn: 64496,
    routerId: '192.0.2.96',
    originates: [],
    neighbours: [neighbour(EDGE.frr, 'ipv4')],
  });
  const bird = await Bird.start(second, directory, {
    asn: 64497,
    routerId: '192.0.2.97',
    originates: [],
    neighbours: [neighbour(EDGE.bird, 'ipv4'), neighbour(EDGE.bird6, 'ipv6')],
  });
  const file = join(directory, 'multihomed.yaml');
  const multihomed = await Multihomed.start(edge, file, content(directory, PACE));
  return { edge, stranger: second, links, frr, bird, multihomed };
}

t.test('BFD beside real daemons (RFC 5880, 5881)', needs, async (t) => {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const lab = await start(topology);
  t.teardown(() => t.passing() || t.comment(lab.multihomed.program.output));
  await t.test('comes up at both ends', (t) => comesUp(t, lab));
  await t.test('§6.8.3: takes another pace from either end, and does not flap', (t) =>
    changesPace(t, lab, topology.directory),
  );
  await t.test('§6.8.6: strangers are not believed', (t) => strangers(t, lab));
  await t.test('§6.8.6: a neighbour that begins anew goes down once', (t) => beginsAnew(t, lab));
  await t.test('RFC 9384: a frozen neighbour is gone within the detection time', (t) =>
    freezes(t, lab, join(topology.directory, 'frozen.pcap')),
  );
  await t.test('§6.8.16: a stop is no failure', (t) => stops(t, lab));
});

async function comesUp(t: Test, lab: Lab): Promise<void> {
  for (const name of ['frr', 'bird', 'bird6']) await untilStanding(lab.multihomed, name, 'up');
  await untilPace(lab, 'bird', PACE);
  const peers = await lab.frr.bfdPeers();
  t.equal(peers.get(EDGE.frr)?.status, 'up', 'FRR says so too');
  const sessions = await lab.bird.bfdSessions();
  t.equal(sessions.filter((line) => /\sUp\s/.test(line)).length, 2, `BIRD too: ${sessions}`);
}

async function changesPace(t: Test, lab: Lab, directory: string): Promise<void> {
  const before = await counts(lab);
  await lab.multihomed.reload(content(directory, OURS));
  for (const name of ['frr', 'bird', 'bird6']) await untilPace(lab, name, OURS);
  await until('FRR to know', SOON, async () => {
    return (await lab.frr.bfdPeers()).get(EDGE.frr)?.['remote-transmit-interval'] === OURS;
  });
  await lab.multihomed.reload(content(directory, PACE));
  for (const name of ['frr', 'bird', 'bird6']) await untilPace(lab, name, PACE);
  await lab.bird.pace(THEIRS);
  await lab.frr.pace(THEIRS);
  for (const name of ['frr', 'bird', 'bird6']) await untilPace(lab, name, THEIRS);
  await lab.bird.pace(PACE);
  await lab.frr.pace(PACE);
  for (const name of ['frr', 'bird', 'bird6']) await untilPace(lab, name, PACE);
  t.same(await counts(lab), before, 'no session came up again, none went down');
}

async function strangers(t: Test, lab: Lab): Promise<void> {
  const before = await shown(lab.multihomed, 'bird');
  const said = (await counts(lab)).join();
  const down = '2040031800000007000000000000c3500000c35000000000';
  const guessed = down.replace('00000007000000000000', '00000007aabbccdd0000');
  const up = down.replace('2040', '20c0');
  // On the link and by the neighbour's own address: only with our discriminator, or with none when
  // it begins anew (and is Down), is it believed.
  await send(lab, FAR.bird, [`255 ${up}`, `255 ${guessed}`, `255 ${down.slice(0, 30)}`, '255 00']);
  await until('four packets to be counted as discarded', SOON, async () => {
    return (await shown(lab.multihomed, 'bird')).discarded >= before.discarded + 4;
  });
  const counted = (await shown(lab.multihomed, 'bird')).discarded;
  // Forwarded ones do not even come to us (RFC 5881 §5); then one that does, to know when to look.
  await send(lab, FAR.bird, [`254 ${down}`, `1 ${down}`, '255 00']);
  await until(
    'the last one',
    SOON,
    async () => (await shown(lab.multihomed, 'bird')).discarded > counted,
  );
  t.equal(
    (await shown(lab.multihomed, 'bird')).discarded,
    counted + 1,
    'a TTL below 255 is not counted here',
  );
  t.equal((await shown(lab.multihomed, 'bird')).standing, 'up');
  t.equal((await counts(lab)).join(), said, 'no session went down');
}

/** BIRD makes a BFD session for each BGP session; the old one must not run out under the new one. */
async function beginsAnew(t: Test, lab: Lab): Promise<void> {
  const before = await session(lab, 'bird');
  await lab.bird.restart(EDGE.bird);
  await until('the session to be back', SOON, async () => {
    const { state, established } = await session(lab, 'bird');
    return state === 'Established' && established > before.established;
  });
  await untilPace(lab, 'bird', PACE);
  const { received } = await shown(lab.multihomed, 'bird');
  const more = 8;
  await until('more packets than a detection time has', SOON, async () => {
    return (await shown(lab.multihomed, 'bird')).received >= received + more;
  });
  const after = await session(lab, 'bird');
  t.equal(after.established, before.established + 1);
  t.equal(after.dropped, before.dropped + 1);
  await untilStanding(lab.multihomed, 'bird', 'up');
}

async function session(lab: Lab, name: string) {
  const found = (await lab.multihomed.sessions()).find((one) => one.name === name);
  if (!found) throw new Error(`no session with ${name}`);
  return found;
}

/** From BIRD's namespace: `TTL HEX` each. */
async function send(lab: Lab, source: string, packets: readonly string[]): Promise<void> {
  const program = `
    const [source, target, ...packets] = process.argv.slice(1);
    const socket = require('dgram').createSocket('udp4');
    socket.bind(50000, source, async () => {
      for (const packet of packets) {
        const [ttl, hex] = packet.split(' ');
        socket.setTTL(Number(ttl));
        await new Promise((sent) => socket.send(Buffer.from(hex, 'hex'), 3784, target, sent));
      }
      socket.close();
    });`;
  await lab.stranger.exec(process.execPath, '-e', program, source, EDGE.bird, ...packets);
}

async function freezes(t: Test, lab: Lab, file: string): Promise<void> {
  const capture = await Capture.start(lab.edge, file);
  for (const [name, daemon] of [
    ['bird', lab.bird],
    ['frr', lab.frr],
  ] as const) {
    const frozen = performance.now();
    daemon.freeze();
    await until(`${name}'s session to be down`, SOON, async () => {
      return (await session(lab, name)).state !== 'Established';
    });
    t.comment(`${name}: seen down ${Math.round(performance.now() - frozen)} ms after it froze`);
    t.match(lab.multihomed.program.output, new RegExp(`${name}.*BFD is down`));
    daemon.thaw();
    await untilStanding(lab.multihomed, name, 'up');
    await until(`${name}'s session to be back`, SOON, () =>
      daemon.established(name === 'bird' ? EDGE.bird : EDGE.frr),
    );
  }
  await capture.stop();
  // Read from the wire, the first that went out: what thaws may notice by its own BFD before it reads
  // ours, and begin anew.
  const told = async (source: string) => {
    const filter = `ip.src == ${source} && bgp.notify.major_error == 6`;
    return (await capture.fields(filter, 'tcp.payload')).flat(2)[0] ?? 'nothing';
  };
  t.match(await told(EDGE.bird), /03060a/, 'BIRD was told why: Cease, BFD Down');
  // RFC 8538 §3.1: FRR has the N bit, so the reason comes inside a Hard Reset.
  t.match(await told(EDGE.frr), /030609060a/, 'so was FRR');
}

async function stops(t: Test, lab: Lab): Promise<void> {
  t.equal(await lab.multihomed.terminate(), 0);
  const peers = await lab.frr.bfdPeers();
  t.not(peers.get(EDGE.frr)?.status, 'up');
}

/** Waits until both directions go at this pace. */
async function untilPace(lab: Lab, name: string, interval: number): Promise<void> {
  await until(
    `BFD of ${name} to go at ${interval} ms`,
    SOON,
    async () => {
      const { transmitInterval, detectionTime } = await shown(lab.multihomed, name);
      return transmitInterval === interval && detectionTime === 3 * interval;
    },
    () => shown(lab.multihomed, name),
  );
}

/** How often each session came up and went down. */
async function counts(lab: Lab): Promise<readonly number[]> {
  const sessions = await lab.multihomed.sessions();
  return sessions.flatMap(({ established, dropped }) => [established, dropped]);
}
