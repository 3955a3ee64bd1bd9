/** A table of the benches as octets for a socket: all of it announced, and all of it withdrawn. */

import { readFileSync } from 'node:fs';
import { visitNlri } from '../../bench/feeder/messages.ts';
import { synthetic } from '../../bench/table/store.ts';
import { update } from './octets.ts';

const NEXT_HOPS = [
  { ipv4: '198.51.100.1', ipv6: '2001:db8:1::1' },
  { ipv4: '198.51.100.2', ipv6: '2001:db8:1::2' },
] as const;
/** Of the prefixes of real tables. */
const IPV6_PART = 6;
const PREFIXES_A_SET = 7;
/** Where withdrawn routes begin. */
const WITHDRAWN = 21;
const NONE = new Uint8Array(0);

export interface SentTable {
  readonly asn: number;
  readonly prefixes: number;
  readonly announced: Buffer;
  readonly withdrawn: Buffer;
}

/** `which`: that of the steady neighbour, or that of another one with its own paths to the same. */
export function tableOf(prefixes: number, which: 0 | 1): SentTable {
  const ipv6 = Math.floor(prefixes / IPV6_PART);
  const size = { ipv4: prefixes - ipv6, ipv6, sets: Math.ceil(prefixes / PREFIXES_A_SET) };
  const table = synthetic(size, NEXT_HOPS).tables[which]!;
  const announced = readFileSync(table.file);
  return { asn: table.peerAs, prefixes, announced, withdrawn: withdrawals(announced) };
}

/** An UPDATE that withdraws for each that announces. */
function withdrawals(announced: Buffer): Buffer {
  const out: Buffer[] = [];
  for (let at = 0; at < announced.length; at += announced.readUInt16BE(at + 16)) {
    visitNlri(announced, at, (change, from, to) => {
      if (change !== 'announced' || from === to) return;
      const nlri = announced.subarray(from, to);
      const encode = familyAt(announced.subarray(at), from - at) === 'ipv4' ? ipv4 : ipv6;
      out.push(encode(nlri));
    });
  }
  return Buffer.concat(out);
}

/** Of the prefixes that begin at `at` of the UPDATE: not in an attribute is IPv4. */
export function familyAt(update: Buffer, at: number): 'ipv4' | 'ipv6' {
  const attributes = WITHDRAWN + update.readUInt16BE(WITHDRAWN - 2) + 2;
  const end = attributes + update.readUInt16BE(attributes - 2);
  return at >= attributes && at < end ? 'ipv6' : 'ipv4';
}

function ipv4(nlri: Uint8Array): Buffer {
  return update(NONE, NONE, nlri);
}

/** RFC 4760 §4. */
function ipv6(nlri: Uint8Array): Buffer {
  const head = Buffer.from([0x90, 15, 0, 0, 0, 2, 1]);
  head.writeUInt16BE(3 + nlri.length, 2);
  return update(Buffer.concat([head, nlri]), NONE);
}
