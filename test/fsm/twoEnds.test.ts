import t from 'tap';
import { MANNERS, other } from '../support/otherSpeakers.ts';
import { ours } from '../support/program.ts';
import { ENDS, type End, moves, start, type World, worldKey, worldOf } from '../support/twoEnds.ts';

type Visit = (world: World, isOver: boolean, path: string[], before: World) => void;

/** Calls `visit` with every world that `first` can become and its moves so far; returns how many. */
function walk(first: World, visit: Visit): number {
  const seen = new Set<string>();
  const pending = [{ world: first, before: first, path: [] as string[] }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { world, before, path } = next;
    const key = worldKey(world);
    const isNew = !seen.has(key);
    seen.add(key);
    const possible = isNew ? moves(world) : [];
    visit(world, isNew && possible.length === 0, path, before);
    for (const move of possible) {
      pending.push({ world: move.make(), before: world, path: [...path, move.text] });
    }
  }
  return seen.size;
}

/** The connections on which `end` is Established. */
function up(world: World, end: End): (number | undefined)[] {
  return world.programs[end].up.map((side) => world.legs[end][side]);
}

function ending(world: World): string {
  return ENDS.map((end) => `${end}: ${world.programs[end].text}`).join(', ');
}

function oneSurvives(world: World): boolean {
  const [a, b] = ENDS.map((end) => up(world, end));
  return a?.length === 1 && b?.length === 1 && a[0] === b[0];
}

/** No connection anywhere, and both wait for the next try with open doors. */
function bothTryAgain(world: World): boolean {
  return ENDS.every((end) => world.programs[end].isTrying);
}

/** A session that was up at `end`, and is no more. */
function hasLost(end: End, before: World, world: World): boolean {
  return up(before, end).some((id) => !up(world, end).includes(id));
}

const speakers = {
  'identifiers differ': [
    { asn: 64500, bgpIdentifier: 2 },
    { asn: 64501, bgpIdentifier: 1 },
  ],
  'the other way round': [
    { asn: 64500, bgpIdentifier: 1 },
    { asn: 64501, bgpIdentifier: 2 },
  ],
  'identifiers beyond 2^31': [
    { asn: 64500, bgpIdentifier: 0xc0000201 },
    { asn: 64500, bgpIdentifier: 0x0a000001 },
  ],
  'equal identifiers, the AS decides (RFC 6286)': [
    { asn: 64500, bgpIdentifier: 7 },
    { asn: 64501, bgpIdentifier: 7 },
  ],
} as const;

for (const [name, [a, b]] of Object.entries(speakers)) {
  t.test(`§6.8: in every order of arrival exactly one connection survives (${name})`, (t) => {
    const wrong: string[] = [];
    const both = start(start(worldOf(ours(a, b), ours(b, a)), 'a'), 'b');
    const count = walk(both, (world, isOver, path) => {
      if (isOver && !oneSurvives(world)) wrong.push(`${ending(world)} after ${path.join(', ')}`);
    });
    t.same(wrong.slice(0, 3), []);
    t.comment(`${count} worlds`);
    t.ok(count > 100, 'the orders have been walked');
    t.end();
  });
}

// A refusal that is still under way can cost both connections, but never for good.
t.test('§6.8: with late starts and retries, one survives or both try again', (t) => {
  const [a, b] = speakers['identifiers differ'];
  const wrong: string[] = [];
  const count = walk(worldOf(ours(a, b), ours(b, a), { a: 1, b: 1 }), (world, isOver, path) => {
    if (!isOver || oneSurvives(world) || bothTryAgain(world)) return;
    wrong.push(`${ending(world)} after ${path.join(', ')}`);
  });
  t.same(wrong.slice(0, 3), []);
  t.comment(`${count} worlds`);
  t.ok(count > 2000, 'the orders have been walked');
  t.end();
});

const [high, low] = speakers['identifiers differ'];

/**
 * FRR gives up its own connection as soon as our OPEN comes beside ours; ours is given up when its
 * OPEN comes before our kernel has told us that ours is made. Nobody was wrong, and both try again.
 */
function gaveUpWhatWasMade(path: readonly string[]): boolean {
  return path.includes('accept a0') && !path.includes('connected a0');
}

for (const [name, manner] of Object.entries(MANNERS)) {
  for (const [rank, us, them] of [
    ['higher', high, low],
    ['lower', low, high],
  ] as const) {
    const first = (retries = 0) =>
      worldOf(ours(us, them), other(manner, them, us), { a: 0, b: retries });

    t.test(`§6.8: beside ${name}, as the ${rank}: one survives, no session is lost`, (t) => {
      const wrong: string[] = [];
      const count = walk(start(start(first(), 'a'), 'b'), (world, isOver, path, before) => {
        const isLost = ENDS.some((end) => hasLost(end, before, world));
        const isMissed = bothTryAgain(world) && gaveUpWhatWasMade(path) && rank === 'higher';
        if (!isLost && (!isOver || oneSurvives(world) || isMissed)) return;
        wrong.push(`${ending(world)} after ${path.join(', ')}`);
      });
      t.same(wrong.slice(0, 3), []);
      t.comment(`${count} worlds`);
      t.ok(count > 50, 'the orders have been walked');
      t.end();
    });

    // What comes before one of them is started is refused, and the refusal can be under way.
    t.test(`§6.8: beside ${name}, as the ${rank}, started late: none is lost either`, (t) => {
      const wrong: string[] = [];
      const count = walk(first(1), (world, isOver, path, before) => {
        const isLost = ENDS.some((end) => hasLost(end, before, world));
        if (!isLost && (!isOver || oneSurvives(world) || bothTryAgain(world))) return;
        wrong.push(`${ending(world)} after ${path.join(', ')}`);
      });
      t.same(wrong.slice(0, 3), []);
      t.comment(`${count} worlds`);
      t.ok(count > 500, 'the orders have been walked');
      t.end();
    });
  }
}
