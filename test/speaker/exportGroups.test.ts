import fc from 'fast-check';
import t from 'tap';
import { NO_COMMUNITIES } from '../../src/net/community.ts';
import type { Family } from '../../src/net/family.ts';
import { parsePrefix } from '../../src/net/text.ts';
import { ExportGroups } from '../../src/speaker/exportGroups.ts';
import { bringUp, describe, feed, finish, makeRib, peerIndex } from '../rib/fixture.ts';
import { ModelRib } from '../rib/model.ts';
import { FOUR_OCTET, type SetSpec } from '../rib/updates.ts';
import { expectedPaths, expectedTable } from './exportModel.ts';
import { downstream, internal, PLAIN, Receiver } from './receiver.ts';

const SOURCES = 5;
const TWO_OCTET_SOURCE = 2;
const INTERNAL_SOURCE = 3;
/** Sends up to three paths to a prefix. */
const PATHS_SOURCE = 4;
const OWN = '10.0.0.0/12';

const PREFIXES = [
  '0.0.0.0/0',
  '::/0',
  OWN,
  ...Array.from({ length: 30 }, (_, i) => `10.${i}.0.0/16`),
  ...Array.from({ length: 20 }, (_, i) => `10.1.${i}.0/24`),
  ...Array.from({ length: 20 }, (_, i) => `2400:${(i + 1).toString(16)}::/32`),
  ...Array.from({ length: 10 }, (_, i) => `2400:1::${(i + 1).toString(16)}/128`),
];

const asn = fc.constantFrom(7, 8, 9, 64999);
const anySet: fc.Arbitrary<SetSpec> = fc.record(
  {
    origin: fc.constantFrom(0, 0, 2),
    path: fc.array(
      fc.oneof({ weight: 5, arbitrary: asn }, { weight: 1, arbitrary: fc.constant([5, 6]) }),
      {
        maxLength: 3,
      },
    ),
    med: fc.constantFrom(0, 1, 2),
    communities: fc.constantFrom([0xfc000001], [0xffffff01], [0xffffff02], [0xffffff03, 5]),
    otc: fc.constant(9),
  },
  { requiredKeys: ['path'] },
);

type Step =
  | {
      readonly kind: 'announce' | 'withdraw';
      readonly source: number;
      readonly set: SetSpec;
      /** Of the source that sends path identifiers. */
      readonly pathId: number;
      readonly prefixes: readonly string[];
    }
  | { readonly kind: 'down'; readonly source: number }
  | {
      readonly kind: 'join' | 'leave' | 'stall' | 'read' | 'refresh';
      readonly receiver: number;
      readonly family: Family;
    }
  | { readonly kind: 'work' | 'step'; readonly budget: number }
  | { readonly kind: 'own'; readonly prefixes: readonly string[] };

const source = fc.nat({ max: SOURCES - 1 });
const prefixes = fc.uniqueArray(fc.constantFrom(...PREFIXES), { minLength: 1, maxLength: 15 });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constantFrom('announce' as const, 'announce' as const, 'withdraw' as const),
        source,
        set: anySet,
        pathId: fc.integer({ min: 1, max: 3 }),
        prefixes,
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('down' as const), source }) },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constantFrom('join', 'leave', 'stall', 'read', 'refresh'),
        receiver: fc.nat({ max: 9 }),
        family: fc.constantFrom<Family>('ipv4', 'ipv6'),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constantFrom('work', 'step'),
        budget: fc.integer({ min: 1, max: 40 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('own' as const),
        prefixes: fc.subarray([OWN, '10.1.0.0/16', '2400:1::/32']),
      }),
    },
  ),
  { maxLength: 80, size: 'max' },
);

function makeReceivers(): Receiver[] {
  const communities = { ...NO_COMMUNITIES, standard: [0xfc000001, 0xfc000002] };
  const two = { ...PLAIN, fourOctetAs: false };
  const paths = { ...PLAIN, addPath: { ipv4: true, ipv6: true } };
  return [
    new Receiver(downstream({ name: 'a', asn: 7 })),
    new Receiver(downstream({ name: 'b', asn: 7 })),
    new Receiver(downstream({ name: 'c', prepend: 2, med: 50, communities }), two),
    new Receiver(downstream({ name: 'd', export: 'default', families: ['ipv4'] })),
    new Receiver(downstream({ name: 'e', export: 'own' })),
    new Receiver(internal({ name: 'f' })),
    new Receiver(internal({ name: 'g', nextHopSelf: false })),
    new Receiver(downstream({ name: 'h', asn: 9 }), paths),
    new Receiver(downstream({ name: 'i', asn: 9 }), paths),
    new Receiver(internal({ name: 'j' }), paths),
  ];
}

class Run {
  readonly rib = makeRib();
  readonly model = new ModelRib();
  readonly groups = new ExportGroups({
    rib: this.rib,
    onEvent: () => {},
    wake: () => {},
    held: false,
  });
  readonly receivers = makeReceivers();
  own: ReadonlySet<string> = new Set();

  constructor() {
    for (let i = 0; i < SOURCES; i++) this.up(i);
  }

  up(i: number): void {
    const { peerAs, bgpIdentifier, nextHopCost } = describe(i);
    const internal = i === INTERNAL_SOURCE;
    const refuses = () => false;
    const known = { peerAs, bgpIdentifier, address: i + 1, internal, nextHopCost, refuses };
    this.model.peers.set(i, known);
    bringUp(this.rib, i, { context: this.context(i), maxPaths: i === PATHS_SOURCE ? 3 : 1 });
  }

  context(i: number) {
    const addPath = { ipv4: i === PATHS_SOURCE, ipv6: i === PATHS_SOURCE };
    const fourOctetAs = i !== TWO_OCTET_SOURCE;
    return { ...FOUR_OCTET, fourOctetAs, addPath, internal: i === INTERNAL_SOURCE };
  }

  apply(step: Step): void {
    switch (step.kind) {
      case 'announce':
        feed(
          this.rib,
          peerIndex(step.source),
          { ...step.set, announce: withIds(step) },
          this.context(step.source),
        );
        for (const prefix of step.prefixes) {
          this.model.announce(step.source, idOf(step), prefix, step.set);
        }
        break;
      case 'withdraw':
        feed(
          this.rib,
          peerIndex(step.source),
          { withdraw: withIds(step) },
          this.context(step.source),
        );
        for (const prefix of step.prefixes) this.model.withdraw(step.source, idOf(step), prefix);
        break;
      case 'down':
        this.rib.peerDown(peerIndex(step.source));
        this.model.peerDown(step.source);
        this.up(step.source);
        break;
      case 'work':
        this.groups.work(step.budget);
        break;
      case 'step':
        this.rib.step(step.budget);
        break;
      case 'own':
        this.setOwn(step.prefixes);
        break;
      default:
        this.receive(step);
    }
  }

  setOwn(texts: readonly string[]): void {
    this.own = new Set(texts);
    this.groups.setOwnPrefixes(texts.flatMap((text) => parsePrefix(text) ?? []));
    for (const { table } of this.receivers.filter(({ stalled }) => !stalled)) {
      if (texts.some((text) => byPrefix(table).has(text)))
        throw new Error('an own prefix is still out');
    }
  }

  receive({ kind, receiver: index, family }: Step & { receiver: number; family: Family }): void {
    const receiver = this.receivers[index]!;
    if (!receiver.membership) {
      if (kind === 'join') receiver.join(this.groups);
    } else if (kind === 'leave') receiver.leave();
    else if (kind === 'stall') receiver.stall();
    else if (kind === 'read') receiver.read();
    else if (kind === 'refresh') receiver.membership.refresh(family, false);
  }

  settle(): void {
    finish(this.rib);
    for (let more = true; more; ) {
      for (const receiver of this.receivers) receiver.read();
      more = this.groups.work(25);
    }
    this.groups.checkInvariants();
  }

  check(): void {
    for (const receiver of this.receivers) {
      const { membership, table, outlet, endOfRib } = receiver;
      if (!membership) continue;
      const paths = outlet.context.addPath.ipv4;
      const expected = paths ? expectedPaths : expectedTable;
      const wanted = expected(this.model, receiver, this.own);
      same(paths ? byPrefix(table) : table, wanted, outlet.receiver.name);
      if (endOfRib.toSorted().join() !== outlet.families.join()) {
        throw new Error(`${outlet.receiver.name}: End-of-RIB of ${endOfRib}`);
      }
      const count = membership.advertised('ipv4') + membership.advertised('ipv6');
      if (count !== table.size) throw new Error(`${count} advertised, but ${table.size}`);
    }
  }

  end(): void {
    for (const receiver of this.receivers) receiver.leave();
    while (this.groups.work(10));
    this.rib.checkInvariants();
  }
}

function idOf({ source, pathId }: Step & { source: number; pathId: number }): number {
  return source === PATHS_SOURCE ? pathId : 0;
}

function withIds(step: Step & { prefixes: readonly string[]; source: number; pathId: number }) {
  const id = idOf(step);
  return step.prefixes.map((prefix) => (id === 0 ? prefix : `${prefix}#${id}`));
}

/** The attributes of all paths to a prefix, whatever their identifiers, in the order of the texts. */
function byPrefix(table: ReadonlyMap<string, string>): Map<string, string> {
  const grouped = new Map<string, string[]>();
  for (const [key, attributes] of table) {
    const [prefix = ''] = key.split('#');
    grouped.set(prefix, [...(grouped.get(prefix) ?? []), attributes]);
  }
  return new Map([...grouped].map(([prefix, texts]) => [prefix, texts.toSorted().join(' | ')]));
}

function same(is: ReadonlyMap<string, string>, ought: ReadonlyMap<string, string>, who: string) {
  for (const [prefix, attributes] of ought) {
    if (is.get(prefix) === attributes) continue;
    throw new Error(`${who} ${prefix}: ${is.get(prefix)}, but it must be ${attributes}`);
  }
  for (const prefix of is.keys()) {
    if (!ought.has(prefix)) throw new Error(`${who}: ${prefix} ought to be withdrawn`);
  }
}

t.test('property: at rest, each receiver holds what a naive model says, octet for octet', (t) => {
  fc.assert(
    fc.property(steps, (all) => {
      const run = new Run();
      for (const step of all) run.apply(step);
      run.settle();
      run.check();
      run.end();
      return true;
    }),
    { seed: 90210, numRuns: 40 },
  );
  t.end();
});
