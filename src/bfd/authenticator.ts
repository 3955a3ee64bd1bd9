/**
 * What one session knows of the keyed packets of both ends: RFC 5880's bfd.XmitAuthSeq, bfd.RcvAuthSeq
 * and bfd.AuthSeqKnown (§6.8.1).
 */

import {
  type AuthenticationKey,
  encodeSection,
  type Hash,
  judgeSection,
  sectionOctets,
} from './authentication.ts';
import type { DiscardReason } from './discard.ts';
import { type ControlPacket, encodePacket } from './packet.ts';

export interface AuthenticatorOptions {
  readonly key: AuthenticationKey;
  /** Any 32 bits that cannot be foreseen. */
  readonly firstSequence: number;
  readonly hash: Hash;
}

export class Authenticator {
  readonly #options: AuthenticatorOptions;
  #sent: number;
  /** Undefined: the next one is taken, whichever it is. */
  #received: number | undefined;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
    this.#sent = options.firstSequence;
  }

  /** With its section; each has a number of its own, whichever kind (RFC 5880 §6.7.3: it may have). */
  encode(packet: ControlPacket): Uint8Array {
    const { key, hash } = this.#options;
    const octets = encodePacket(packet, sectionOctets(key));
    this.#sent = (this.#sent + 1) >>> 0;
    encodeSection(octets, key, this.#sent, hash);
    return octets;
  }

  /** `signed`: the octets of `packet`, if it has a section. Undefined: it is to be believed. */
  judge({ detectMult }: ControlPacket, signed: Uint8Array | undefined): DiscardReason | undefined {
    if (!signed) return 'unsigned';
    const { key, hash } = this.#options;
    const expected = { key, lastSequence: this.#received, detectMult };
    const judged = judgeSection(signed, expected, hash);
    if ('fault' in judged) return judged.fault;
    // RFC 5880 erratum 7083: not before the digest was looked at, or anybody could set it.
    this.#received = judged.sequence;
    return undefined;
  }

  /** The other end was silent for twice the detection time (§6.8.1): it may have restarted. */
  forget(): void {
    this.#received = undefined;
  }
}
