import t from 'tap';
import { parsePrefix } from '../../src/net/text.ts';
import { EligiblePaths } from '../../src/rib/eligiblePaths.ts';
import { RowPrefix } from '../../src/rib/rowPrefix.ts';
import { bringUp, feed, finish, makeRib, openRules, peerIndex } from './fixture.ts';

const A = '10.0.0.0/8';

function row(text: string): RowPrefix {
  const prefix = parsePrefix(text);
  if (!prefix) throw new Error(`${text} is not a prefix`);
  return RowPrefix.of(prefix);
}

t.test('the accepted paths of neighbours that are up, whichever is best', (t) => {
  const rib = makeRib();
  const paths = new EligiblePaths(rib.table);
  const columns = () => {
    paths.read(row(A));
    return [...paths.columns.subarray(0, paths.count)].sort();
  };
  t.same(columns(), [], 'a prefix that is not there');
  for (const peer of [0, 1, 2, 3]) {
    const rules = openRules(peer === 2 ? { accept: 'none' } : {});
    feed(rib, bringUp(rib, peer, { rules }), { announce: [A], path: [64496 + peer] });
  }
  t.same(columns(), [0, 1, 3], 'one is refused');
  t.ok(paths.setOf(3) > 0);
  t.same([paths.setOf(2), paths.setOf(9)], [0, 0]);
  rib.peerDown(peerIndex(1));
  t.same(columns(), [0, 3], 'one is down, before it has been swept');
  finish(rib);
  t.same(columns(), [0, 3]);
  t.end();
});

t.test('with everyPath, the change of a path that is not the best is a change', (t) => {
  const rib = makeRib();
  rib.table.everyPath = true;
  const best = bringUp(rib, 0);
  const other = bringUp(rib, 1);
  const changes = () => {
    let count = 0;
    while (rib.drainChanges(10, () => count++));
    return count;
  };
  feed(rib, best, { announce: [A], path: [64496] });
  t.equal(changes(), 1);
  feed(rib, other, { announce: [A], path: [64497, 7] });
  t.equal(changes(), 1, 'it came');
  feed(rib, other, { announce: [A], path: [64497, 7] });
  t.equal(changes(), 0, 'it is the same');
  feed(rib, other, { announce: [A], path: [64497, 8] });
  t.equal(changes(), 1, 'it changed');
  feed(rib, other, { withdraw: [A] });
  t.equal(changes(), 1, 'it went');
  rib.table.everyPath = false;
  feed(rib, other, { announce: [A], path: [64497, 7] });
  t.equal(changes(), 0, 'nobody wants to know');
  rib.checkInvariants();
  t.end();
});
