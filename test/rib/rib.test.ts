import fc from 'fast-check';
import t from 'tap';
import type { Family } from '../../src/net/family.ts';
import { parsePrefix } from '../../src/net/text.ts';
import type { Rib } from '../../src/rib/rib.ts';
import { prefixFromWords } from '../../src/rib/routeReader.ts';
import type { RouteChange } from '../../src/rib/routeTable.ts';
import { bringUp, describe, feed, finish, makeRib, openRules, peerIndex } from './fixture.ts';
import { keptOctets, type ModelPeer, ModelRib } from './model.ts';
import { FOUR_OCTET, type SetSpec } from './updates.ts';

const PEERS = 5;
const MAX_PATHS = 3;
/** The fourth sends path identifiers, the fifth is internal. */
const WITH_IDS = 3;
const INTERNAL = 4;

function contextOf(peer: number) {
  const addPath = { ipv4: peer === WITH_IDS, ipv6: peer === WITH_IDS };
  return { ...FOUR_OCTET, addPath, internal: peer === INTERNAL };
}

function modelPeer(peer: number): ModelPeer {
  const { peerAs, bgpIdentifier, nextHopCost } = describe(peer);
  const internal = peer === INTERNAL;
  const refuses = () => false;
  return { peerAs, bgpIdentifier, address: peer + 1, internal, nextHopCost, refuses };
}

/** Few enough that they meet, of every length, nested and beside one another. */
const PREFIXES = [
  ...Array.from({ length: 33 }, (_, length) => prefixText('170.170.170.170', length)),
  ...Array.from({ length: 17 }, (_, i) => prefixText('170.170.85.85', 16 + i)),
  ...Array.from({ length: 129 }, (_, length) =>
    prefixText('aaaa:aaaa:aaaa:aaaa:aaaa:aaaa:aaaa:aaaa', length),
  ),
  ...Array.from({ length: 40 }, (_, i) => `2400:${(i + 1).toString(16)}::/32`),
];

function prefixText(address: string, length: number): string {
  const six = address.includes(':');
  const groups = six
    ? address.split(':').map((g) => Number.parseInt(g, 16))
    : address.split('.').map(Number);
  const width = six ? 16 : 8;
  const masked = groups.map((group, i) => {
    const bits = Math.max(0, Math.min(width, length - i * width));
    return group & (((1 << bits) - 1) << (width - bits));
  });
  if (!six) return `${masked.join('.')}/${length}`;
  const prefix = parsePrefix(`${masked.map((g) => g.toString(16)).join(':')}/${length}`);
  if (!prefix) throw new Error('no prefix');
  return prefix.text;
}

const asn = fc.constantFrom(64496, 64497, 64498, 7, 8);
const anySet: fc.Arbitrary<SetSpec> = fc.record(
  {
    origin: fc.constantFrom(0, 0, 2),
    path: fc.array(asn, { maxLength: 3 }),
    med: fc.constantFrom(0, 1, 2),
  },
  { requiredKeys: ['path'] },
);

type Step =
  | {
      readonly kind: 'announce' | 'withdraw';
      readonly peer: number;
      readonly ids: number;
      readonly set: SetSpec;
      readonly prefixes: readonly string[];
    }
  | { readonly kind: 'down' | 'refuse'; readonly peer: number }
  | { readonly kind: 'begin' | 'end'; readonly peer: number; readonly family: Family }
  | { readonly kind: 'step'; readonly budget: number }
  | { readonly kind: 'drain' };

const peer = fc.nat({ max: PEERS - 1 });
const family = fc.constantFrom<Family>('ipv4', 'ipv6');

/** Paths that differ in MULTI_EXIT_DISC, from two neighbour ASes: everything is a tie up to there. */
const tiedSet: fc.Arbitrary<SetSpec> = fc.record({
  path: fc.constantFrom([7, 1], [8, 1]),
  med: fc.constantFrom(0, 1, 2),
});

function stepsOn(all: readonly string[], set: fc.Arbitrary<SetSpec>): fc.Arbitrary<Step[]> {
  const prefixes = fc.uniqueArray(fc.constantFrom(...all), { minLength: 1, maxLength: 12 });
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 10,
      arbitrary: fc.record({
        kind: fc.constant('announce' as const),
        peer,
        ids: fc.nat({ max: MAX_PATHS - 1 }),
        set,
        prefixes,
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('withdraw' as const),
        peer,
        ids: fc.nat({ max: MAX_PATHS - 1 }),
        set,
        prefixes,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constantFrom('down' as const, 'refuse' as const), peer }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constantFrom('begin' as const, 'end' as const),
        peer,
        family,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('step' as const), budget: fc.nat({ max: 40 }) }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'drain' as const }) },
  );
  return fc.array(step, { maxLength: 60, size: 'max' });
}

/** The real RIB, the model, and an exporter that knows only what it was told by `drainChanges`. */
class Pair {
  readonly rib = makeRib();
  readonly model = new ModelRib();
  readonly exported = new Map<string, string>();

  constructor() {
    for (let i = 0; i < PEERS; i++) this.up(i);
  }

  up(i: number): void {
    this.model.peers.set(i, modelPeer(i));
    const maxPaths = i === WITH_IDS ? MAX_PATHS : 1;
    bringUp(this.rib, i, { context: contextOf(i), maxPaths });
  }

  apply(step: Step): void {
    switch (step.kind) {
      case 'announce':
      case 'withdraw':
        this.update(step);
        break;
      case 'down':
        this.rib.peerDown(peerIndex(step.peer));
        this.model.peerDown(step.peer);
        this.up(step.peer);
        break;
      case 'refuse':
        this.refuse(step.peer);
        break;
      case 'begin':
        this.rib.refreshBegin(peerIndex(step.peer), step.family);
        this.model.refreshBegin(step.peer, step.family);
        break;
      case 'end':
        this.rib.refreshEnd(peerIndex(step.peer), step.family);
        this.model.refreshEnd(step.peer, step.family);
        break;
      case 'step':
        this.rib.step(step.budget);
        break;
      case 'drain':
        this.drain();
        break;
    }
  }

  update(step: Step & { kind: 'announce' | 'withdraw' }): void {
    const id = step.peer === WITH_IDS ? step.ids + 1 : 0;
    const texts = step.prefixes.map((prefix) => (id > 0 ? `${prefix}#${id}` : prefix));
    const spec = step.kind === 'announce' ? { ...step.set, announce: texts } : { withdraw: texts };
    feed(this.rib, peerIndex(step.peer), spec, contextOf(step.peer));
    for (const prefix of step.prefixes) {
      if (step.kind === 'announce') this.model.announce(step.peer, id, prefix, step.set);
      else this.model.withdraw(step.peer, id, prefix);
    }
  }

  /** The neighbour's policy becomes another one, or is open again. */
  refuse(i: number): void {
    const known = this.model.peers.get(i);
    if (!known) return;
    const strict = known.refuses('0.0.0.0/0', { path: [1] });
    known.refuses = strict
      ? () => false
      : (prefix, { path = [] }) => refused(prefix, path[0], known.peerAs);
    const rules = strict
      ? openRules()
      : openRules({ firstAs: 'refuse', maxLength: { ipv4: 24, ipv6: 48 } }, known.peerAs);
    this.rib.setRules(peerIndex(i), rules);
  }

  drain(): void {
    const tell = ({
      family,
      word0,
      word1,
      word2,
      word3,
      length,
      column,
      attributes,
    }: RouteChange) => {
      const prefix = prefixFromWords(family, [word0, word1, word2, word3], length).text;
      const { arena } = this.rib.table.attributes;
      if (column < 0) {
        this.exported.delete(prefix);
        return;
      }
      const { peer } = this.rib.table.columns.owner(column);
      const id = peer === WITH_IDS ? arena.pathId(attributes) : 0;
      const octets = arena.octets.slice(
        arena.attributesStart(attributes),
        arena.attributesEnd(attributes),
      );
      this.exported.set(prefix, `${peer} ${id} ${octets.join()}`);
    };
    while (this.rib.drainChanges(7, tell));
  }

  check(): void {
    finish(this.rib);
    this.rib.checkInvariants();
    for (const six of [false, true]) {
      const names = [...this.model.routes.keys()].filter((text) => text.includes(':') === six);
      const found = [...this.rib.reader.all(six ? 'ipv6' : 'ipv4')].map(
        ({ prefix }) => prefix.text,
      );
      same(found.toSorted(), names.toSorted(), 'prefixes');
    }
    this.drain();
    const wanted = new Map<string, string>();
    for (const prefix of this.model.routes.keys()) {
      this.checkRoute(prefix);
      const best = this.model.best(prefix);
      if (best)
        wanted.set(prefix, `${best.peer} ${best.pathId} ${keptOctets(prefix, best.set).join()}`);
    }
    same([...this.exported].toSorted(), [...wanted].toSorted(), 'exported');
    this.rib.checkInvariants();
  }

  checkRoute(prefix: string): void {
    const route = routeOf(this.rib, prefix);
    const best = this.model.best(prefix);
    const paths = [...(this.model.routes.get(prefix)?.values() ?? [])].map((path) => ({
      key: `${path.peer} ${path.pathId}`,
      octets: keptOctets(prefix, path.set).join(),
      eligible: this.model.isEligible(prefix, path),
      stale: path.stale,
      best: path === best,
    }));
    const found = (route?.paths ?? []).map((path) => ({
      key: `${path.peer} ${path.pathId ?? 0}`,
      octets: path.attributes.join(),
      eligible: path.standing.kind !== 'refused',
      stale: path.stale,
      best: path.standing.kind === 'best',
    }));
    const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1);
    same(found.toSorted(byKey), paths.toSorted(byKey), prefix);
  }
}

function refused(prefix: string, first: unknown, peerAs: number): boolean {
  const length = Number(prefix.split('/')[1]);
  return first !== peerAs || length > (prefix.includes(':') ? 48 : 24);
}

function routeOf(rib: Rib, text: string) {
  const prefix = parsePrefix(text);
  if (!prefix) throw new Error(`${text} is not a prefix`);
  return rib.reader.route(prefix);
}

function same(found: unknown, wanted: unknown, what: string): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what}: ${a} instead of ${b}`);
}

/** An empty RIB has the IPv4 table and three directories. */
const EMPTY = makeRib().table.blocks.memory.wordsInUse;

function replay(steps: readonly Step[]): boolean {
  const pair = new Pair();
  for (const [i, next] of steps.entries()) {
    pair.apply(next);
    if (i % 10 === 9) pair.rib.checkInvariants();
  }
  pair.check();
  for (let i = 0; i < PEERS; i++) pair.apply({ kind: 'down', peer: i });
  pair.check();
  const { blocks, attributes } = pair.rib.table;
  same([blocks.memory.wordsInUse, attributes.arena.entries], [EMPTY, 0], 'left of an empty table');
  return true;
}

t.test(
  'property: after any history the RIB holds what a naive one holds, and has told its exporters',
  (t) => {
    fc.assert(fc.property(stepsOn(PREFIXES, anySet), replay), { seed: 4271, numRuns: 100 });
    t.end();
  },
);

t.test(
  '§9.1.2.2(c), property: the same where all routes meet and tie but for MULTI_EXIT_DISC',
  (t) => {
    const two = ['203.0.0.0/16', '2400:1::/32'];
    fc.assert(fc.property(stepsOn(two, tiedSet), replay), { seed: 4272, numRuns: 150 });
    t.end();
  },
);
