import t from 'tap';
import type { LearnedReceiver, UpstreamConfig } from '../../src/config/config.ts';
import {
  EXPORT_REFUSAL_TEXTS,
  exportPolicy,
  refusalOfLength,
  refusalOfSet,
} from '../../src/policy/exportLearned.ts';
import { AttributeScan } from '../../src/rib/attributeScan.ts';
import { AttributeTable } from '../../src/rib/attributeTable.ts';
import { AttributeClass } from '../../src/rib/facts.ts';
import { OwnAddresses } from '../../src/rib/ownAddresses.ts';
import type { ExportOutlet } from '../../src/session/exportMember.ts';
import { attributeBytes, FOUR_OCTET, type SetSpec } from '../rib/updates.ts';
import { downstream, internal } from '../speaker/receiver.ts';

type Answer<Condition extends boolean> = Condition;

// These two lines do not compile if an upstream could ever be sent what was learned.
const upstreamIsReceiver: Answer<UpstreamConfig extends LearnedReceiver ? true : false> = false;
const upstreamHasOutlet: Answer<
  { receiver: UpstreamConfig } extends Pick<ExportOutlet, 'receiver'> ? true : false
> = false;

const down = exportPolicy(downstream({ asn: 64999 }), false);
const edge = exportPolicy(internal(), false);
const LARGE = exportPolicy(downstream({ asn: 70000 }), false);

function refusal(policy: typeof down, set: SetSpec, attributeClass = 0): string | undefined {
  const local = { asn: 64500, bgpIdentifier: 1, addresses: new OwnAddresses() };
  const table = new AttributeTable(1 << 16, new AttributeScan(local), 1);
  const context = {
    ...FOUR_OCTET,
    fourOctetAs: (attributeClass & AttributeClass.twoOctetAs) === 0,
  };
  const bytes = Uint8Array.from(attributeBytes(set, true, context));
  const id = table.intern(bytes, 0, bytes.length, attributeClass, 0);
  return refusalOfSet(policy, table.arena, id);
}

const { internal: INTERNAL, twoOctetAs: TWO_OCTET } = AttributeClass;
/** 70000. */
const AS4_PATH = [0xc0, 17, 6, 2, 1, 0, 1, 0x11, 0x70];

const ROWS: readonly [
  title: string,
  SetSpec,
  from: number,
  down?: string | undefined,
  edge?: string,
][] = [
  ['a plain route goes to both', { path: [7] }, 0],
  ['our own, from inside: its path is empty', { path: [] }, INTERNAL, undefined, 'from-internal'],
  [
    'RFC 4271 §9.2: from inside, not to inside',
    { path: [7] },
    INTERNAL,
    undefined,
    'from-internal',
  ],
  [
    'RFC 1997: NO_ADVERTISE goes nowhere',
    { path: [7], communities: [5, 0xffffff02] },
    0,
    'no-advertise',
    'no-advertise',
  ],
  ['RFC 1997: NO_EXPORT stays inside', { path: [7], communities: [0xffffff01] }, 0, 'no-export'],
  [
    'RFC 1997: NO_EXPORT_SUBCONFED stays inside',
    { path: [7], communities: [5, 0xffffff03] },
    0,
    'no-export',
  ],
  ['other communities hold nothing back', { path: [7], communities: [0xffff029b] }, 0],
  [
    'RFC 7999 §3.2: BLACKHOLE stays inside',
    { path: [7], communities: [5, 0xffff029a] },
    0,
    'blackhole',
  ],
  ['RFC 3765: NOPEER means peers alone', { path: [7], communities: [0xffffff04] }, 0],
  ['RFC 9774 §3: an AS_SET goes nowhere', { path: [7, [8, 9]] }, 0, 'as-set', 'as-set'],
  ['the receiver is in the path', { path: [7, 64999, 8] }, 0, 'receiver-in-path'],
  ['the receiver is in a two-octet path', { path: [7, 64999] }, TWO_OCTET, 'receiver-in-path'],
];

for (const [title, set, from, toDown, toEdge] of ROWS) {
  t.test(title, (t) => {
    t.equal(refusal(down, set, from), toDown);
    t.equal(refusal(edge, set, from), toEdge);
    t.end();
  });
}

t.test('RFC 9234 §5: what is only for customers goes to no peer, and to customers', (t) => {
  const marked = AttributeClass.onlyToCustomer;
  const to = (is: 'provider' | 'peer' | 'rs') =>
    exportPolicy(downstream({ asn: 64999, role: { is, strict: false } }), false);
  for (const [set, from, toPeer] of [
    [{ path: [7] }, 0, undefined],
    [{ path: [7], otc: 7 }, 0, 'only-to-customer'],
    [{ path: [7] }, marked, 'only-to-customer'],
    [{ path: [7], otc: 7 }, INTERNAL, 'only-to-customer'],
  ] as const) {
    t.equal(refusal(to('peer'), set, from), toPeer);
    t.equal(refusal(to('provider'), set, from), undefined);
    t.equal(refusal(to('rs'), set, from), undefined);
  }
  t.equal(refusal(edge, { path: [7] }, marked), undefined, 'inside of our AS it goes on');
  t.end();
});

t.test('RFC 3765: what has NOPEER goes to no peer', (t) => {
  const set = { path: [7], communities: [5, 0xffffff04] };
  const to = (is: 'provider' | 'peer') =>
    refusal(exportPolicy(downstream({ asn: 64999, role: { is, strict: false } }), false), set);
  t.same([to('peer'), to('provider')], ['nopeer', undefined]);
  t.end();
});

t.test('RFC 9774 §3: so does an AS_CONFED_SET', (t) => {
  const raw = [0x40, 2, 10, 4, 2, 0, 0, 0xfb, 0xf0, 0, 0, 0xfb, 0xf1];
  const set = { raw };
  t.equal(refusal(edge, set, 0), 'as-set');
  t.end();
});

t.test('RFC 6793: a receiver with a large number is looked for in AS4_PATH too', (t) => {
  const set = { path: [7, 23456], raw: AS4_PATH };
  t.equal(refusal(LARGE, set, TWO_OCTET), 'receiver-in-path');
  t.equal(refusal(down, set, TWO_OCTET), undefined);
  t.end();
});

t.test('what is exported: everything, the default route alone, or nothing learned', (t) => {
  const lengths = (mode: 'all' | 'default' | 'own') =>
    [0, 24].map((length) =>
      refusalOfLength(exportPolicy(downstream({ export: mode }), false), length),
    );
  t.same(lengths('all'), [undefined, undefined]);
  t.same(lengths('default'), [undefined, 'not-default']);
  t.same(lengths('own'), ['export-own', 'export-own']);
  t.equal(refusalOfLength(edge, 24), undefined, 'an internal neighbour gets everything');
  t.end();
});

t.test('no value is an upstream and a receiver, and every refusal has words', (t) => {
  t.same([upstreamIsReceiver, upstreamHasOutlet], [false, false]);
  t.ok(Object.values(EXPORT_REFUSAL_TEXTS).every((text) => text.length > 20));
  t.end();
});
