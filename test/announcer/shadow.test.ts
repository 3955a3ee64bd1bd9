/** The shadow's arithmetic, beside a network that damps as FRR does, and the numbers that FRR showed. */

import fc from 'fast-check';
import t from 'tap';
import {
  type Charge,
  ceilingOf,
  charged,
  penaltyAt,
  type Shadow,
  settled,
  timeUnder,
  usedAgainAt,
} from '../../src/announcer/shadow.ts';
import { DAMPING_PROFILES } from '../../src/config/damping.ts';
import { DampedNetwork } from '../../src/simulate/dampedNetwork.ts';

const { cisco, juniper } = DAMPING_PROFILES;
const T = 1_767_225_600_000;

/** Seconds from T on at which it is withdrawn; what the shadow is then. */
function flapped(...seconds: readonly number[]): Shadow | undefined {
  let shadow: Shadow | undefined;
  for (const at of seconds) shadow = charged(cisco, shadow, 'withdraw', T + at * 1000);
  return shadow;
}

t.test('RFC 2439 §4.4: a withdrawal costs 1000, an announcement after it nothing on Cisco', (t) => {
  t.match(flapped(0), { penalty: 1000, suppressed: false });
  t.match(charged(cisco, flapped(0), 'reannounce', T + 1000), { penalty: 1000, at: T + 1000 });
  t.equal(charged(cisco, undefined, 'reannounce', T), undefined, 'nothing to remember');
  t.match(charged(juniper, flapped(0), 'reannounce', T + 1000), { penalty: 2000 });
  t.end();
});

t.test('two withdrawals under five seconds apart do not decay: exactly 2000 is suppressed', (t) => {
  t.match(flapped(0, 4), { penalty: 2000, suppressed: true });
  t.match(flapped(0, 60), { penalty: 1959, suppressed: false });
  t.match(flapped(0, 60, 120), { suppressed: true });
  t.end();
});

t.test('the ceiling is what decays to reuse within max-suppress', (t) => {
  t.equal(ceilingOf(cisco), 12_000);
  const shadow = flapped(...Array.from({ length: 40 }, (_, i) => i));
  t.equal(shadow?.penalty, 12_000);
  t.end();
});

t.test(
  'a suppression ends ten seconds after the penalty is under reuse, and then is forgotten',
  (t) => {
    const shadow = flapped(0, 4);
    if (!shadow) throw new Error('two flaps leave a shadow');
    const until = usedAgainAt(cisco, shadow);
    t.equal(penaltyAt(cisco, shadow, until) < cisco.reuse, true);
    t.equal(settled(cisco, shadow, until - 1), shadow);
    t.match(settled(cisco, shadow, until), { suppressed: false, penalty: 2000 });
    t.equal(settled(cisco, shadow, T + 4000 + 3_601_000), undefined);
    t.end();
  },
);

t.test('looking ahead changes nothing, and finds the first moment', (t) => {
  const shadow = flapped(0);
  const at = timeUnder(cisco, shadow, 800, T);
  t.equal(penaltyAt(cisco, shadow, at) < 800, true);
  t.equal(penaltyAt(cisco, shadow, at - 1000) >= 800, true);
  t.same(shadow, flapped(0));
  t.equal(timeUnder(cisco, undefined, 800, T), T);
  t.equal(timeUnder(cisco, shadow, 0, T), Number.POSITIVE_INFINITY);
  t.end();
});

const flap = fc.record({
  gap: fc.oneof(fc.integer({ min: 1, max: 12_000 }), fc.integer({ min: 1, max: 1_800_000 })),
  kind: fc.constantFrom<Charge>('withdraw', 'reannounce', 'change'),
});

t.test('property: it is never under what a network that damps as FRR does counts', (t) => {
  for (const profile of [cisco, juniper, { ...cisco, halfLife: 60, maxSuppress: 240 }]) {
    fc.assert(
      fc.property(fc.array(flap, { maxLength: 40 }), (flaps) => {
        const network = new DampedNetwork(profile);
        let shadow: Shadow | undefined;
        let now = T + 137;
        let version = 0;
        network.announce('0', now);
        let held = true;
        for (const { gap, kind } of flaps) {
          now += gap;
          shadow = settled(profile, shadow, now);
          if (shadow && penaltyAt(profile, shadow, now) < network.penaltyAt(now)) return false;
          if (kind === 'withdraw' ? !held : kind === 'change' ? !held : held) continue;
          if (kind === 'withdraw') network.withdraw(now);
          else network.announce(String(++version), now);
          held = kind !== 'withdraw';
          shadow = charged(profile, shadow, kind, now);
          if (network.uses(now) && shadow?.suppressed === false) continue;
          // What is suppressed there is suppressed here.
          if (held && !network.uses(now) && !shadow?.suppressed) return false;
        }
        return true;
      }),
      { seed: 2439, numRuns: 300 },
    );
  }
  t.end();
});
