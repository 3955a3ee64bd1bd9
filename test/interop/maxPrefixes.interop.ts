/** `max-prefixes` at real upstreams: warned, ended with Cease/6/1 (RFC 4486), kept down, let back. */

import t, { type Test } from 'tap';
import type { BirdRoute } from '../support/daemons/bird.ts';
import type { ShownSession } from '../support/daemons/multihomed.ts';
import { until } from '../support/daemons/until.ts';
import { Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import { SOON, untilNotified } from './expected.ts';
import { BIRD, BIRD_AS, GOBGP, type ImportLab, startImportLab } from './importLab.ts';

const needs = requireOrSkip('bird', 'gobgp', 'tcpdump', 'tshark');

/** What `idle` is in the part that waits for it to end, in seconds. */
const IDLE = 4;
const LIMIT = 20;
/** 80 % of it. */
const NEAR = 16;

t.test('max-prefixes beside two upstreams that send too much', needs, async (t) => {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const lab = await startImportLab(topology);
  t.teardown(() => t.passing() || t.comment(lab.multihomed.program.output));
  await lab.bird.announce(routes(NEAR - 1));
  await untilReceived(lab, NEAR - 1);
  await limitBird(lab, LIMIT, `${IDLE}s`);

  await t.test('at 80 % of it the log warns, once', (t) => warned(t, lab));
  await t.test('beyond it the session ends with Cease/6/1 and comes back after `idle`', (t) =>
    exceeded(t, lab),
  );
  await t.test('raising it brings the session back at once', (t) => raised(t, lab));
  await t.test('lowering it below what is there ends the session', (t) => lowered(t, lab));
  await t.test('GoBGP, over the limit of the other family', (t) => otherFamily(t, lab));

  await lab.capture.stop();
  await t.test('the capture of all of it is clean, and the session rested', (t) =>
    captured(t, lab),
  );
});

async function warned(t: Test, lab: ImportLab): Promise<void> {
  const { bird, multihomed } = lab;
  const before = await bird.incarnation(BIRD.edge);
  const warnings = () => multihomed.program.output.match(/bird: has sent .*max-prefixes.*/g) ?? [];
  t.strictSame(warnings(), [], 'not below');
  for (const count of [NEAR, LIMIT]) {
    await bird.announce(routes(count));
    await untilReceived(lab, count);
  }
  await multihomed.program.untilSaid(/bird: has sent .*max-prefixes/);
  t.equal(warnings().length, 1);
  t.match(warnings()[0], `has sent ${NEAR} IPv4 prefixes; at more than ${LIMIT}`);
  t.equal(await bird.incarnation(BIRD.edge), before, 'the session is the same at the limit itself');
}

async function exceeded(t: Test, lab: ImportLab): Promise<void> {
  const { bird } = lab;
  await bird.announce(routes(LIMIT + 1));
  await untilResting(lab, 'bird');
  await untilNotified(bird, BIRD.edge, /^Maximum number of prefixes reached$/);
  t.equal((await session(lab, 'gobgp')).dropped, 0, 'no other session was reset');
  await bird.announce(routes(LIMIT));
  await untilReceived(lab, LIMIT);
}

async function raised(t: Test, lab: ImportLab): Promise<void> {
  const { bird } = lab;
  await limitBird(lab, LIMIT, '30m');
  await bird.announce(routes(LIMIT + 1));
  await untilResting(lab, 'bird');
  await limitBird(lab, LIMIT + 1, '30m');
  await untilReceived(lab, LIMIT + 1);
  t.equal((await session(lab, 'bird')).restingUntil, null);
}

async function lowered(t: Test, lab: ImportLab): Promise<void> {
  await limitBird(lab, LIMIT, '30m');
  await untilResting(lab, 'bird');
  await untilNotified(lab.bird, BIRD.edge, /^Maximum number of prefixes reached$/);
  t.pass('and it is told why');
  await lab.multihomed.reload(lab.file({ 'max-prefixes': { ipv4: 'none' } }));
  await untilReceived(lab, LIMIT + 1);
}

async function otherFamily(t: Test, lab: ImportLab): Promise<void> {
  const { gobgp, multihomed, file } = lab;
  await multihomed.reload(file({}, { 'max-prefixes': { ipv6: 1, idle: '30m' } }));
  await untilResting(lab, 'gobgp');
  await untilNotified(gobgp, GOBGP.edge, /code 6\(cease\) subcode 1\(maximum/);
  t.equal((await session(lab, 'bird')).state, 'Established', 'the other session goes on');
}

async function captured(t: Test, lab: ImportLab): Promise<void> {
  const { capture } = lab;
  t.strictSame(await capture.faults(), [], 'tshark finds no malformed BGP message');
  const sent = `ip.src == ${BIRD.edge} && bgp`;
  const times = async (filter: string) =>
    (await capture.fields(`${sent} && ${filter}`, 'frame.time_epoch')).flat(2).map(Number);
  const [end = 0] = await times('bgp.notify.minor_error_cease == 1');
  const [next = 0] = (await times('bgp.type == 1')).filter((at) => at > end);
  // The clocks of the capture and of timers need not agree in the last digits.
  t.ok(next - end > IDLE - 0.1, `no OPEN for ${IDLE} s, whoever connects: ${next - end}`);
}

/** So many honest IPv4 routes. */
function routes(count: number): readonly BirdRoute[] {
  const path = [BIRD_AS];
  return Array.from({ length: count }, (_, i) => ({ prefix: `20.2.${i}.0/24`, path }));
}

async function limitBird({ multihomed, file }: ImportLab, ipv4: number, idle: string) {
  await multihomed.reload(file({ 'max-prefixes': { ipv4, idle } }));
}

async function session({ multihomed }: ImportLab, name: string): Promise<ShownSession> {
  const found = (await multihomed.sessions()).find((shown) => shown.name === name);
  if (!found) throw new Error(`no session ${name}`);
  return found;
}

async function untilReceived(lab: ImportLab, count: number): Promise<void> {
  const counts = async () => (await session(lab, 'bird')).learned.ipv4;
  await until(
    `${count} routes of BIRD`,
    SOON,
    async () => {
      const { received, accepted } = await counts();
      return received === count && accepted === count;
    },
    counts,
  );
}

async function untilResting(lab: ImportLab, name: string): Promise<void> {
  await until(`${name} to rest`, SOON, async () => {
    const { state, restingUntil } = await session(lab, name);
    return state === 'Idle' && restingUntil !== null;
  });
}
