import fc from 'fast-check';
import t from 'tap';
import { AttributeArena, HEADER_WORDS, UNIT_WORDS } from '../../src/rib/attributeArena.ts';
import { RibFullError } from '../../src/rib/memory.ts';

const WORDS = 1 << 20;
/** Octets of content of what a hostile neighbour sends, and of an honest one. */
const [LARGE, SMALL] = [3900, 70];

/** As the table does it: header and content are written at once. */
function add(arena: AttributeArena, length: number): number {
  const id = arena.allocate(length);
  const at = id * UNIT_WORDS;
  arena.words[at + 1] = 1;
  arena.words[at + 3] = length << 16;
  arena.words.fill(id, at + HEADER_WORDS, at + HEADER_WORDS + Math.ceil(length / 4));
  return id;
}

function fill(arena: AttributeArena, length: number): number[] {
  const ids: number[] = [];
  try {
    for (;;) ids.push(add(arena, length));
  } catch (error) {
    if (!(error instanceof RibFullError)) throw error;
  }
  return ids;
}

t.test('what large sets leave is split for small ones', (t) => {
  const arena = new AttributeArena(WORDS);
  const honest = add(arena, SMALL);
  const hostile = fill(arena, LARGE);
  arena.checkInvariants();
  for (const id of hostile) arena.free(id);
  const ids = Array.from({ length: 10000 }, () => add(arena, SMALL));
  t.equal(new Set([honest, ...ids]).size, 10001);
  arena.checkInvariants();
  t.end();
});

t.test('what small sets leave is joined for large ones, and the top falls', (t) => {
  const arena = new AttributeArena(WORDS);
  const honest = add(arena, SMALL);
  for (const id of fill(arena, SMALL)) arena.free(id);
  const touched = arena.octetsTouched;
  const large = fill(arena, LARGE);
  t.ok(large.length * LARGE > 0.9 * touched, 'nearly all of it is for them now');
  arena.checkInvariants();
  arena.free(honest);
  for (const id of large) arena.free(id);
  t.equal(arena.octetsTouched, UNIT_WORDS * 4, 'empty');
  arena.checkInvariants();
  t.end();
});

t.test('a full arena is not walked over again for every set that does not fit', (t) => {
  const arena = new AttributeArena(WORDS);
  const ids = fill(arena, LARGE);
  fill(arena, 0);
  arena.free(ids[3]!);
  const small = Array.from({ length: 3 }, () => add(arena, SMALL));
  for (const id of small) arena.free(id);
  // The pieces are enough, but hardly anything has been freed since it ran full.
  t.throws(() => add(arena, LARGE), RibFullError);
  arena.checkInvariants();
  for (const id of ids.slice(100, 200)) arena.free(id);
  t.equal(fill(arena, LARGE).length, 101, 'and of the pieces one is made again');
  arena.checkInvariants();
  for (const id of ids.slice(200, 240)) arena.free(id);
  t.ok(fill(arena, 2 * LARGE).length >= 20, 'two that lie side by side are one for a larger set');
  arena.checkInvariants();
  t.end();
});

t.test('property: no history makes two entries overlap, or loses a unit', (t) => {
  const step = fc.record({
    length: fc.oneof(fc.nat({ max: 200 }), fc.nat({ max: 65535 })),
    frees: fc.array(fc.nat({ max: 999 }), { maxLength: 3 }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 300, size: 'max' }), (steps) => {
      const arena = new AttributeArena(1 << 16);
      const held: number[] = [];
      for (const { length, frees } of steps) {
        try {
          held.push(add(arena, length));
        } catch (error) {
          if (!(error instanceof RibFullError)) throw error;
        }
        for (const at of frees) {
          const [id] = held.splice(at % Math.max(1, held.length), 1);
          if (id !== undefined) arena.free(id);
        }
        arena.checkInvariants();
      }
      const isWhole = (id: number) => {
        const at = id * UNIT_WORDS + HEADER_WORDS;
        const words = Math.ceil(arena.length(id) / 4);
        return arena.words.subarray(at, at + words).every((word) => word === id);
      };
      return held.every(isWhole) && arena.entries === held.length;
    }),
    { seed: 3900, numRuns: 60 },
  );
  t.end();
});

t.test('what small sets left behind is used for large ones before more memory is touched', (t) => {
  const arena = new AttributeArena(1 << 26);
  // Or it would be empty in between, and all of it one again.
  const stays = add(arena, SMALL);
  const octets = 100e6;
  const touched = [4000, 60_000, 1000, 30_000].map((length) => {
    const ids = Array.from({ length: octets / length }, () => add(arena, length));
    arena.checkInvariants();
    for (const id of ids) arena.free(id);
    return arena.octetsTouched;
  });
  t.ok(Math.max(...touched) < octets * 1.1, `${touched}`);
  arena.free(stays);
  t.equal(arena.octetsInUse, 0);
  t.end();
});

t.test('one payer fills a quarter and no more, and the others have the rest', (t) => {
  const arena = new AttributeArena(WORDS);
  const total = arena.words.length * 4;
  arena.payer = 3;
  const greedy = fill(arena, LARGE);
  t.ok(arena.octetsPaidBy(3) <= total / 4 && arena.octetsPaidBy(3) > total / 4 - 5000);
  arena.payer = 4;
  const honest = add(arena, SMALL);
  t.ok(arena.octetsPaidBy(4) > 0, 'another is not kept out');
  arena.payer = 3;
  t.throws(() => add(arena, LARGE), RibFullError);
  for (const id of greedy.splice(0, 2)) arena.free(id);
  t.doesNotThrow(() => greedy.push(add(arena, LARGE)), 'what is gone is not paid for');
  arena.checkInvariants();
  arena.openAccount(3);
  t.equal(arena.octetsPaidBy(3), 0, 'who comes next owes nothing of it');
  for (const id of [...greedy, honest]) arena.free(id);
  t.same([arena.octetsPaidBy(3), arena.octetsPaidBy(4), arena.octetsInUse], [0, 0, 0]);
  t.end();
});
