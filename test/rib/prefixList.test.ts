import t from 'tap';
import { AdjRibOut } from '../../src/rib/adjRibOut.ts';
import { nlriOf, PrefixList, textsOf } from '../../src/rib/prefixList.ts';
import { ownRoute } from '../support/ownRoute.ts';

const [a, b, c] = ['203.0.113.0/24', '198.51.100.0/23', '192.0.2.0/25'].map(
  (text) => ownRoute(text).prefix,
);
const six = ownRoute('2001:db8:113::/48').prefix;
if (!a || !b || !c) throw new Error('three prefixes');

const PLAIN = { prepend: 0, med: undefined, communities: ownRoute('203.0.113.0/24').communities };
const both = ['ipv4', 'ipv6'] as const;

t.test('a list has its texts and octets, made once', (t) => {
  const list = new PrefixList([a, b, c]);
  t.same(list.texts, ['203.0.113.0/24', '198.51.100.0/23', '192.0.2.0/25']);
  t.equal(list.texts, list.texts);
  t.equal(Buffer.from(list.nlri(false)).toString('hex'), '18cb007117c6336419c0000200');
  t.equal(list.nlri(false), list.nlri(false));
  t.equal(list.nlri(true).length, list.nlri(false).length + 12, 'a path identifier each');
  t.ok(list.has(b));
  t.notOk(list.has(six));
  t.ok(new PrefixList([a]).has(a));
  t.end();
});

t.test('there is no empty list, and none of two families', (t) => {
  t.throws(() => new PrefixList([]), /has none/);
  t.throws(() => new PrefixList([a, six]), /two families/);
  t.end();
});

t.test('several lists together are as one', (t) => {
  const lists = [new PrefixList([a]), new PrefixList([b, c])];
  t.same(textsOf(lists), new PrefixList([a, b, c]).texts);
  t.same(nlriOf(lists, false), new PrefixList([a, b, c]).nlri(false));
  const [first] = lists;
  if (!first) throw new Error('a list');
  t.equal(nlriOf([first], false), first.nlri(false), 'one is not copied');
  t.end();
});

t.test(
  'the same list with other terms changes as a whole; parted, only what differs is sent',
  (t) => {
    const out = new AdjRibOut();
    const list = new PrefixList([a, b, c]);
    out.setDesired([{ prefixes: list, terms: PLAIN }]);
    out.commit(out.difference(both), 100);
    t.same(out.difference(both).announce, []);
    out.setDesired([{ prefixes: list, terms: { ...PLAIN, med: 5 } }]);
    t.equal(out.difference(both).announce[0]?.lists[0], list);
    t.equal(out.advertisedSince(b, list), 100);
    out.setDesired([
      { prefixes: new PrefixList([a]), terms: PLAIN },
      { prefixes: new PrefixList([c]), terms: { ...PLAIN, med: 7 } },
    ]);
    const difference = out.difference(both);
    t.same(textsOf(difference.announce.flatMap(({ lists }) => lists)), [c.text]);
    t.same(textsOf(difference.withdraw), [b.text]);
    out.commit(difference, 200);
    out.checkInvariants();
    t.equal(out.advertisedSince(c), 100);
    t.equal(out.advertisedSince(b, list), undefined, 'the list is not what was sent');
    t.equal(out.count('ipv4'), 2);
    t.same(out.difference(both).announce, []);
    t.end();
  },
);
