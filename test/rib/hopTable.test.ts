import fc from 'fast-check';
import t from 'tap';
import { parsePrefix } from '../../src/net/text.ts';
import { HopTable } from '../../src/rib/hopTable.ts';
import { RowPrefix } from '../../src/rib/rowPrefix.ts';

const PREFIXES = [
  ...['0.0.0.0/0', '5.0.0.0/8', '5.1.0.0/16', '5.1.2.0/24', '5.1.2.128/25', '9.9.9.9/32'],
  ...['::/0', '2a00::/16', '2a00:1::/32', '2a00:1:2:3::/64', '2a00:1:2:3:4::/80', '2a00::1/128'],
];
const ROWS = PREFIXES.map((text) => {
  const prefix = parsePrefix(text);
  if (!prefix) throw new Error(text);
  return RowPrefix.of(prefix);
});

interface Entry {
  wanted: number;
  present: number;
  told: boolean;
}

const row = fc.nat(ROWS.length - 1);
const hop = fc.nat(3);
const OPERATION = fc.oneof(
  fc.record({ do: fc.constant('want' as const), row, hop }),
  fc.record({ do: fc.constant('take' as const), fate: fc.nat(2) }),
  fc.record({ do: fc.constantFrom('retry', 'untell', 'sweep', 'lose' as const), hop }),
  fc.record({ do: fc.constant('find' as const), row, hop: fc.integer({ min: 1, max: 3 }) }),
);

t.test('a table that is told, tried, swept and lost in any order is what a map says', (t) => {
  fc.assert(
    fc.property(fc.array(OPERATION, { maxLength: 60 }), (operations) => {
      const table = new HopTable(1 << 20);
      const model = new Map<string, Entry>();
      const at = (each: RowPrefix) => {
        const key = JSON.stringify(each);
        const entry = model.get(key) ?? { wanted: 0, present: 0, told: false };
        model.set(key, entry);
        return entry;
      };
      for (const operation of operations) apply(table, model, at, operation);
      table.checkInvariants();
      // Everything is brought to what is wanted in the end.
      table.retry();
      while (table.take()) {
        at(table.row).present = table.wanted;
        table.put(table.row, table.wanted);
      }
      table.checkInvariants();
      const present = [...model.values()].filter(({ wanted }) => wanted !== 0).length;
      t.equal(table.installed.ipv4 + table.installed.ipv6, present);
      t.equal(table.waiting + table.putOff, 0);
      for (const entry of model.values()) t.equal(entry.present, entry.wanted);
    }),
    { seed: 4271, numRuns: 150 },
  );
  t.end();
});

type Operation = typeof OPERATION extends fc.Arbitrary<infer T> ? T : never;

function apply(
  table: HopTable,
  model: Map<string, Entry>,
  at: (row: RowPrefix) => Entry,
  operation: Operation,
): void {
  if (operation.do === 'want') {
    const each = ROWS[operation.row]!;
    Object.assign(at(each), { wanted: operation.hop, told: true });
    table.want(each, operation.hop);
  } else if (operation.do === 'find') {
    const each = ROWS[operation.row]!;
    const entry = at(each);
    const isKnown = entry.wanted !== 0 || entry.present !== 0;
    // A row that is not known is kept; whether an empty one is still queued cannot be seen.
    if (!isKnown) return;
    entry.present = operation.hop;
    table.find(each, operation.hop, true);
  } else if (operation.do === 'take') take(table, at, operation.fate);
  else if (operation.do === 'retry') table.retry();
  else if (operation.do === 'untell') {
    for (const entry of model.values()) entry.told = false;
    table.untell();
  } else if (operation.do === 'sweep') {
    for (const entry of model.values()) if (!entry.told) entry.wanted = 0;
    table.sweep();
  } else {
    for (const entry of model.values()) if (entry.present === operation.hop) entry.present = 0;
    if (operation.hop > 0) table.lose(operation.hop);
  }
}

function take(table: HopTable, at: (row: RowPrefix) => Entry, fate: number): void {
  if (!table.take()) return;
  const entry = at(table.row);
  if (table.wanted !== entry.wanted || table.present !== entry.present) {
    throw new Error('what was taken out is not what was said of it');
  }
  if (fate === 0) table.postpone(table.row, false);
  else if (fate === 1) table.postpone(table.row, true);
  else {
    entry.present = table.wanted;
    table.put(table.row, table.wanted);
  }
}

t.test('what a run before us has left stays until it is known that nobody wants it', (t) => {
  const table = new HopTable(1 << 20);
  const [a, b] = [ROWS[2]!, ROWS[8]!];
  table.find(a, 1, true);
  table.find(b, 2, true);
  t.notOk(table.take());
  table.want(a, 1);
  t.notOk(table.take(), 'it is there');
  table.sweep();
  t.ok(table.take());
  t.match({ ...table.row }, { ...b });
  t.match([table.wanted, table.present], [0, 2]);
  table.put(table.row, 0);
  t.same([table.isUsed(1), table.isUsed(2)], [true, false]);
  t.same(table.installed, { ipv4: 1, ipv6: 0 });
  table.checkInvariants();
  t.end();
});

t.test('a found one that nobody wants goes when all has been said', (t) => {
  const table = new HopTable(1 << 20);
  table.find(ROWS[2]!, 1, false);
  t.ok(table.take());
  t.match([table.wanted, table.present], [0, 1]);
  t.end();
});

t.test('a prefix is in the queue once, however often it changes', (t) => {
  const table = new HopTable(1 << 20);
  for (let i = 0; i < 1000; i++) table.want(ROWS[3]!, 1 + (i % 3));
  t.equal(table.waiting, 1);
  t.ok(table.take());
  t.equal(table.wanted, 1);
  t.notOk(table.take());
  t.end();
});
