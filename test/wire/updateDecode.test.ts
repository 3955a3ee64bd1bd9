import fc from 'fast-check';
import t from 'tap';
import { encodePathAttributes } from '../../src/wire/attributeEncode.ts';
import type { CodecContext } from '../../src/wire/context.ts';
import { encodePrefixes } from '../../src/wire/nlri.ts';
import { UpdateView, Verdict } from '../../src/wire/update.ts';
import { decodeUpdate } from '../../src/wire/updateDecode.ts';
import { packUpdates } from '../../src/wire/updateEncode.ts';
import { concat, decodeInside, message, octets } from '../support/octets.ts';
import { prefix } from '../support/routes.ts';
import * as arbitrary from '../support/updateArbitraries.ts';
import {
  attribute,
  GOOD,
  PREFIX,
  SESSION,
  update,
  verdictOf,
  viewOf,
} from '../support/updateBytes.ts';
import { mutated } from '../support/wireArbitraries.ts';

const UPDATE = message(
  2,
  `0004 18 cb0071                     # withdrawn: 203.0.113.0/24
   004c                               # path attributes: 76 octets
     80 0e 1c 0002 01                 # MP_REACH_NLRI, ipv6 unicast
       10 20010db8000000000000000000000001 00
       30 20010db80113                # 2001:db8:113::/48
     40 01 01 00                      # ORIGIN igp
     50 02 0006 02 01 0000fbf0        # AS_PATH 64496, extended length
     40 03 04 c6336401                # NEXT_HOP 198.51.100.1
     80 0f 09 0002 01 28 20010db801   # MP_UNREACH_NLRI: 2001:db8:100::/40
     c0 08 04 fbf00064                # COMMUNITIES 64496:100
     e0 63 02 beef                    # unknown, optional transitive partial
   10 c633                            # NLRI: 198.51.0.0/16
  `,
);

t.test('RFC 4271 §4.3: every part is found where it stands', (t) => {
  const view = viewOf(UPDATE);
  const at = (hex: string) => Buffer.from(UPDATE).indexOf(octets(hex));
  t.equal(verdictOf(view), 'ok');
  t.match(view, {
    withdrawnStart: 21,
    withdrawnEnd: 25,
    attributesStart: 27,
    attributesEnd: 27 + 0x4c,
    nlriStart: 27 + 0x4c,
    nlriEnd: UPDATE.length,
    nextHopStart: at('c6336401'),
    nextHopLength: 4,
    mpReachStart: 27,
    mpReachEnd: 27 + 3 + 0x1c,
    mpReachAfi: 2,
    mpReachSafi: 1,
    mpReachNextHopStart: at('20010db800'),
    mpReachNextHopLength: 16,
    mpReachNlriStart: at('30 20010db80113'),
    mpReachNlriEnd: at('40 01 01'),
    mpUnreachStart: at('80 0f'),
    mpUnreachEnd: at('c0 08'),
    mpUnreachAfi: 2,
    mpUnreachSafi: 1,
    mpUnreachNlriStart: at('28 20010db801'),
    mpUnreachNlriEnd: at('c0 08'),
    endOfRib: undefined,
  });
  t.equal(view.attributeStart(2), at('50 02'));
  t.equal(view.valueStart(2), at('02 01 0000fbf0'));
  t.equal(view.attributeEnd(2), at('40 03'));
  const present = Array.from({ length: 256 }, (_, code) => code).filter((code) => view.has(code));
  t.same(present, [1, 2, 3, 8, 14, 15, 99]);
  t.end();
});

const END_OF_RIB: readonly [title: string, Uint8Array, 'ipv4' | 'ipv6' | undefined][] = [
  ['an empty UPDATE', update({}), 'ipv4'],
  ['an empty MP_UNREACH_NLRI', update({ attributes: [attribute(0x80, 15, '0002 01')] }), 'ipv6'],
  ['the same for ipv4', update({ attributes: [attribute(0x80, 15, '0001 01')] }), 'ipv4'],
  ['with an extended length', update({ attributes: [attribute(0x90, 15, '0002 01')] }), 'ipv6'],
  ['a family not spoken', update({ attributes: [attribute(0x80, 15, '0019 46')] }), undefined],
  ['with a withdrawal', update({ attributes: [GOOD.mpUnreach] }), undefined],
  [
    'with another attribute',
    update({ attributes: [attribute(0x80, 15, '0002 01'), GOOD.origin] }),
    undefined,
  ],
  ['attributes alone', update({ attributes: [GOOD.origin] }), undefined],
  ['a classic withdrawal', update({ withdrawn: PREFIX }), undefined],
];

for (const [title, bytes, family] of END_OF_RIB) {
  t.test(`RFC 4724 §2: ${title}: ${family ? `End-of-RIB of ${family}` : 'not End-of-RIB'}`, (t) => {
    const view = viewOf(bytes);
    t.equal(view.endOfRib, family);
    t.equal(verdictOf(view), 'ok');
    t.end();
  });
}

t.test('RFC 7911 §3: path identifiers belong to the NLRI of their family only', (t) => {
  const attributes = [GOOD.origin, GOOD.asPath, GOOD.nextHop];
  const bytes = update({ attributes, nlri: `00000007 ${PREFIX}` });
  t.equal(verdictOf(viewOf(bytes, SESSION.addPath)), 'ok');
  const plain = update({ attributes, nlri: PREFIX });
  t.equal(verdictOf(viewOf(plain, SESSION.addPath)), 'session-reset 3/10');
  const ipv6Only = { ...SESSION.external, addPath: { ipv4: false, ipv6: true } };
  t.equal(verdictOf(viewOf(plain, ipv6Only)), 'ok');
  t.end();
});

t.test('RFC 4271 §6.1: what is shorter than any UPDATE is a header error', (t) => {
  t.throws(() => viewOf(message(2, '0000')), { code: 1, subcode: 2, data: octets('0015') });
  t.end();
});

t.test('a view remembers nothing of the UPDATE before', (t) => {
  const used = viewOf(UPDATE);
  viewOf(update({}), SESSION.external, used);
  t.same({ ...used }, { ...viewOf(update({})) });
  for (let code = 0; code < 256; code++) if (used.has(code)) t.fail(`still has ${code}`);
  t.end();
});

/** Reads are counted, whether inside of the message or not. */
function countingReads(bytes: Uint8Array) {
  const count = { reads: 0, outside: 0 };
  const spy = new Proxy(bytes, {
    get(target, key) {
      const index = typeof key === 'string' ? Number(key) : Number.NaN;
      if (Number.isInteger(index)) {
        count.reads++;
        if (index < 0 || index >= target.length) count.outside++;
        return target[index];
      }
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { spy, count };
}

const good = [GOOD.origin, GOOD.asPath, GOOD.nextHop];
const many = (count: number, part: Uint8Array) => Array.from({ length: count }, () => part);
const LARGE: readonly [title: string, Uint8Array][] = [
  [
    '20,000 copies of one attribute',
    update({ attributes: [...good, ...many(20_000, GOOD.origin)] }),
  ],
  [
    '20,000 empty unknown attributes',
    update({ attributes: many(20_000, attribute(0xc0, 99, '')) }),
  ],
  ['60,000 default routes', update({ attributes: good, nlri: '00'.repeat(60_000) })],
  ['60,000 withdrawn default routes', update({ withdrawn: '00'.repeat(60_000) })],
  [
    'a path of 10,000 segments',
    update({ attributes: [attribute(0x50, 2, '0201 0000fbf0'.repeat(10_000))] }),
  ],
  ['15,000 communities', update({ attributes: [attribute(0xd0, 8, 'fbf00064'.repeat(15_000))] })],
  [
    '20,000 prefixes in MP_REACH_NLRI',
    update({
      attributes: [
        attribute(0x90, 14, `0002 01 10 ${'20'.repeat(16)} 00 ${'08 20'.repeat(20_000)}`),
      ],
    }),
  ],
];

for (const [title, bytes] of LARGE) {
  t.test(`${title} are read in a number of steps linear in the message`, (t) => {
    const { spy, count } = countingReads(bytes);
    decodeUpdate(spy, 0, bytes.length, SESSION.external, new UpdateView());
    t.ok(count.reads <= 3 * bytes.length, `${count.reads} reads of ${bytes.length} octets`);
    t.equal(count.outside, 0);
    t.end();
  });
}

/** Everything that a session may act on. */
function outcome(bytes: Uint8Array, start: number, end: number, context: CodecContext) {
  const view = new UpdateView();
  decodeUpdate(bytes, start, end, context, view);
  if (view.verdict === Verdict.sessionReset) {
    const { code, subcode, data, message } = view.error();
    return { code, subcode, data: [...data], message };
  }
  const present = Array.from({ length: 256 }, (_, code) => code).filter((code) => view.has(code));
  return { ...view, attributes: present.map((code) => [code, view.valueStart(code)]) };
}

const sessions = Object.values(SESSION);
const session = fc.oneof(fc.constantFrom<CodecContext>(...sessions), arbitrary.context);

/** UPDATEs as a neighbour might send them, from our own encoder. */
const encoded = fc
  .record({ context: arbitrary.context, family: arbitrary.family })
  .chain(({ context, family }) =>
    fc.record({
      context: fc.constant(context),
      family: fc.constant(family),
      attributes: arbitrary.attributesOf(family, context.internal),
      list: fc.array(arbitrary.routeOf(family, false), { minLength: 1, maxLength: 10 }),
    }),
  )
  .map(({ context, family, attributes, list }) => {
    let first = update({});
    const block = encodePathAttributes(attributes, context);
    const prefixes = encodePrefixes(
      list.map((route) => prefix(route.prefix)),
      context.addPath[family],
    );
    packUpdates(block, attributes.nextHop, family, prefixes, context, (m) => (first = m));
    return first;
  });

t.test('property: no octets make the decoder throw, or depend on what is around them', (t) => {
  const bytes = fc.oneof(
    mutated(encoded.map((whole) => whole.slice(19))),
    mutated(fc.constant(UPDATE.slice(19))),
    fc.uint8Array({ minLength: 4, maxLength: 120 }),
  );
  const body = bytes.map((octets) =>
    octets.length < 4 ? concat(octets, new Uint8Array(4)) : octets,
  );
  fc.assert(
    fc.property(body, session, (body, context) => {
      const decode = (b: Uint8Array, start: number, end: number) => outcome(b, start, end, context);
      const result = decodeInside(decode, message(2, body));
      t.ok('value' in result);
    }),
    { seed: 7606, numRuns: 700 },
  );
  t.end();
});
