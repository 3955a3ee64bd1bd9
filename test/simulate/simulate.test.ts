/**
 * The production decision in the scenarios by which flap damping was studied, beside a daemon that
 * announces again at once: the numbers that `docs/flap-budget.md` has. Seconds dark, UPDATEs,
 * suppressions.
 */

import t from 'tap';
import type { DAMPING_PROFILES } from '../../src/config/damping.ts';
import type { Failure, Scenario } from '../../src/simulate/scenario.ts';
import { type Played, simulate } from '../../src/simulate/simulate.ts';
import { CISCO, flapConfig, JUNIPER } from '../support/flapWorld.ts';
import { configOf } from '../support/ownRoute.ts';

function flaps(count: number, every: number, length: number, at = 100): Failure {
  return {
    fail: 'web',
    as: 'link',
    at: at * 1000,
    for: length * 1000,
    repeat: count,
    every: every * 1000,
  };
}

const ONE = [flaps(1, 0, 5)];
const MINUTES = [flaps(10, 60, 5)];
const FAST = [flaps(15, 20, 10)];
const WINDOWS = [flaps(2, 60, 5), flaps(2, 60, 5, 1300)];

type Profile = keyof typeof DAMPING_PROFILES | 'none';

function played(
  damping: readonly string[],
  failures: readonly Failure[],
  behind: Profile = 'cisco',
  duration = 8_000_000,
): { readonly ours: string; readonly naive: string; readonly oursDark: number } {
  const map = new Map(damping.map((_, i): [string, Profile] => [`up-${i}`, behind]));
  const scenario: Scenario = { failures, duration, behind: map };
  const { ours, naive } = simulate(flapConfig(...damping), scenario);
  return { ours: text(ours), naive: text(naive), oursDark: ours.dark };
}

function text({ dark, upstreams }: Played): string {
  const sum = (of: (each: (typeof upstreams)[number]) => number) =>
    upstreams.reduce((total, each) => total + of(each), 0);
  return `${dark}/${sum((u) => u.updates)}/${sum((u) => u.suppressions)}`;
}

t.test('one flap: never worse than naive by more than the first hold', (t) => {
  for (const damping of [CISCO, JUNIPER, 'unknown', 'cisco']) {
    t.match(played([damping], ONE), { ours: '5/2/0', naive: '0/2/0' });
    t.match(played([damping, damping], ONE), { ours: '5/4/0', naive: '0/4/0' });
  }
  t.match(played(['none'], ONE), { ours: '0/2/0' }, 'nothing at all where nobody damps');
  t.end();
});

t.test('bursts behind Cisco: several times less dark', (t) => {
  t.match(played([CISCO], MINUTES), { ours: '505/4/0', naive: '3490/20/1' });
  t.match(played([CISCO], FAST), { ours: '195/4/0', naive: '3710/30/1' });
  t.match(played([CISCO], WINDOWS), { ours: '180/6/0', naive: '1675/8/1' });
  t.match(played([CISCO, CISCO], MINUTES), { ours: '455/8/0', naive: '3490/40/2' });
  t.match(played([CISCO, CISCO], FAST), { ours: '190/8/0', naive: '3710/60/2' });
  t.match(played([CISCO, CISCO], WINDOWS), { ours: '125/10/0', naive: '1675/16/2' });
  t.end();
});

t.test('bursts behind Juniper, which charges the way back, too', (t) => {
  t.match(played([JUNIPER], MINUTES, 'juniper'), { ours: '505/4/0', naive: '4045/20/1' });
  t.match(played([JUNIPER], FAST, 'juniper'), { ours: '391/4/0', naive: '3730/30/1' });
  t.match(played([JUNIPER, JUNIPER], MINUTES, 'juniper'), { ours: '455/8/0' });
  t.end();
});

t.test(
  'a wrong profile: unknown costs the first holds and no more; with two upstreams it gains',
  (t) => {
    t.match(played(['unknown'], MINUTES), { ours: '3500/20/1', naive: '3490/20/1' });
    t.match(played(['unknown', 'unknown'], MINUTES), { ours: '2391/24/2', naive: '3490/40/2' });
    t.ok(played(['unknown', 'unknown'], WINDOWS).oursDark <= 20);
    t.match(played([JUNIPER], MINUTES), { ours: '505/4/0' }, 'juniper is safe behind cisco');
    t.end();
  },
);

t.test('one link flaps: no prefix is dark, and the flapping upstream sees one flap', (t) => {
  const link: Failure = { ...flaps(10, 60, 5), fail: 'up-0' };
  t.match(played([CISCO, CISCO], [link]), { ours: '0/2/0', naive: '0/20/1' });
  t.end();
});

/** Exponential gaps from a linear congruential generator: the same for ever. */
function poisson(mean: number, seed: number, end: number): readonly Failure[] {
  let state = seed;
  const chance = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 1) / 4_294_967_297;
  };
  const failures: Failure[] = [];
  for (let at = 0; ; ) {
    at += Math.max(31, Math.round(-Math.log(chance()) * mean));
    if (at > end) return failures;
    failures.push(flaps(1, 0, 30, at));
  }
}

t.test('a day of random flaps, one in a quarter of an hour', (t) => {
  const day = 86_400;
  const duration = (day + 3600) * 1000;
  const failures = poisson(900, 1, day);
  const one = simulate(flapConfig(CISCO), { failures, duration, behind: new Map() });
  const two = simulate(flapConfig(CISCO, CISCO), { failures, duration, behind: new Map() });
  t.ok(one.ours.dark < one.naive.dark * 0.7, `${one.ours.dark} of ${one.naive.dark}`);
  t.ok(two.ours.dark * 3 < two.naive.dark, `${two.ours.dark} of ${two.naive.dark}`);
  t.end();
});

function isolated(reachability: string, as: Failure['as']): Played {
  const config = configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
checks: { far: { ping: 192.88.99.1 } }
upstreams:
  up-0: { asn: 64496, address: 192.0.2.10, damping: none, reachability: ${reachability} }
  up-1: { asn: 64497, address: 192.0.2.20, damping: none, reachability: ${reachability} }
`);
  const failure: Failure = { fail: 'up-0', as, at: 100_000, for: 600_000, repeat: 1, every: 0 };
  return simulate(config, { failures: [failure], duration: 2_000_000, behind: new Map() }).ours;
}

t.test('an upstream that leads nowhere is dark for as long as it looks as good as ever', (t) => {
  const nothing = '{ table-drop: none, default-gone: false }';
  t.match(isolated(nothing, 'hole'), { dark: 0, upstreams: [{ dark: 600 }, { dark: 0 }] });
  const probed = '{ probes: [far], canaries: [192.88.99.0/24] }';
  t.match(isolated(probed, 'hole'), { dark: 0, upstreams: [{ dark: 0, updates: 2 }, { dark: 0 }] });
  const withdrawn = isolated(probed, 'isolated');
  t.match(withdrawn, {
    dark: 0,
    upstreams: [
      { dark: 0, updates: 2 },
      { dark: 0, updates: 0 },
    ],
  });
  t.end();
});
