/**
 * The authentication section behind a BFD Control packet (RFC 5880 §4.2 to §4.4): how one is written,
 * and when one is believed (§6.7). Pure: what hashes is handed in.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +---------------+---------------+---------------+---------------+
 *     |  Auth Type 1  |   Auth Len    |  Auth Key ID  | Password, 1 to|
 *     +---------------+---------------+---------------+     16 octets |
 *     |                              ...                              |
 *     +---------------------------------------------------------------+
 *
 *     +---------------+---------------+---------------+---------------+
 *     | Auth Type 2..5|   Auth Len    |  Auth Key ID  |   Reserved    |
 *     +---------------+---------------+---------------+---------------+
 *     |                        Sequence Number                        |
 *     +---------------------------------------------------------------+
 *     |              Digest, 16 octets (MD5) or 20 (SHA1)             |
 *     +---------------------------------------------------------------+
 */

import type { BfdAuthenticationKind } from '../config/bfdAuthentication.ts';
import type { DiscardReason } from './discard.ts';
import { PACKET_OCTETS } from './packet.ts';

/** Octets, so that it can go to the thread of BFD: nothing may print it. */
export interface AuthenticationKey {
  readonly kind: BfdAuthenticationKind;
  /** 0..255: how both ends call it. */
  readonly id: number;
  /** 1 to `LONGEST_BFD_PASSWORD[kind]` octets. */
  readonly password: Uint8Array;
}

export type HashName = 'md5' | 'sha1';
export type Hash = (name: HashName, octets: Uint8Array) => Uint8Array;

interface Kind {
  /** Auth Type. */
  readonly type: number;
  readonly hash: HashName | undefined;
  /** No two packets have one sequence number. */
  readonly meticulous: boolean;
}

const KINDS: Readonly<Record<BfdAuthenticationKind, Kind>> = {
  simple: { type: 1, hash: undefined, meticulous: false },
  'keyed-md5': { type: 2, hash: 'md5', meticulous: false },
  'meticulous-keyed-md5': { type: 3, hash: 'md5', meticulous: true },
  'keyed-sha1': { type: 4, hash: 'sha1', meticulous: false },
  'meticulous-keyed-sha1': { type: 5, hash: 'sha1', meticulous: true },
};

const DIGEST_OCTETS: Readonly<Record<HashName, number>> = { md5: 16, sha1: 20 };

/** Offsets from the section's start. */
const AT = { type: 0, length: 1, keyId: 2, password: 3, sequence: 4, digest: 8 } as const;

/** Undefined: nothing is hashed. */
export function hashOf({ kind }: AuthenticationKey): HashName | undefined {
  return KINDS[kind].hash;
}

/** What a packet by this key is longer by. */
export function sectionOctets({ kind, password }: AuthenticationKey): number {
  const { hash } = KINDS[kind];
  return hash ? AT.digest + DIGEST_OCTETS[hash] : AT.password + password.length;
}

/** Writes the section into the room that `encodePacket` left behind the packet. */
export function encodeSection(
  packet: Uint8Array,
  key: AuthenticationKey,
  sequence: number,
  hash: Hash,
): void {
  const { type, hash: name } = KINDS[key.kind];
  const section = packet.subarray(PACKET_OCTETS);
  section[AT.type] = type;
  section[AT.length] = section.length;
  section[AT.keyId] = key.id;
  if (!name) {
    section.set(key.password, AT.password);
    return;
  }
  new DataView(section.buffer, section.byteOffset).setUint32(AT.sequence, sequence);
  section.set(digestOf(packet, key, name, hash), AT.digest);
}

/** RFC 5880 §6.7.3, §6.7.4: over the whole packet, the key in the digest's place, padded with zeros. */
function digestOf(
  packet: Uint8Array,
  { password }: AuthenticationKey,
  name: HashName,
  hash: Hash,
): Uint8Array {
  // Not slice: of a Buffer, as sockets give them, that is no copy.
  const keyed = Uint8Array.from(packet);
  keyed.fill(0, PACKET_OCTETS + AT.digest);
  keyed.set(password, PACKET_OCTETS + AT.digest);
  return hash(name, keyed);
}

export interface Expected {
  readonly key: AuthenticationKey;
  /** bfd.RcvAuthSeq; undefined: bfd.AuthSeqKnown is 0. */
  readonly lastSequence: number | undefined;
  /** What the packet says. */
  readonly detectMult: number;
}

/**
 * `packet`: as far as its Length goes, with the A bit. In the order of RFC 5880 §6.7.2 to §6.7.4; the
 * sequence number is that of a packet that is believed, undefined for a Simple Password.
 */
export function judgeSection(
  packet: Uint8Array,
  { key, lastSequence, detectMult }: Expected,
  hash: Hash,
): { readonly sequence: number | undefined } | { readonly fault: DiscardReason } {
  const { type, hash: name, meticulous } = KINDS[key.kind];
  const section = packet.subarray(PACKET_OCTETS);
  if (section[AT.type] !== type) return { fault: 'authentication-kind' };
  if (section[AT.keyId] !== key.id) return { fault: 'key-id' };
  if (section[AT.length] !== section.length) return { fault: 'malformed' };
  if (!name) {
    const good = isSame(section.subarray(AT.password), key.password);
    return good ? { sequence: undefined } : { fault: 'password' };
  }
  if (section.length !== sectionOctets(key)) return { fault: 'malformed' };
  const sequence = new DataView(section.buffer, section.byteOffset).getUint32(AT.sequence);
  if (lastSequence !== undefined) {
    const ahead = (sequence - lastSequence) >>> 0;
    const least = meticulous ? 1 : 0;
    if (ahead < least || ahead > 3 * detectMult) return { fault: 'sequence' };
  }
  const good = isSame(section.subarray(AT.digest), digestOf(packet, key, name, hash));
  return good ? { sequence } : { fault: 'password' };
}

/** How long it takes does not tell how much of `ours` was guessed. */
function isSame(theirs: Uint8Array, ours: Uint8Array): boolean {
  let different = theirs.length ^ ours.length;
  theirs.forEach((octet, i) => {
    different |= octet ^ (ours[i] ?? 0);
  });
  return different === 0;
}
