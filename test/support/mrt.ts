/** Reads the BGP messages of MRT files (RFC 6396 §4.4), plain or compressed. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface MrtMessage {
  /** The speaker of the record had four-octet AS numbers on this session. */
  readonly fourOctetAs: boolean;
  readonly addPath: boolean;
  readonly internal: boolean;
  readonly octets: Uint8Array;
}

const BGP4MP = 16;
const BGP4MP_ET = 17;

/** Subtypes that hold a message: RFC 6396 §4.4.2, §4.4.3 and RFC 8050 §4.1. */
const MESSAGES: Readonly<Record<number, { fourOctetAs: boolean; addPath: boolean }>> = {
  1: { fourOctetAs: false, addPath: false },
  4: { fourOctetAs: true, addPath: false },
  6: { fourOctetAs: false, addPath: false },
  7: { fourOctetAs: true, addPath: false },
  8: { fourOctetAs: false, addPath: true },
  9: { fourOctetAs: true, addPath: true },
};

export function* readMrtMessages(path: string): Generator<MrtMessage> {
  const file = readPlain(path);
  for (let at = 0; at + 12 <= file.length; ) {
    const type = file.readUInt16BE(at + 4);
    const subtype = file.readUInt16BE(at + 6);
    const bodyStart = at + 12;
    const end = bodyStart + file.readUInt32BE(at + 8);
    const kind = MESSAGES[subtype];
    if (kind && type === BGP4MP) yield bgpMessage(file, bodyStart, end, kind);
    // The extended timestamp has four octets of microseconds before the body.
    if (kind && type === BGP4MP_ET) yield bgpMessage(file, bodyStart + 4, end, kind);
    at = end;
  }
}

function bgpMessage(
  file: Buffer,
  at: number,
  end: number,
  kind: { fourOctetAs: boolean; addPath: boolean },
): MrtMessage {
  const asLength = kind.fourOctetAs ? 4 : 2;
  const peerAs = file.readUIntBE(at, asLength);
  const localAs = file.readUIntBE(at + asLength, asLength);
  const afiAt = at + 2 * asLength + 2; // behind the interface index
  const addressLength = file.readUInt16BE(afiAt) === 1 ? 4 : 16;
  const octets = file.subarray(afiAt + 2 + 2 * addressLength, end);
  return { ...kind, internal: peerAs === localAs, octets };
}

function readPlain(path: string): Buffer {
  const file = readFileSync(path);
  if (path.endsWith('.gz')) return gunzipSync(file);
  if (path.endsWith('.bz2')) {
    return execFileSync('bzip2', ['-dc'], { input: file, maxBuffer: 1 << 28 });
  }
  return file;
}
