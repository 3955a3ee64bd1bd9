import fc from 'fast-check';
import t from 'tap';
import type { Family } from '../../src/net/family.ts';
import { parsePrefix } from '../../src/net/text.ts';
import { AdjRibOutTable, ALONE, Mark } from '../../src/rib/adjRibOutTable.ts';
import { AttributeScan } from '../../src/rib/attributeScan.ts';
import { AttributeTable } from '../../src/rib/attributeTable.ts';
import { OwnAddresses } from '../../src/rib/ownAddresses.ts';
import { PendingPrefixes } from '../../src/rib/pendingPrefixes.ts';
import { PrefixSet } from '../../src/rib/prefixSet.ts';
import { RowPrefix } from '../../src/rib/rowPrefix.ts';
import { TableWalk } from '../../src/rib/tableWalk.ts';
import { attributeBytes } from './updates.ts';

const TEXTS = [
  '0.0.0.0/0',
  ...Array.from({ length: 33 - 8 }, (_, i) => `10.0.0.0/${8 + i}`),
  ...Array.from({ length: 30 }, (_, i) => `10.${i + 1}.0.0/16`),
  '::/0',
  ...Array.from({ length: 40 }, (_, i) => `2400:${(i + 1).toString(16)}::/32`),
  ...Array.from({ length: 20 }, (_, i) => `2400::${(i + 1).toString(16)}/128`),
];

function row(text: string): RowPrefix {
  const prefix = parsePrefix(text);
  if (!prefix) throw new Error(`${text} is not a prefix`);
  return RowPrefix.of(prefix);
}

function attributeTable(): AttributeTable {
  const local = { asn: 64500, bgpIdentifier: 1, addresses: new OwnAddresses() };
  return new AttributeTable(1 << 18, new AttributeScan(local), 1);
}

/** Ids of sets that the test itself holds. */
function sets(attributes: AttributeTable, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const bytes = Uint8Array.from(attributeBytes({ path: [i + 1] }, true));
    const id = attributes.intern(bytes, 0, bytes.length, 0, 0);
    attributes.retain(id, 1);
    return id;
  });
}

/** Rows in the order of a walk: (family, long or not, address, length). */
function walked(out: AdjRibOutTable, walk: TableWalk, rows: number): string[] {
  const seen: string[] = [];
  let more = walk.resume();
  for (; more && seen.length < rows; more = walk.advance()) seen.push(key(walk.row));
  if (seen.length > 0 && out.advertised(walk.row) < 0) throw new Error('no set');
  return seen;
}

function key({ family, word0, word1, word2, word3, length }: RowPrefix): string {
  return [family, word0, word1, word2, word3, length].join();
}

const step = fc.record({
  text: fc.constantFrom(...TEXTS),
  what: fc.constantFrom('set', 'set', 'clear', 'wait', 'urgent', 'done'),
  set: fc.nat({ max: 5 }),
  column: fc.constantFrom(ALONE, ALONE, 0, 3, 254),
});

t.test(
  'property: what is advertised and what waits is what a Map says, references included',
  (t) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
        const attributes = attributeTable();
        const ids = sets(attributes, 6);
        const out = new AdjRibOutTable(attributes, 1 << 20);
        const model = new Map<string, number>();
        const marks = new Map<string, Set<Mark>>();
        for (const { text, what, set, column } of steps) {
          const at = row(text);
          const marked = marks.get(text) ?? new Set<Mark>();
          marks.set(text, marked);
          if (what === 'set') {
            out.advertise(at, ids[set]!, column);
            model.set(`${text} ${column}`, ids[set]!);
          } else if (what === 'clear') {
            out.advertise(at, 0, column);
            model.delete(`${text} ${column}`);
          } else if (what === 'done') {
            for (const mark of marked) out.unmark(at, mark);
            marked.clear();
          } else {
            const mark = what === 'wait' ? Mark.waiting : Mark.urgent;
            if (out.mark(at, mark) !== !marked.has(mark)) throw new Error('marked twice, or never');
            marked.add(mark);
          }
        }
        const held = out.checkInvariants();
        for (const text of TEXTS) {
          const columns = [ALONE, 0, 3, 254].filter((column) => model.has(`${text} ${column}`));
          for (const column of [ALONE, 0, 3, 254]) {
            const is = out.advertised(row(text), column);
            if (is !== (model.get(`${text} ${column}`) ?? 0)) throw new Error(text);
          }
          const found = new Int32Array(256);
          const count = out.columnsOf(row(text), found);
          if (found.subarray(0, count).join() !== columns.join()) throw new Error(text);
          if (out.isAdvertised(row(text)) !== columns.length > 0) throw new Error(text);
          if (out.isMarked(row(text)) !== (marks.get(text)?.size ?? 0) > 0) throw new Error(text);
        }
        for (const id of ids) {
          if (attributes.arena.references(id) !== 1 + (held.get(id) ?? 0)) throw new Error('leak');
        }
        const six = [...model.keys()].filter((text) => text.includes(':')).length;
        if (out.counts.ipv6 !== six || out.counts.ipv4 !== model.size - six) return false;
        while (out.release(7));
        return ids.every((id) => attributes.arena.references(id) === 1);
      }),
      { seed: 424, numRuns: 80 },
    );
    t.end();
  },
);

t.test('property: a walk in turns sees every row that was there all the time, in order', (t) => {
  const changes = fc.array(fc.tuple(fc.constantFrom(...TEXTS), fc.boolean()), { maxLength: 40 });
  fc.assert(
    fc.property(
      changes,
      fc.array(changes, { maxLength: 8 }),
      fc.nat({ max: 9 }),
      (first, rest, rows) => {
        const attributes = attributeTable();
        const [id = 0] = sets(attributes, 1);
        const out = new AdjRibOutTable(attributes, 1 << 20);
        const there = new Set<string>();
        const apply = (all: typeof first, always: Set<string>) => {
          for (const [text, set] of all) {
            out.advertise(row(text), set ? id : 0);
            if (set) there.add(key(row(text)));
            else there.delete(key(row(text)));
            if (!set) always.delete(key(row(text)));
          }
        };
        apply(first, new Set());
        const always = new Set(there);
        const walk = new TableWalk(out.stores, ['ipv4', 'ipv6']);
        const seen: string[] = [];
        for (const all of rest) {
          seen.push(...walked(out, walk, rows + 1));
          apply(all, always);
        }
        for (let some = walked(out, walk, 50); some.length > 0; some = walked(out, walk, 50)) {
          seen.push(...some);
        }
        if (new Set(seen).size !== seen.length) throw new Error('a row was seen twice');
        return [...always].every((text) => seen.includes(text));
      },
    ),
    { seed: 425, numRuns: 80 },
  );
  t.end();
});

t.test('a walk knows whether it is past another, and one can begin where another is', (t) => {
  const attributes = attributeTable();
  const [id = 0] = sets(attributes, 1);
  const out = new AdjRibOutTable(attributes, 1 << 20);
  for (const text of TEXTS) out.advertise(row(text), id);
  const families: readonly Family[] = ['ipv4', 'ipv6'];
  const ahead = new TableWalk(out.stores, families);
  const behind = new TableWalk(out.stores, families);
  t.equal(ahead.isPast(behind), false, 'neither has begun');
  walked(out, ahead, 60);
  t.same([ahead.isPast(behind), behind.isPast(ahead)], [true, false]);
  walked(out, behind, 10);
  t.same([ahead.isPast(behind), behind.isPast(ahead)], [true, false]);
  const same = new TableWalk(out.stores, families, ahead);
  t.same([ahead.isPast(same), same.isPast(ahead)], [false, false]);
  t.same(walked(out, same, 100), walked(out, ahead, 100));
  t.equal(walked(out, new TableWalk(out.stores, ['ipv6']), 200).length, 61);
  t.end();
});

t.test('a walk may stop within a row, and goes on there as long as it is the same row', (t) => {
  const attributes = attributeTable();
  const [id = 0] = sets(attributes, 1);
  const out = new AdjRibOutTable(attributes, 1 << 20);
  for (const text of ['10.0.0.0/8', '11.0.0.0/8']) out.advertise(row(text), id, 5);
  const walk = new TableWalk(out.stores, ['ipv4']);
  walk.resume();
  t.equal(walk.column, -1, 'all of them');
  walk.stopWithin(5);
  walk.resume();
  t.equal(walk.column, 5);
  walk.restartRow();
  t.equal(walk.column, -1);
  walk.stopWithin(5);
  out.advertise(row('10.0.0.0/8'), 0, 5);
  walk.resume();
  t.same([walk.row.word0, walk.column], [11 << 24, -1], 'the row is gone: the next one is whole');
  walk.stopWithin(5);
  walk.advance();
  t.equal(walk.column, -1);
  t.end();
});

t.test('prefixes wait in turn, and the first stays first until it is dropped', (t) => {
  const pending = new PendingPrefixes();
  const texts = ['10.0.0.0/8', '10.1.0.0/16', '2400:1::/32', '2400::1/128', '10.2.0.0/16'];
  for (const text of texts) pending.push(row(text));
  t.equal(pending.size, 5);
  const order: string[] = [];
  for (let first = pending.first(); first; first = pending.first()) {
    t.equal(pending.first(), first);
    order.push(
      texts.find((text) => first.length === row(text).length && first.word0 === row(text).word0) ??
        '?',
    );
    pending.drop();
  }
  t.same(order, ['10.0.0.0/8', '2400:1::/32', '2400::1/128', '10.1.0.0/16', '10.2.0.0/16']);
  t.equal(pending.size, 0);
  t.end();
});

t.test('a set of prefixes has those and no others', (t) => {
  const own = TEXTS.filter((_, i) => i % 3 === 0);
  const set = new PrefixSet(own.flatMap((text) => parsePrefix(text) ?? []));
  t.same(
    TEXTS.filter((text) => set.has(row(text))),
    own,
  );
  t.end();
});
