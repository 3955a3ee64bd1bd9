/** The neighbours as the RIB knows them: an index for each session, and what its routes are judged by. */

import { isDeepStrictEqual } from 'node:util';
import type { Neighbour } from '../config/config.ts';
import type { Prefix } from '../net/prefix.ts';
import { counterpartOf } from '../net/role.ts';
import { importRules } from '../policy/import.ts';
import type { ImportRules } from '../rib/importRules.ts';
import { type OwnPrefixes, ownPrefixes } from '../rib/ownPrefixes.ts';
import type { PeerIndex } from '../rib/ribIn.ts';
import type { RibRunner } from './ribRunner.ts';

interface Peer {
  readonly name: string;
  /** The one that its routes are in: after a change of our AS not that of the others. */
  readonly runner: RibRunner;
  readonly rules: ImportRules;
}

export class Peers {
  /** Of each session, until it is closed. */
  readonly #peers = new Map<PeerIndex, Peer>();
  /** In the rules of all neighbours: the same object as long as they are the same prefixes. */
  #ownPrefixes: OwnPrefixes = ownPrefixes([]);
  #next = 0;

  /** These are ours, for who is added or adjusted from now on. */
  setOwnPrefixes(prefixes: readonly Prefix[]): void {
    const own = ownPrefixes(prefixes);
    if (!isDeepStrictEqual(own, this.#ownPrefixes)) this.#ownPrefixes = own;
  }

  add(neighbour: Neighbour, runner: RibRunner): PeerIndex {
    const index = this.#next++ as PeerIndex;
    this.#set(index, { name: neighbour.name, runner, rules: this.#rulesOf(neighbour) });
    return index;
  }

  /** Where its rules differ now, what it has sent is judged anew. */
  adjust(index: PeerIndex, neighbour: Neighbour): void {
    const peer = this.#peers.get(index);
    const rules = this.#rulesOf(neighbour);
    if (peer && !isDeepStrictEqual(peer.rules, rules)) this.#set(index, { ...peer, rules });
  }

  /** Its session is closed. */
  forget(index: PeerIndex): void {
    this.#peers.get(index)?.runner.forget(index);
    this.#peers.delete(index);
  }

  /** Undefined: it is forgotten. */
  nameOf(index: PeerIndex): string | undefined {
    return this.#peers.get(index)?.name;
  }

  /** Whether it has a session, or its paths are retained. */
  isUp(index: PeerIndex): boolean {
    return this.#peers.get(index)?.runner.isUp(index) ?? false;
  }

  #rulesOf(neighbour: Neighbour): ImportRules {
    return importRules(neighbour.import, {
      asn: neighbour.asn,
      role: neighbour.role && counterpartOf(neighbour.role.is),
      ownPrefixes: this.#ownPrefixes,
    });
  }

  #set(index: PeerIndex, peer: Peer): void {
    this.#peers.set(index, peer);
    peer.runner.setRules(index, peer.rules);
  }
}
