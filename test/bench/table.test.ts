/** The tables that the benches feed are what they say: checked with the program's own decoder. */

import t from 'tap';
import { visitNlri } from '../../bench/feeder/messages.ts';
import { nlriOf } from '../../bench/feeder/nlri.ts';
import { drawnPrefixes } from '../../bench/table/prefixes.ts';
import { tableProfile } from '../../bench/table/profile.ts';
import { updates } from '../../bench/table/updates.ts';
import { UpdateView, Verdict } from '../../src/wire/update.ts';
import { decodeUpdate } from '../../src/wire/updateDecode.ts';

const COUNTS = { ipv4: 3000, ipv6: 900 };
const SETS = 400;
const SENDER = {
  peerAs: 3000,
  nextHop: { ipv4: [198, 51, 100, 1], ipv6: [...nlriOf('2001:db8::1/128').subarray(1)] },
};
const CONTEXT = {
  fourOctetAs: true,
  addPath: { ipv4: false, ipv6: false },
  extendedMessages: false,
  extendedNextHop: false,
  internal: false,
};

function table(seed: number): Buffer {
  const profile = tableProfile();
  const lists = drawnPrefixes(COUNTS, profile, seed);
  return Buffer.from(updates(lists, SETS, SENDER, profile, seed));
}

/** Where each message starts. */
function* messages(octets: Buffer): Generator<number> {
  for (let at = 0; at < octets.length; at += octets.readUInt16BE(at + 16)) yield at;
}

t.test('every UPDATE of a drawn table is well-formed', async (t) => {
  const octets = table(7);
  const view = new UpdateView();
  const faulty: string[] = [];
  for (const at of messages(octets)) {
    const end = at + octets.readUInt16BE(at + 16);
    decodeUpdate(octets, at, end, CONTEXT, view);
    if (view.verdict !== Verdict.ok) faulty.push(octets.toString('hex', at, end));
  }
  t.same(faulty, []);
});

t.test('a drawn table has as many different prefixes as asked for, each once', async (t) => {
  const octets = table(7);
  const seen: string[] = [];
  for (const message of messages(octets)) {
    visitNlri(octets, message, (change, from, to) => {
      for (let at = from; at < to; at += 1 + ((octets[at]! + 7) >> 3)) {
        seen.push(`${change} ${octets.toString('hex', at, at + 1 + ((octets[at]! + 7) >> 3))}`);
      }
    });
  }
  t.equal(seen.length, COUNTS.ipv4 + COUNTS.ipv6);
  t.equal(new Set(seen).size, seen.length);
  t.ok(seen.every((one) => one.startsWith('announced')));
});

t.test('the same seed gives the same table, another one another', async (t) => {
  t.ok(table(7).equals(table(7)));
  t.notOk(table(7).equals(table(8)));
});

t.test('prefixes become NLRI (RFC 4271 §4.3)', async (t) => {
  const hex = (prefix: string) => Buffer.from(nlriOf(prefix)).toString('hex');
  t.equal(hex('0.0.0.0/0'), '00');
  t.equal(hex('198.51.100.0/22'), '16c63364');
  t.equal(hex('2001:db8:113::/48'), '3020010db80113');
  t.equal(hex('::/0'), '00');
  t.equal(hex('2001:db8::1/128'), '8020010db8000000000000000000000001');
});
