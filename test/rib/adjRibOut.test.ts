import fc from 'fast-check';
import t from 'tap';
import { AdjRibOut } from '../../src/rib/adjRibOut.ts';
import type { PrefixList } from '../../src/rib/prefixList.ts';
import { ownRoute, routesOf } from '../support/ownRoute.ts';

const both = ['ipv4', 'ipv6'] as const;

function texts(lists: readonly PrefixList[]): readonly string[] {
  return lists.flatMap((list) => list.texts);
}

t.test('new prefixes come first, then changed ones, then withdrawals', (t) => {
  const out = new AdjRibOut();
  out.setDesired(routesOf(ownRoute('198.51.100.0/24'), ownRoute('203.0.113.0/24')));
  out.commit(out.difference(both), 1);
  out.setDesired(routesOf(ownRoute('203.0.113.0/24', { med: 5 }), ownRoute('192.0.2.0/24')));
  const { announce, withdraw } = out.difference(both);
  t.same(
    announce.map((group) => texts(group.lists)),
    [['192.0.2.0/24'], ['203.0.113.0/24']],
  );
  t.same(texts(withdraw), ['198.51.100.0/24']);
  t.end();
});

t.test('what the neighbour already holds is not sent again', (t) => {
  const out = new AdjRibOut();
  out.setDesired(routesOf(ownRoute('203.0.113.0/24')));
  out.commit(out.difference(both), 1);
  out.setDesired(routesOf(ownRoute('203.0.113.0/24')));
  t.match(out.difference(both), { announce: [], withdraw: [] });
  t.end();
});

t.test('a family that was not negotiated is neither announced nor withdrawn', (t) => {
  const out = new AdjRibOut();
  out.setDesired(routesOf(ownRoute('203.0.113.0/24'), ownRoute('2001:db8:113::/48')));
  const { announce } = out.difference(['ipv4']);
  t.same(
    announce.flatMap((group) => texts(group.lists)),
    ['203.0.113.0/24'],
  );
  t.end();
});

t.test('routes that share their attributes share a group, families apart', (t) => {
  const out = new AdjRibOut();
  const routes = ['203.0.113.0/24', '198.51.100.0/24', '2001:db8:113::/48'].map((p) => ownRoute(p));
  out.setDesired(routesOf(...routes, ownRoute('192.0.2.0/24', { prepend: 2 })));
  const groups = out.difference(both).announce.map((group) => texts(group.lists));
  t.same(groups, [['203.0.113.0/24', '198.51.100.0/24'], ['2001:db8:113::/48'], ['192.0.2.0/24']]);
  t.end();
});

t.test('a changed route keeps the time it was first advertised', (t) => {
  const out = new AdjRibOut();
  const route = ownRoute('203.0.113.0/24');
  out.setDesired(routesOf(route));
  out.commit(out.difference(both), 100);
  out.setDesired(routesOf(ownRoute('203.0.113.0/24', { med: 1 })));
  out.commit(out.difference(both), 200);
  t.equal(out.advertisedSince(route.prefix), 100);
  out.forget('ipv4');
  t.equal(out.advertisedSince(route.prefix), undefined);
  t.end();
});

t.test('property: after any history the neighbour holds exactly what is desired', (t) => {
  const prefixes = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8:1::/48'];
  const route = fc.record({
    prefix: fc.constantFrom(...prefixes),
    med: fc.integer({ min: 0, max: 2 }),
  });
  const desired = fc.uniqueArray(route, { selector: (r) => r.prefix });
  fc.assert(
    fc.property(fc.array(fc.tuple(desired, fc.boolean()), { maxLength: 8 }), (history) => {
      const out = new AdjRibOut();
      const neighbour = new Map<string, number | undefined>();
      for (const [wanted, asked] of history) {
        out.setDesired(routesOf(...wanted.map(({ prefix, med }) => ownRoute(prefix, { med }))));
        if (asked) out.repeat('ipv4');
        const difference = out.difference(both);
        for (const text of texts(difference.withdraw)) neighbour.delete(text);
        for (const { lists, terms } of difference.announce) {
          for (const text of texts(lists)) neighbour.set(text, terms.med);
        }
        out.commit(difference, 0);
        out.checkInvariants();
        const expected = new Map(wanted.map(({ prefix, med }) => [prefix, med]));
        if (neighbour.size !== expected.size) return false;
        for (const [prefix, med] of expected) if (neighbour.get(prefix) !== med) return false;
      }
      return true;
    }),
    { seed: 4271 },
  );
  t.end();
});

t.test(
  'RFC 2918: repeating a family sends what is desired, and still withdraws what is not',
  (t) => {
    const out = new AdjRibOut();
    const kept = ownRoute('203.0.113.0/24');
    const other = ownRoute('2001:db8:113::/48');
    out.setDesired(routesOf(kept, ownRoute('198.51.100.0/24'), other));
    out.commit(out.difference(both), 100);
    out.setDesired(routesOf(kept, other));
    out.repeat('ipv4');
    out.checkInvariants();
    const difference = out.difference(both);
    t.same(
      difference.announce.flatMap((group) => texts(group.lists)),
      ['203.0.113.0/24'],
    );
    t.same(texts(difference.withdraw), ['198.51.100.0/24']);
    out.commit(difference, 200);
    t.match(out.difference(both), { announce: [], withdraw: [] }, 'once');
    t.equal(out.advertisedSince(kept.prefix), 100, 'the neighbour has held it since then');
    t.end();
  },
);
