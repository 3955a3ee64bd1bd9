/**
 * The shadow beside the accumulator that it is a shadow of: an FRR with `bgp dampening`, half-life a
 * minute, is flapped at random by a GoBGP, and after each event its penalty is read. The shadow is
 * charged with the same events at the moments at which they were ordered.
 */

import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { charged, penaltyAt, type Shadow, settled } from '../../src/announcer/shadow.ts';
import type { DampingProfile } from '../../src/config/damping.ts';
import { Frr } from '../support/daemons/frr.ts';
import { GoBgp, gobgp } from '../support/daemons/gobgp.ts';
import { until } from '../support/daemons/until.ts';
import { Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';

const PREFIX = '203.0.113.0/24';
const PROFILE: DampingProfile = {
  ...{ withdraw: 1000, reannounce: 0, change: 500, suppress: 2000, reuse: 750 },
  ...{ halfLife: 60, maxSuppress: 240 },
};
const SOON = 60_000;
/** By so much, in ms, FRR may be charged later than the shadow: it allows for that. */
const SKEW = 1000;

/** Milliseconds before each event, and what is done then: `-` withdraws, a number announces with that MED. */
const EVENTS: readonly (readonly [number, number | '-'])[] = [
  [300, '-'],
  [700, 1],
  [6400, '-'],
  [3100, 2],
  [900, 3],
  [11_300, '-'],
  [4200, 3],
  [5900, 4],
  [400, 5],
  [7700, '-'],
  [2600, 5],
  [13_100, 6],
  [5100, '-'],
  [900, 6],
];

t.test(
  'RFC 2439: the shadow is never under what FRR counts, event by event',
  requireOrSkip('frr', 'gobgp'),
  async (t) => {
    const topology = await Topology.create();
    t.teardown(() => topology.remove());
    const [near, far] = [await topology.namespace('edge'), await topology.namespace('frr')];
    await topology.link(
      { namespace: near, interface: 'eth1', addresses: ['198.51.100.2/30'] },
      { namespace: far, interface: 'edge', addresses: ['198.51.100.1/30'] },
    );
    const side = (address: string, asn: number, passive: boolean) => ({
      ...{ address, asn, passive },
      families: ['ipv4'] as const,
    });
    const frr = await Frr.start(far, topology.directory, {
      ...{ asn: 64496, routerId: '198.51.100.1', originates: [] },
      neighbours: [side('198.51.100.2', 64500, true)],
      dampening: '1 750 2000 4',
    });
    await GoBgp.start(near, topology.directory, {
      ...{ asn: 64500, routerId: '198.51.100.2', originates: [] },
      neighbours: [side('198.51.100.1', 64496, false)],
    });
    await until('the session', SOON, () => frr.established('198.51.100.2'));
    const order = (what: number | '-') =>
      what === '-'
        ? gobgp(near, 'global', 'rib', 'del', PREFIX)
        : gobgp(near, 'global', 'rib', 'add', PREFIX, 'med', String(what));

    await order(1);
    const learned = async () => (await frr.routes('ipv4')).some(({ prefix }) => prefix === PREFIX);
    await until('the first announcement', SOON, learned);
    let shadow: Shadow | undefined;
    let held = true;
    for (const [pause, what] of EVENTS) {
      await delay(pause);
      const { penalty: last } = await frr.dampened(PREFIX);
      const ordered = Date.now();
      await order(what);
      const charge = what === '-' ? 'withdraw' : held ? 'change' : 'reannounce';
      held = what !== '-';
      // It has taken the event in once its penalty has jumped; an announcement costs nothing.
      const jump = PROFILE[charge] * 0.4;
      const { asked, penalty } = await until('the charge', SOON, async () => {
        const asked = Date.now();
        const { penalty, isThere } = await frr.dampened(PREFIX);
        return (jump === 0 ? isThere : penalty > last + jump) && { asked, penalty };
      });
      // A machine that is busy may take longer over the way there than a network would.
      const at = Math.max(ordered, Date.now() - SKEW);
      shadow = charged(PROFILE, settled(PROFILE, shadow, at), charge, at);
      const ours = penaltyAt(PROFILE, shadow, asked);
      t.ok(ours >= penalty, `${charge}: ours ${ours}, FRR's ${penalty}`);
      t.ok(ours - penalty < 1000, 'and not much over it');
    }
  },
);
