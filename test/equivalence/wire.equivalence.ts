/**
 * One file, every daemon: `multihomed run` on it, and each daemon on what is generated from it, send
 * each upstream the same at each event, and take the same of what the upstreams send.
 */

import { isDeepStrictEqual } from 'node:util';
import t, { type Test } from 'tap';
import { until } from '../support/daemons/until.ts';
import { Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import { EVENTS, type EventName, Play, type Sent } from './events.ts';
import { ACCEPTED, DIFFERENCES, EXPECTED, TAKEN_OTHERWISE } from './expected.ts';
import { type Lab, NAMES, startLab } from './lab.ts';
import type { Subject } from './subject.ts';
import { bird } from './subjects/bird.ts';
import { exabgp } from './subjects/exabgp.ts';
import { frr } from './subjects/frr.ts';
import { gobgp } from './subjects/gobgp.ts';
import { multihomed } from './subjects/multihomed.ts';
import { openbgpd } from './subjects/openbgpd.ts';
import { QUAGGA_SBIN, quagga } from './subjects/quagga.ts';

const SUBJECTS: readonly Subject[] = [multihomed, quagga, frr, bird, openbgpd, gobgp, exabgp];
/** How long a table may take to have what was fed, in ms. */
const SOON = 60_000;

const only = process.env.MULTIHOMED_ONLY?.split(',');
const needs = requireOrSkip('frr', 'bird', 'openbgpd', 'gobgp', 'exabgp');

t.test('the same file means the same on the wire', needs, async (t) => {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const lab = await startLab(topology);
  for (const subject of SUBJECTS) {
    if (only && !only.includes(subject.name)) continue;
    const skip = subject === quagga && QUAGGA_SBIN === undefined ? 'QUAGGA_SBIN is not set' : false;
    await t.test(subject.name, { skip }, (t) => compare(t, topology, lab, subject));
  }
});

async function compare(t: Test, topology: Topology, lab: Lab, subject: Subject): Promise<void> {
  const play = await Play.prepare(topology, lab, subject);
  t.teardown(() => t.passing() || t.comment(play.running.output()));
  for (const event of EVENTS) {
    await play.event(event, (sent) => isDeepStrictEqual(sent, expectedOf(subject, event)));
    if (event === 'start-up') await t.test('import', (t) => compareAccepted(t, play, subject));
  }
  await play.stop();
  for (const event of EVENTS) {
    t.strictSame(play.sent(event), expectedOf(subject, event), event);
  }
}

function expectedOf({ name }: Subject, event: EventName): Sent {
  return { ...EXPECTED[event], ...DIFFERENCES[name]?.[event] };
}

async function compareAccepted(t: Test, { running }: Play, subject: Subject): Promise<void> {
  for (const name of NAMES) {
    const taken = TAKEN_OTHERWISE[subject.name]?.[name] ?? ACCEPTED[name];
    const whole = async () => {
      const accepted = await running.accepted(name);
      return accepted === undefined || isDeepStrictEqual(accepted, taken);
    };
    await until('the table', SOON, whole, async () => undefined).catch(() => undefined);
    const accepted = await running.accepted(name);
    if (accepted) t.strictSame(accepted, taken, `what is taken from ${name}`);
  }
}
