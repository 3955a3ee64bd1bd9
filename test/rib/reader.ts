/** Octets into a RIB as a session reads them, by the fast lane where there is one. */

import { RibFullError } from '../../src/rib/memory.ts';
import type { Rib } from '../../src/rib/rib.ts';
import type { PeerIndex } from '../../src/rib/ribIn.ts';
import { MessageType } from '../../src/wire/constants.ts';
import type { CodecContext } from '../../src/wire/context.ts';
import { Framer } from '../../src/wire/framer.ts';
import { UpdateView, Verdict } from '../../src/wire/update.ts';
import { decodeUpdate } from '../../src/wire/updateDecode.ts';
import { FOUR_OCTET } from './updates.ts';

const PEERS = 4;

/** For the first few peers. */
export class Reader {
  readonly #rib: Rib;
  readonly #framers = Array.from({ length: PEERS }, () => new Framer());
  readonly #view = new UpdateView();
  readonly #context: CodecContext;
  /** UPDATEs that went by the lane. */
  easy = 0;
  /** What a message that is no UPDATE does. */
  other = () => {};

  constructor(rib: Rib, context = FOUR_OCTET) {
    this.#rib = rib;
    this.#context = context;
    if (context.extendedMessages)
      for (const framer of this.#framers) framer.allowExtendedMessages();
  }

  /** False: the RIB was full, or the neighbour broke the protocol. */
  read(peer: PeerIndex, octets: Uint8Array): boolean {
    const framer = this.#framers[peer]!;
    framer.window().set(octets);
    const { bytes, start } = framer;
    this.#rib.lookAhead(peer, bytes, start, start + framer.pending + octets.length);
    let fits = true;
    const visit = (type: number, from: number, to: number) => {
      if (type === MessageType.update) fits = this.#feed(peer, bytes, from, to);
      else this.other();
      return fits;
    };
    try {
      framer.received(octets.length, visit, (from) => {
        const end = this.#rib.takeEasy(peer, bytes, from, ['ipv4', 'ipv6']);
        if (end > from) this.easy += this.#rib.easyTaken;
        return end;
      });
    } catch (error) {
      if (!(error instanceof RibFullError)) throw error;
      return false;
    }
    return fits;
  }

  #feed(peer: PeerIndex, bytes: Uint8Array, from: number, to: number): boolean {
    decodeUpdate(bytes, from, to, this.#context, this.#view);
    if (this.#view.verdict === Verdict.sessionReset) return true;
    this.#rib.feed(peer, bytes, this.#view);
    return true;
  }
}
