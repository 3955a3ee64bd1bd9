import fc from 'fast-check';
import t from 'tap';
import { decideAfresh as decide } from '../../src/announcer/decide.ts';
import { type Announcement, announcementsIn, type Desired } from '../../src/announcer/desired.ts';
import { type Facts, NO_FACTS } from '../../src/announcer/facts.ts';
import type { LinkFact } from '../../src/monitor/link.ts';
import { configOf } from '../support/ownRoute.ts';

const config = configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes:
  - 203.0.113.0/24
  - { prefix: 198.51.100.0/24, upstreams: [transit-a], communities: [no-export] }
  - 2001:db8:113::/48
upstreams:
  transit-a: { asn: 64496, address: 192.0.2.10, interface: eth1, med: 10, communities: ["64496:1"],
               families: [ipv4, ipv6], next-hop: { ipv6: "2001:db8::2" } }
  transit-b: { asn: 64497, address: 192.0.2.20, prepend: 2 }
`);

function link(name: string, state: 'up' | 'down'): [string, LinkFact] {
  return [name, { interface: name, state, cause: state === 'up' ? 'up' : 'no-carrier', since: 5 }];
}

const paths: Facts['paths'] = new Map([
  ['transit-a', { interface: 'eth1', origin: 'configured' }],
  ['transit-b', { interface: 'eth2', origin: 'derived' }],
]);

function facts(links: [string, LinkFact][], stopping?: string): Facts {
  return { ...NO_FACTS, links: new Map(links), paths, stopping };
}

function shown(desired: Desired, upstream: string): readonly Announcement[] {
  const intent = desired.get(upstream);
  const prefixes = config.prefixes.map(({ prefix }) => prefix);
  return intent ? [...announcementsIn(intent, prefixes)] : [];
}

function announced(desired: Desired, upstream: string): string[] {
  return shown(desired, upstream)
    .filter((a) => a.route)
    .map((a) => a.prefix.text);
}

function reasons(desired: Desired, upstream: string): string[] {
  return shown(desired, upstream).map((a) => a.reason.kind);
}

t.test('each upstream gets the prefixes that select it, in the families it carries', (t) => {
  const desired = decide(config, facts([link('eth1', 'up'), link('eth2', 'up')]));
  t.same(announced(desired, 'transit-a'), [
    '203.0.113.0/24',
    '198.51.100.0/24',
    '2001:db8:113::/48',
  ]);
  t.same(announced(desired, 'transit-b'), ['203.0.113.0/24']);
  t.same(reasons(desired, 'transit-b'), ['configured', 'not-selected', 'family-not-carried']);
  t.end();
});

t.test("attributes are the upstream's, with the prefix's communities added", (t) => {
  const desired = decide(config, facts([]));
  const a = shown(desired, 'transit-a')[1]?.route;
  t.match(a, { prepend: 0, med: 10 });
  t.same(a?.communities.standard, [0xfbf00001, 0xffffff01]);
  t.match(shown(desired, 'transit-b')[0]?.route, { prepend: 2, med: undefined });
  t.end();
});

t.test('a dead link ends its session and leaves the others announcing', (t) => {
  const desired = decide(config, facts([link('eth1', 'down'), link('eth2', 'up')]));
  t.equal(desired.get('transit-a')?.session.wanted, false);
  t.same(announced(desired, 'transit-a'), []);
  t.same(reasons(desired, 'transit-a'), ['link-down', 'link-down', 'link-down']);
  t.same(announced(desired, 'transit-b'), ['203.0.113.0/24']);
  t.end();
});

t.test('a link that has not been looked at is no obstacle', (t) => {
  t.equal(decide(config, facts([])).get('transit-a')?.session.wanted, true);
  t.end();
});

t.test('stopping withdraws everywhere, with the reason', (t) => {
  const desired = decide(config, facts([link('eth1', 'up')], 'maintenance'));
  for (const intent of desired.values()) {
    t.same(intent.session, { wanted: false, reason: { kind: 'stopping', why: 'maintenance' } });
    t.ok(intent.decisions.every((d) => d.terms === undefined));
  }
  t.end();
});

t.test(
  'property: nothing but configured prefixes, nothing over a dead link, order irrelevant',
  (t) => {
    const state = fc.constantFrom('up' as const, 'down' as const);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('eth1', 'eth2', 'eth3'), state)), (history) => {
        const last = new Map(history.map(([name, s]) => link(name, s)));
        const desired = decide(config, facts([...last]));
        const again = decide(config, facts([...last].reverse()));
        t.same(desired, again);
        const own = new Set(config.prefixes.map((p) => p.prefix.text));
        for (const [name, intent] of desired) {
          const dead = last.get(paths.get(name)?.interface ?? '')?.state === 'down';
          if (intent.session.wanted === dead) return false;
          if (!announced(desired, name).every((text) => own.has(text) && !dead)) return false;
        }
        return true;
      }),
      { seed: 1771 },
    );
    t.end();
  },
);
