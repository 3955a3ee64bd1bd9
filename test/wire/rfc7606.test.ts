/**
 * RFC 7606 as tables: each attribute, each fault, what becomes of the UPDATE, and what the
 * neighbour is told where the session ends over it. The octets are written by hand.
 */

import t from 'tap';
import { faultText, Verdict, verdictWord } from '../../src/wire/update.ts';
import { message, octets } from '../support/octets.ts';
import {
  attribute,
  GOOD,
  PREFIX,
  SESSION,
  update,
  verdictOf,
  viewOf,
} from '../support/updateBytes.ts';

const { origin, asPath, nextHop, mpReach, mpUnreach } = GOOD;
const basic = [origin, asPath, nextHop];
const med = attribute(0x80, 4, '00000064');

/** Words that stand for octets in the tables. */
const WORDS: Readonly<Record<string, string>> = {
  GLOBAL: '20010db8000000000000000000000001',
  LINK_LOCAL: 'fe800000000000000000000000000001',
  UNSPECIFIED: '00'.repeat(16),
  MULTICAST: `ff02${'00'.repeat(14)}`,
  x13: '00'.repeat(12), // after the first
  x19: '00'.repeat(18),
};

function hexOf(text: string): string {
  return text.replace(/[A-Za-z_]+\d*/g, (word) => WORDS[word] ?? word);
}

const VERDICTS: Readonly<Record<string, string>> = {
  ok: 'ok',
  discard: 'attribute-discard',
  withdraw: 'treat-as-withdraw',
  reset: 'session-reset',
};

/** The cells of each row. */
function rowsOf(table: string): string[][] {
  const lines = table.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => line.split('|').map((cell) => cell.trim()));
}

/**
 * One attribute is wrong, or just not wrong, beside the good ones, and a prefix is announced. The
 * attribute is flags, type code and value; its length is filled in. The last column is what RFC
 * 4271 §6.3 says of the fault: code, subcode, and whether the attribute is sent back.
 */
const MATRIX = `
  §7.1          | ORIGIN of no octets                        | external | 40 01                                             | withdraw | 3/5 attribute
  §7.1          | ORIGIN of two octets                       | external | 40 01 0000                                        | withdraw | 3/5 attribute
  §7.1          | ORIGIN 3                                   | external | 40 01 03                                          | withdraw | 3/6 attribute
  §3(c)         | ORIGIN marked optional                     | external | c0 01 00                                          | withdraw | 3/4 attribute
  §3(c)         | ORIGIN marked non-transitive               | external | 00 01 00                                          | withdraw | 3/4 attribute
  §3(c)         | ORIGIN marked partial is no conflict       | external | 60 01 00                                          | ok       |
  RFC 4271 §4.3 | low flag bits are ignored                  | external | 4f 01 00                                          | ok       |
  RFC 4271 §4.3 | a short extended length                    | external | 50 01 00                                          | ok       |

  §4            | an empty AS_PATH                           | external | 40 02                                             | ok       |
  §3(c)         | AS_PATH marked optional                    | external | c0 02 0201 0000fbf0                               | withdraw | 3/4 attribute
  §7.2          | AS_PATH segment of type 5                  | external | 40 02 0501 0000fbf0                               | withdraw | 3/11
  §7.2          | AS_PATH segment of type 0                  | external | 40 02 0001 0000fbf0                               | withdraw | 3/11
  §7.2          | AS_PATH segment overruns                   | external | 40 02 0202 0000fbf0                               | withdraw | 3/11
  §7.2          | AS_PATH segment without AS                 | external | 40 02 0200                                        | withdraw | 3/11
  §7.2          | AS_PATH underruns                          | external | 40 02 0201 0000fbf0 02                            | withdraw | 3/11
  RFC 7607      | AS_PATH with AS 0                          | external | 40 02 0201 00000000                               | withdraw | 3/11
  RFC 7607      | AS 0 in a set                              | external | 40 02 0102 0000fbf0 00000000                      | withdraw | 3/11
  RFC 5065 §5   | a confederation sequence                   | external | 40 02 0301 0000fde8                               | withdraw | 3/11
  RFC 5065 §5   | a confederation set                        | external | 40 02 0401 0000fde8                               | withdraw | 3/11
  RFC 5065      | a confederation sequence inside            | internal | 40 02 0301 0000fde8                               | ok       |
  RFC 4271      | AS_SET                                     | external | 40 02 0201 0000fbf0 0102 0000fbf1 0000fbf2        | ok       |
  §7.2          | AS_PATH with four octets an AS             | twoOctet | 40 02 0201 0000fbf0                               | withdraw | 3/11
  §7.2          | AS_PATH with two octets an AS              | external | 40 02 0201 fbf0                                   | withdraw | 3/11

  §7.3          | NEXT_HOP of no octets                      | external | 40 03                                             | withdraw | 3/5 attribute
  §7.3          | NEXT_HOP of 16 octets                      | external | 40 03 GLOBAL                                      | withdraw | 3/5 attribute
  §3(c)         | NEXT_HOP marked optional                   | external | c0 03 c6336401                                    | withdraw | 3/4 attribute
  §3(e)         | NEXT_HOP 0.0.0.0                           | external | 40 03 00000000                                    | withdraw | 3/8 attribute
  §3(e)         | NEXT_HOP 224.0.0.1                         | external | 40 03 e0000001                                    | withdraw | 3/8 attribute
  §3(e)         | NEXT_HOP 255.255.255.255                   | external | 40 03 ffffffff                                    | withdraw | 3/8 attribute

  §7.4          | MULTI_EXIT_DISC of no octets               | external | 80 04                                             | withdraw | 3/5 attribute
  §7.4          | MULTI_EXIT_DISC of five octets             | external | 80 04 0000000000                                  | withdraw | 3/5 attribute
  §3(c)         | MULTI_EXIT_DISC marked transitive          | external | c0 04 00000064                                    | withdraw | 3/4 attribute

  §7.5          | LOCAL_PREF from outside                    | external | 40 05 00000064                                    | discard  | 3/9 attribute
  §7.5          | malformed LOCAL_PREF from outside          | external | 40 05 64                                          | discard  | 3/9 attribute
  §7.5          | LOCAL_PREF from inside                     | internal | 40 05 00000064                                    | ok       |
  §7.5          | LOCAL_PREF of one octet from inside        | internal | 40 05 64                                          | withdraw | 3/5 attribute
  §3(c)         | LOCAL_PREF marked optional                 | internal | c0 05 00000064                                    | withdraw | 3/4 attribute
  §3(h)         | LOCAL_PREF marked optional, from outside   | external | c0 05 00000064                                    | withdraw | 3/4 attribute

  §7.6          | ATOMIC_AGGREGATE with a value              | external | 40 06 00                                          | discard  | 3/5 attribute
  §3(c)         | ATOMIC_AGGREGATE marked optional           | external | c0 06                                             | withdraw | 3/4 attribute
  §4            | ATOMIC_AGGREGATE                           | external | 40 06                                             | ok       |

  §7.7          | AGGREGATOR of six octets                   | external | c0 07 fbf0 c0000201                               | discard  | 3/5 attribute
  §7.7          | AGGREGATOR of six octets                   | twoOctet | c0 07 fbf0 c0000201                               | ok       |
  §7.7          | AGGREGATOR of eight octets                 | twoOctet | c0 07 0000fbf0 c0000201                           | discard  | 3/5 attribute
  §7.7          | AGGREGATOR of no octets                    | external | c0 07                                             | discard  | 3/5 attribute
  RFC 7607      | AGGREGATOR AS 0                            | external | c0 07 00000000 c0000201                           | discard  | 3/9 attribute
  §3(c)         | AGGREGATOR marked non-transitive           | external | 80 07 0000fbf0 c0000201                           | withdraw | 3/4 attribute

  §7.8          | COMMUNITIES of no octets                   | external | c0 08                                             | withdraw | 3/5 attribute
  §7.8          | COMMUNITIES of five octets                 | external | c0 08 fbf0006400                                  | withdraw | 3/5 attribute
  §3(c)         | COMMUNITIES marked well-known              | external | 40 08 fbf00064                                    | withdraw | 3/4 attribute
  §7.8          | COMMUNITIES marked partial                 | external | e0 08 fbf00064                                    | ok       |

  §7.9          | ORIGINATOR_ID from outside                 | external | 80 09 c0000201                                    | discard  | 3/9 attribute
  §7.9          | ORIGINATOR_ID of three octets from inside  | internal | 80 09 c00002                                      | withdraw | 3/5 attribute
  §7.9          | ORIGINATOR_ID from inside                  | internal | 80 09 c0000201                                    | ok       |

  §7.10         | CLUSTER_LIST from outside                  | external | 80 0a c0000201                                    | discard  | 3/9 attribute
  §7.10         | CLUSTER_LIST of no octets from inside      | internal | 80 0a                                             | withdraw | 3/5 attribute
  §7.10         | CLUSTER_LIST of six octets from inside     | internal | 80 0a c0000201c000                                | withdraw | 3/5 attribute

  §5.3          | MP_REACH_NLRI of four octets               | external | 80 0e 0002 01 00                                  | reset    | 3/9 attribute
  §5.3          | MP_REACH_NLRI marked transitive            | external | c0 0e 0002 01 10 GLOBAL 00                        | reset    | 3/9 attribute
  §7.11         | MP_REACH_NLRI with a next hop of 4         | external | 80 0e 0002 01 04 c6336401 00                      | reset    | 3/9 attribute
  §7.11         | MP_REACH_NLRI with a next hop of 24        | external | 80 0e 0002 01 18 GLOBAL 000000000000000000        | reset    | 3/9 attribute
  §7.11         | MP_REACH_NLRI next hop runs over           | external | 80 0e 0002 01 20 GLOBAL 00                        | reset    | 3/9 attribute
  §7.11         | next hop of an unknown family runs over    | external | 80 0e 4004 47 ff 00                               | reset    | 3/9 attribute
  RFC 2545      | global and link-local next hop             | external | 80 0e 0002 01 20 GLOBAL LINK_LOCAL 00 20 20010db8 | ok       |
  RFC 2545      | :: and a link-local next hop               | external | 80 0e 0002 01 20 UNSPECIFIED LINK_LOCAL 00 20 20010db8 | ok  |
  RFC 4760 §3   | a reserved octet that is not 0             | external | 80 0e 0002 01 10 GLOBAL 07 20 20010db8            | ok       |
  §5.3          | MP_REACH_NLRI prefix of 129 bits           | external | 80 0e 0002 01 10 GLOBAL 00 81 GLOBAL 00           | reset    | 3/9 attribute
  §5.3          | MP_REACH_NLRI prefix overruns              | external | 80 0e 0002 01 10 GLOBAL 00 30 20010d              | reset    | 3/9 attribute
  §7            | MP_REACH_NLRI next hop ::                  | external | 80 0e 0002 01 10 UNSPECIFIED 00 20 20010db8       | withdraw |
  §7            | MP_REACH_NLRI next hop is multicast        | external | 80 0e 0002 01 10 MULTICAST 00 20 20010db8         | withdraw |
  RFC 4760      | MP_REACH_NLRI of a family not spoken       | external | 80 0e 0019 46 04 c6336401 00 ffffff               | ok       |
  RFC 4760      | ipv4 unicast in MP_REACH_NLRI              | external | 80 0e 0001 01 04 c6336401 00 18 cb0071            | ok       |

  RFC 8950 §3   | an IPv4 route with an IPv6 next hop        | nextHops | 80 0e 0001 01 10 GLOBAL 00 18 cb0071              | ok       |
  RFC 8950 §3   | the same with a link-local one beside      | nextHops | 80 0e 0001 01 20 GLOBAL LINK_LOCAL 00 18 cb0071   | ok       |
  RFC 8950 §3   | an IPv4 route with an IPv4 next hop        | nextHops | 80 0e 0001 01 04 c6336401 00 18 cb0071            | ok       |
  RFC 8950 §3   | a next hop of 24 octets is for VPNs alone  | nextHops | 80 0e 0001 01 18 GLOBAL 0000000000000000 00 18 cb0071 | reset    | 3/9 attribute
  RFC 8950 §3   | the next hop :: of an IPv4 route           | nextHops | 80 0e 0001 01 10 UNSPECIFIED 00 18 cb0071         | withdraw |
  §7.11         | the same where it was not negotiated       | external | 80 0e 0001 01 10 GLOBAL 00 18 cb0071              | reset    | 3/9 attribute
  §5.3          | MP_UNREACH_NLRI of two octets              | external | 80 0f 0002                                        | reset    | 3/9 attribute
  §5.3          | MP_UNREACH_NLRI marked well-known          | external | 40 0f 0002 01                                     | reset    | 3/9 attribute
  §5.3          | MP_UNREACH_NLRI prefix of 129 bits         | external | 80 0f 0002 01 81 GLOBAL 00                        | reset    | 3/9 attribute
  §5.3          | MP_UNREACH_NLRI ipv4 prefix of 33 bits     | external | 80 0f 0001 01 21 cb00710000                       | reset    | 3/9 attribute
  §5.3          | MP_UNREACH_NLRI prefix overruns            | external | 80 0f 0002 01 30 20                               | reset    | 3/9 attribute

  §7.14         | EXTENDED_COMMUNITIES of no octets          | external | c0 10                                             | withdraw | 3/5 attribute
  §7.14         | EXTENDED_COMMUNITIES of nine octets        | external | c0 10 0002fbf00000006400                          | withdraw | 3/5 attribute

  §7.15         | IPV6_EXTENDED_COMMUNITIES of 19 octets     | external | c0 19 00 x19                                      | withdraw | 3/5 attribute

  RFC 8092 §6   | LARGE_COMMUNITIES of no octets             | external | c0 20                                             | withdraw | 3/5 attribute
  RFC 8092 §6   | LARGE_COMMUNITIES of 13 octets             | external | c0 20 00 x13                                      | withdraw | 3/5 attribute

  RFC 9234 §5   | ONLY_TO_CUSTOMER of two octets             | external | c0 23 fbf0                                        | withdraw | 3/5 attribute
  §3(c)         | ONLY_TO_CUSTOMER marked non-transitive     | external | 80 23 0000fbf0                                    | withdraw | 3/4 attribute

  RFC 6793 §4.1 | AS4_PATH on a four-octet session           | external | c0 11 0201 00010000                               | discard  | 3/9 attribute

  RFC 6793 §4.1 | AS4_AGGREGATOR on a four-octet session     | external | c0 12 00010000 c0000201                           | discard  | 3/9 attribute

  RFC 6793      | AS4_PATH                                   | twoOctet | c0 11 0201 00010000                               | ok       |
  RFC 6793 §6   | AS4_PATH of no octets                      | twoOctet | c0 11                                             | discard  | 3/5 attribute
  RFC 6793 §6   | AS4_PATH without AS                        | twoOctet | c0 11 0200 0200 0200                              | discard  | 3/11
  RFC 6793 §6   | AS4_PATH segment overruns                  | twoOctet | c0 11 0202 00010000                               | discard  | 3/11
  RFC 6793 §6   | AS4_PATH segment of type 9                 | twoOctet | c0 11 0901 00010000                               | discard  | 3/11
  RFC 7607      | AS4_PATH with AS 0                         | twoOctet | c0 11 0201 00000000                               | discard  | 3/11

  RFC 6793 §6   | AS4_AGGREGATOR of six octets               | twoOctet | c0 12 0001 c0000201                               | discard  | 3/5 attribute
  RFC 7607      | AS4_AGGREGATOR AS 0                        | twoOctet | c0 12 00000000 c0000201                           | discard  | 3/9 attribute

  §3(c)         | AS4_PATH marked well-known                 | twoOctet | 40 11 0201 00010000                               | withdraw | 3/4 attribute

  RFC 4271 §6.3 | an unknown attribute marked well-known     | external | 40 63 beef                                        | reset    | 3/2 attribute
  RFC 4271 §5   | an unknown optional attribute              | external | c0 63 beef                                        | ok       |
  RFC 4271 §5   | an unknown optional attribute of no octets | external | 80 63                                             | ok       |
`;

function sessionOf(name = ''): (typeof SESSION)[keyof typeof SESSION] {
  if (name === 'external' || name === 'internal' || name === 'twoOctet') return SESSION[name];
  if (name === 'nextHops') return SESSION[name];
  throw new Error(`no session is called ${name}`);
}

function attributeOf(cell = ''): Uint8Array {
  const [flags = '', code = '', ...value] = cell.split(' ');
  const hex = hexOf(value.join(' '));
  return attribute(Number.parseInt(flags, 16), Number.parseInt(code, 16), hex);
}

/** The good attributes with `bad` in the place of its namesake. */
function around(bad: Uint8Array, fourOctetAs: boolean): Uint8Array[] {
  const good = [origin, fourOctetAs ? asPath : GOOD.asPathTwoOctet, nextHop];
  return [...good.filter((other) => other[1] !== bad[1]), bad];
}

for (const [section, title, session, cell, verdict, rfc4271 = ''] of rowsOf(MATRIX)) {
  const context = sessionOf(session);
  const bad = attributeOf(cell);
  const attributes = around(bad, context.fourOctetAs);
  const [error, sentBack] = rfc4271.split(' ');
  const data = sentBack ? [...bad] : [];

  t.test(`${section}: ${title} (${session}): ${verdict}`, (t) => {
    const view = viewOf(update({ attributes, nlri: PREFIX }), context);
    t.equal(verdictWord(view.verdict), VERDICTS[verdict ?? '']);
    if (view.verdict === Verdict.sessionReset) {
      t.equal(verdictOf(view), `session-reset ${error}`);
      t.same([...view.error().data], data);
    } else {
      t.equal(view.has(bad[1]!), verdict !== 'discard', 'what is discarded is gone, and only that');
    }
    t.end();
  });

  if (verdict !== 'withdraw' || !error) continue;
  t.test(`§5.2: ${title} (${session}) and no route announced: session reset ${error}`, (t) => {
    const view = viewOf(update({ attributes, withdrawn: PREFIX }), context);
    t.equal(verdictOf(view), `session-reset ${error}`);
    t.same([...view.error().data], data);
    t.match(faultText(view), /announces no route/);
    t.end();
  });
}

/**
 * Whole UPDATEs: withdrawn routes, attributes by name or in hexadecimal, NLRI; then the verdict or
 * the error that resets the session, and the data that is sent back.
 */
const STRUCTURE = `
  §3(i)         | a withdrawn prefix of 33 bits                | 21cb00710000 |                                   |              | 3/10
  §3(i)         | a withdrawn prefix overruns                  | 18cb00       |                                   |              | 3/10
  §5.3          | an announced prefix of 33 bits               |              | origin path hop                   | 21cb00710000 | 3/10
  §5.3          | an announced prefix overruns                 |              | origin path hop                   | 18cb00       | 3/10
  §3(d)         | ORIGIN is missing                            |              | path hop                          | 18cb0071     | withdraw
  §3(d)         | AS_PATH is missing                           |              | origin hop                        | 18cb0071     | withdraw
  §3(d)         | NEXT_HOP is missing                          |              | origin path                       | 18cb0071     | withdraw
  §3(d)         | all are missing                              |              |                                   | 18cb0071     | withdraw
  §3(d)         | ORIGIN is missing beside MP_REACH_NLRI       |              | reach path                        |              | withdraw
  §3(d)         | AS_PATH is missing beside MP_REACH_NLRI      |              | reach origin                      |              | withdraw
  RFC 4760 §3   | MP_REACH_NLRI needs no NEXT_HOP              |              | reach origin path                 |              | ok
  §3(d)         | NLRI beside MP_REACH_NLRI does               |              | reach origin path                 | 18cb0071     | withdraw
  RFC 4760 §3   | NEXT_HOP beside MP_REACH_NLRI is ignored     |              | reach origin path 40030100        |              | ok
  RFC 4271 §4.3 | withdrawals need no attributes               | 18cb0071     |                                   |              | ok
  RFC 4760 §4   | MP_UNREACH_NLRI needs no attributes          |              | unreach                           |              | ok
  RFC 4271      | attributes without routes                    |              | origin path hop                   |              | ok
  §5.1          | everything at once, in odd places            | 18cb0071     | origin path hop med unreach reach | 18c63364     | ok
  §3(g)         | MP_REACH_NLRI twice                          |              | reach origin path reach           |              | 3/1
  §3(g)         | MP_UNREACH_NLRI twice                        |              | unreach unreach                   |              | 3/1
  §3(g)         | ORIGIN twice                                 |              | origin path hop origin            | 18cb0071     | discard
  §3(g)         | the second ORIGIN is not looked at           |              | origin path hop c0010109          | 18cb0071     | discard
  §3(g)         | the first ORIGIN is                          |              | 40010109 origin path hop          | 18cb0071     | withdraw
  §3(g)         | an unknown attribute twice                   |              | origin path hop unknown unknown   | 18cb0071     | discard
  §4            | the last attribute overruns                  |              | origin path hop 8004040000        | 18cb0071     | withdraw
  §4            | an extended length overruns                  |              | origin path hop d063ffff00        | 18cb0071     | withdraw
  §4            | one octet is left                            |              | origin path hop 80                | 18cb0071     | withdraw
  §4            | two octets are left                          |              | origin path hop 8004              | 18cb0071     | withdraw
  §4            | three octets are left of an extended header  |              | origin path hop 900400            | 18cb0071     | withdraw
  §4            | the fault is after MP_REACH_NLRI             |              | reach origin path 8004            |              | withdraw
  §3(j)         | MP_REACH_NLRI overruns                       |              | origin path hop 800e40000201      | 18cb0071     | 3/5      | 800e40000201
  §3(j)         | MP_UNREACH_NLRI overruns                     |              | 800f04000201                      |              | 3/5      | 800f04000201
  §3(j)         | the header of MP_REACH_NLRI is cut           |              | origin path hop 800e              | 18cb0071     | 3/1
  §5.2          | an overrun and nothing announced             |              | origin path hop 8004040000        |              | 3/5      | 8004040000
  §5.2          | a fragment after MP_UNREACH_NLRI             |              | unreach 40                        |              | 3/1
  §5.2          | discarding asks for no routes                |              | origin path hop 40060100          |              | discard
  §5.2          | MP_REACH_NLRI without NLRI announces nothing |              | bare 40010109 path                |              | 3/6      | 40010109
  §3(h)         | discard and withdraw                         |              | origin path hop 40060100 800400   | 18cb0071     | withdraw
  §3(h)         | withdraw and discard                         |              | origin path 400300 40060100       | 18cb0071     | withdraw
  §3(h)         | withdraw and reset                           |              | 40010109 path hop                 | 21cb00710000 | 3/10
`;

const NAMED: Readonly<Record<string, Uint8Array>> = {
  origin,
  path: asPath,
  hop: nextHop,
  reach: mpReach,
  bare: attribute(0x80, 14, `0002 01 10 ${WORDS.GLOBAL} 00`), // an MP_REACH_NLRI without prefixes
  unreach: mpUnreach,
  med,
  unknown: attribute(0xc0, 99, 'beef'),
};

for (const row of rowsOf(STRUCTURE)) {
  const [section, title, withdrawn = '', cell = '', nlri = '', verdict = '', data = ''] = row;
  t.test(`${section}: ${title}: ${verdict}`, (t) => {
    const words = cell.split(' ').filter((word) => word !== '');
    const attributes = words.map((word) => NAMED[word] ?? octets(word));
    const view = viewOf(update({ withdrawn, attributes, nlri }));
    t.equal(verdictOf(view), VERDICTS[verdict] ?? `session-reset ${verdict}`);
    if (view.verdict === Verdict.sessionReset) t.same(view.error().data, octets(data));
    t.end();
  });
}

/** What stands behind the header. */
const SECTIONS = [
  ['Withdrawn Routes Length exceeds the message', '0009 18cb0071 0000'],
  ['Withdrawn Routes Length leaves no room for the other one', '0004 18cb0071'],
  ['Total Path Attribute Length exceeds the message', '0000 0005 40010100'],
] as const;

for (const [title, body] of SECTIONS) {
  t.test(`§3(b): ${title}: session reset 3/1`, (t) => {
    const view = viewOf(message(2, body));
    t.equal(verdictOf(view), 'session-reset 3/1');
    t.equal(view.error().data.length, 0);
    t.match(faultText(view), /lengths .* exceed the message/);
    t.end();
  });
}

t.test('RFC 4271 §6.3: what is missing is named by its type code', (t) => {
  const view = viewOf(update({ attributes: [asPath, nextHop], nlri: PREFIX }));
  t.equal(faultText(view), 'ORIGIN is missing');
  t.equal(view.error().subcode, 3);
  t.same([...view.error().data], [1]);
  t.end();
});

t.test('RFC 6793 §6: confederation segments in AS4_PATH are a fault, but AS4_PATH stays', (t) => {
  const as4Path = attribute(0xc0, 17, '0301 0000fde9 0201 00010000');
  const attributes = [origin, GOOD.asPathTwoOctet, nextHop, as4Path];
  const view = viewOf(update({ attributes, nlri: PREFIX }), SESSION.twoOctet);
  t.equal(verdictOf(view), 'attribute-discard');
  t.equal(faultText(view), 'AS4_PATH has confederation segments, which are left out');
  t.ok(view.has(17));
  t.end();
});

t.test('§3(h): the first of the strongest faults is the one that is told', (t) => {
  const bad = [attribute(0x40, 1, '07'), asPath, nextHop, attribute(0x80, 4, '')];
  const view = viewOf(update({ attributes: bad, nlri: PREFIX }));
  t.equal(faultText(view), 'ORIGIN has an undefined value');
  t.end();
});

t.test(
  'RFC 4271 §4.5: the data of an attribute in an extended message is cut to what fits',
  (t) => {
    const long = attribute(0x50, 99, 'aa'.repeat(5000));
    const view = viewOf(update({ attributes: [...basic, long], nlri: PREFIX }));
    const { data } = view.error();
    t.equal(data.length, 4096 - 21);
    t.same(data, long.slice(0, data.length));
    t.end();
  },
);
