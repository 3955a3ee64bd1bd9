/**
 * The columns that paths stand in. A neighbour has one, or several where it sends several paths for
 * a prefix (ADD-PATH): as many as it may send. A column is given to nobody else until the last path
 * of its last owner is gone.
 *
 *   owner   [column]   the neighbour; -1: free
 *   live    [column]   1: its paths take part in decisions
 *   rank    [column]   its place in the order of RFC 4271 §9.1.2.2(d) to (g), the first best
 *   alone   [column]   1: no path in another column can have its neighbour AS, so that
 *                      MULTI_EXIT_DISC does not matter
 *   counts  [column][family][what]
 */

import type { IpAddress } from '../net/address.ts';
import { FAMILIES, type Family } from '../net/family.ts';
import { MAX_COLUMNS } from './blocks.ts';
import { RibFullError, type Room } from './memory.ts';
import type { PeerIndex } from './ribIn.ts';

/** What the decision process knows of a neighbour. */
export interface ColumnOwner {
  readonly peer: PeerIndex;
  readonly peerAs: number;
  /** In our own AS. */
  readonly internal: boolean;
  /** Unsigned 32-bit. */
  readonly bgpIdentifier: number;
  readonly address: IpAddress;
  /** Interior cost of its next hop (RFC 4271 §9.1.2.2(e)). */
  readonly nextHopCost: number;
}

const Count = { received: 0, accepted: 1, best: 2 } as const;
const COUNTS = 4;

export class Columns {
  readonly live: Uint8Array;
  readonly rank: Int32Array;
  readonly alone: Uint8Array;
  readonly counts: Int32Array;
  /** The AS that all eligible paths begin with, by the import rules; 0: they do not say. */
  readonly #assuredAs = new Float64Array(MAX_COLUMNS);
  /** The same of all paths that were ever received, by what they are. */
  readonly #sentAs = new Float64Array(MAX_COLUMNS);
  readonly #owners: (ColumnOwner | undefined)[] = new Array(MAX_COLUMNS).fill(undefined);

  constructor(room: Room) {
    this.live = room.octets(MAX_COLUMNS);
    this.rank = room.words(MAX_COLUMNS);
    this.alone = room.octets(MAX_COLUMNS);
    this.counts = room.words(MAX_COLUMNS * COUNTS * FAMILIES.length);
  }

  /** Throws RibFullError when every column is taken. */
  take(owner: ColumnOwner): number {
    const column = this.#owners.indexOf(undefined);
    if (column < 0) throw new RibFullError(`no more than ${MAX_COLUMNS} paths to a prefix`);
    this.#owners[column] = owner;
    this.live[column] = 1;
    this.#assuredAs[column] = 0;
    // Until it sends another: a path that begins with none counts as the neighbour's own.
    this.#sentAs[column] = owner.internal ? 0 : owner.peerAs;
    this.#rank();
    this.#findAlone();
    return column;
  }

  /** Its paths count no more; they are still there. */
  retire(column: number): void {
    this.live[column] = 0;
  }

  /** Its last path is gone. */
  give(column: number): void {
    this.#owners[column] = undefined;
    this.live[column] = 0;
    this.#findAlone();
  }

  /** Every eligible path of the column begins with this AS; 0: that is not known. */
  assureAs(column: number, asn: number): void {
    this.#assuredAs[column] = asn;
    this.#findAlone();
  }

  /** A path has come that begins with another AS than the neighbour's. */
  distrustAs(column: number): void {
    this.#sentAs[column] = 0;
    this.#findAlone();
  }

  owner(column: number): ColumnOwner {
    const owner = this.#owners[column];
    if (!owner) throw new Error(`column ${column} belongs to nobody`);
    return owner;
  }

  /** Where the paths of a neighbour stand that is up, or retained. */
  of(peer: PeerIndex): readonly number[] {
    return [...this.#owners.keys()].filter(
      (column) => this.live[column] === 1 && this.#owners[column]?.peer === peer,
    );
  }

  isTaken(column: number): boolean {
    return this.#owners[column] !== undefined;
  }

  received(column: number, family: Family): number {
    return this.counts[place(column, family) + Count.received]!;
  }

  accepted(column: number, family: Family): number {
    return this.counts[place(column, family) + Count.accepted]!;
  }

  best(column: number, family: Family): number {
    return this.counts[place(column, family) + Count.best]!;
  }

  countPath(column: number, family: Family, received: number, accepted: number): void {
    const at = place(column, family);
    this.counts[at + Count.received]! += received;
    this.counts[at + Count.accepted]! += accepted;
  }

  countBest(column: number, family: Family, change: number): void {
    this.counts[place(column, family) + Count.best]! += change;
  }

  #findAlone(): void {
    const taken = [...this.#assuredAs.keys()].filter((column) => this.#owners[column]);
    const all = taken.map((column) => this.#assuredAs[column]! || this.#sentAs[column]!);
    const known = !all.includes(0);
    for (const [i, column] of taken.entries()) {
      const same = all.filter((other) => other === all[i]);
      this.alone[column] = known && same.length === 1 ? 1 : 0;
    }
  }

  #rank(): void {
    const taken = this.#owners.flatMap((owner, column) => (owner ? [{ owner, column }] : []));
    taken.sort((a, b) => compareOwners(a.owner, b.owner) || a.column - b.column);
    let rank = 0;
    taken.forEach(({ owner, column }, i) => {
      const before = taken[i - 1];
      // Columns of one neighbour share a rank: path identifiers tell their paths apart.
      if (before && compareOwners(before.owner, owner) !== 0) rank++;
      this.rank[column] = rank;
    });
  }
}

function place(column: number, family: Family): number {
  return (column * 2 + (family === 'ipv4' ? 0 : 1)) * COUNTS;
}

/** RFC 4271 §9.1.2.2(d) to (g); less than 0: `a` is better. */
function compareOwners(a: ColumnOwner, b: ColumnOwner): number {
  return (
    Number(a.internal) - Number(b.internal) ||
    a.nextHopCost - b.nextHopCost ||
    a.bgpIdentifier - b.bgpIdentifier ||
    compareAddresses(a.address, b.address)
  );
}

/** As numbers; IPv4 before IPv6. */
export function compareAddresses(a: IpAddress, b: IpAddress): number {
  if (a.octets.length !== b.octets.length) return a.octets.length - b.octets.length;
  for (let i = 0; i < a.octets.length; i++) {
    if (a.octets[i] !== b.octets[i]) return a.octets[i]! - b.octets[i]!;
  }
  return 0;
}
