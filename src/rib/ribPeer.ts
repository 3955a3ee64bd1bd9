/** One neighbour as the RIB knows it: who it is, what is to be made of its routes, where they stand. */

import { FAMILIES, type Family } from '../net/family.ts';
import type { CodecContext } from '../wire/context.ts';
import type { ColumnOwner } from './columns.ts';
import { AttributeClass } from './facts.ts';
import type { ImportRules } from './importRules.ts';
import { GENERATIONS } from './path.ts';

/** Who a neighbour is in this session; `peer` and `internal` are filled in from what comes with it. */
export interface PeerDescription extends Omit<ColumnOwner, 'peer' | 'internal'> {
  /** What the session negotiated. */
  readonly context: CodecContext;
  readonly rules: ImportRules;
  /** How many paths to one prefix it may send where it sends path identifiers. */
  readonly maxPaths: number;
}

interface FamilyState {
  /** What its paths are marked with; those with another mark are stale. */
  generation: number;
  /** Refreshes that have begun since the last one ended, the loss of a session being one. */
  refreshing: number;
  /**
   * The same as it was when the last refresh ended, as long as its sweep goes on; 0: a sweep of what
   * was retained, which nothing may put off.
   */
  unswept: number;
  /** What is stale has been so since a session ended. */
  retained: boolean;
  /** How many paths there were when the last refresh began. */
  before: number;
  endOfRib: boolean;
}

export class RibPeer {
  #description: PeerDescription;
  /** Of attribute sets, without the path identifier's: not every family has those. */
  attributeClass = 0;
  rules: ImportRules;
  /** The AS that all its paths begin with, or none; 0: that is not so, or in our own AS. */
  sentAs = 0;
  /** Where its paths stand; empty while it is down. */
  columns: readonly number[] = [];
  families: Readonly<Record<Family, FamilyState>> = { ipv4: freshFamily(), ipv6: freshFamily() };
  /** Paths beyond `maxPaths`, which are not kept. */
  overflow = 0;

  constructor(description: PeerDescription) {
    this.#description = description;
    this.rules = description.rules;
    this.#describe(description);
  }

  get description(): PeerDescription {
    return this.#description;
  }

  up(columns: readonly number[]): void {
    this.columns = columns;
    this.families = { ipv4: freshFamily(), ipv6: freshFamily() };
    this.overflow = 0;
    const { context, peerAs } = this.description;
    this.sentAs = context.internal ? 0 : peerAs;
  }

  /**
   * Its next session, with the paths of the one before still there. False: they cannot stay; it is
   * another router, or path identifiers come where there were none.
   */
  resume(description: PeerDescription): boolean {
    if (!isSameSpeaker(this.#description, description)) return false;
    this.#describe(description);
    for (const family of FAMILIES) this.families[family].endOfRib = false;
    this.overflow = 0;
    return true;
  }

  /** How many columns it needs. */
  get width(): number {
    const { addPath } = this.description.context;
    return FAMILIES.some((family) => addPath[family]) ? this.description.maxPaths : 1;
  }

  /**
   * RFC 7313 §4: everything that is there becomes stale. One mark short of all of them, so that no
   * stale path is taken for a fresh one, a further beginning changes nothing: the neighbour still
   * sends everything that it did not withdraw.
   */
  beginRefresh(family: Family): void {
    const state = this.families[family];
    if (state.refreshing === GENERATIONS - 1) return;
    state.refreshing++;
    state.generation = (state.generation + 1) % GENERATIONS;
  }

  #describe(description: PeerDescription): void {
    this.#description = description;
    this.rules = description.rules;
    const { fourOctetAs, internal } = description.context;
    this.attributeClass =
      (fourOctetAs ? 0 : AttributeClass.twoOctetAs) |
      (internal ? AttributeClass.internal : 0) |
      (description.rules.addsOnlyToCustomer ? AttributeClass.onlyToCustomer : 0);
  }
}

function freshFamily(): FamilyState {
  return { generation: 0, refreshing: 0, unswept: 0, retained: false, before: 0, endOfRib: false };
}

/** As far as what was decided of its paths rests on who it is. */
function isSameSpeaker(before: PeerDescription, after: PeerDescription): boolean {
  const [a, b] = [before.context, after.context];
  return (
    before.peerAs === after.peerAs &&
    before.bgpIdentifier === after.bgpIdentifier &&
    before.address.text === after.address.text &&
    before.nextHopCost === after.nextHopCost &&
    before.maxPaths === after.maxPaths &&
    a.internal === b.internal &&
    FAMILIES.every((family) => a.addPath[family] === b.addPath[family])
  );
}
