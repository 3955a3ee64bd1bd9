import fc from 'fast-check';
import t from 'tap';
import { DecisionWalk } from '../../src/announcer/decisionWalk.ts';
import type { OwnPrefix } from '../../src/config/config.ts';
import { PrefixList } from '../../src/rib/prefixList.ts';
import { configOf } from '../support/ownRoute.ts';

const OWN = configOf(`asn: 64500
router-id: 192.0.2.1
prefixes: [${Array.from({ length: 46 }, (_, i) => `20.0.${i}.0/24`).join(', ')}]
upstreams: { a: { asn: 64496, address: 198.51.100.1 } }
`).prefixes;

function prefixAt(i: number): OwnPrefix {
  const own = OWN[i];
  if (!own) throw new Error('there is none');
  return own.prefix;
}

/** Prefix i is in the list `lists[i]`; the lists are in the order in which they begin, as groups are. */
function decisionsOf(lists: readonly number[]) {
  const byList = new Map<number, OwnPrefix[]>();
  for (const [i, list] of lists.entries()) {
    byList.set(list, [...(byList.get(list) ?? []), prefixAt(i)]);
  }
  return [...byList].map(([list, prefixes]) => ({ list, prefixes: new PrefixList(prefixes) }));
}

const someLists = fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 40 });

t.test('each prefix is in its own decision, in the order of the file', async (t) => {
  fc.assert(
    fc.property(someLists, (lists) => {
      const walk = new DecisionWalk(decisionsOf(lists));
      t.strictSame(
        lists.map((_, i) => walk.at(prefixAt(i))?.list),
        lists,
      );
    }),
    { seed: 4271, numRuns: 200 },
  );
});

t.test('and in any other order, again and again, and one that is in none', async (t) => {
  const asked = fc.array(fc.nat({ max: 45 }), { maxLength: 80 });
  fc.assert(
    fc.property(someLists, fc.boolean(), asked, (lists, reversed, which) => {
      const decisions = decisionsOf(lists);
      const walk = new DecisionWalk(reversed ? decisions.reverse() : decisions);
      t.strictSame(
        which.map((i) => walk.at(prefixAt(i))?.list),
        which.map((i) => lists[i]),
      );
    }),
    { seed: 4271, numRuns: 200 },
  );
});
