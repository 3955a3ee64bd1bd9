/**
 * What a router of the demo has learned, kept by neighbour: prefixes with their AS paths, which is
 * all that its story needs.
 */

import { type Family, familyOf } from '../net/family.ts';
import type { Prefix } from '../net/prefix.ts';
import type { PeerIndex, RibIn } from '../rib/ribIn.ts';
import { type AsWidth, readAs, segmentEnd } from '../wire/asPath.ts';
import { AttributeCode } from '../wire/constants.ts';
import { NlriCursor } from '../wire/nlri.ts';
import { type UpdateView, Verdict } from '../wire/update.ts';

export interface LearnedRoute {
  readonly prefix: Prefix;
  /** Nearest first. */
  readonly asPath: readonly number[];
}

export interface RouteChange {
  readonly peer: PeerIndex;
  readonly announced: readonly LearnedRoute[];
  readonly withdrawn: readonly Prefix[];
}

export interface LearnedRoutesEvents {
  /** An UPDATE was taken in. */
  updated(change: RouteChange): void;
  /** The session is over, and with it all that was learned over it. */
  lost(change: RouteChange): void;
}

export class LearnedRoutes implements Pick<RibIn, 'feed' | 'peerDown'> {
  readonly #events: LearnedRoutesEvents;
  /** By peer, then by the prefix's text. */
  readonly #peers = new Map<PeerIndex, Map<string, LearnedRoute>>();
  readonly #cursor = new NlriCursor();

  constructor(events: LearnedRoutesEvents) {
    this.#events = events;
  }

  peerUp(peer: PeerIndex): void {
    this.#peers.set(peer, new Map());
  }

  feed(peer: PeerIndex, bytes: Uint8Array, update: UpdateView): void {
    const routes = this.#peers.get(peer);
    if (!routes || update.endOfRib) return;
    const withdrawn = this.#withdrawn(bytes, update);
    const reachable = this.#reachable(bytes, update);
    // RFC 7606 §2: treat-as-withdraw takes the announced routes as withdrawn.
    const faulty = update.verdict === Verdict.treatAsWithdraw;
    if (faulty) withdrawn.push(...reachable);
    const asPath = faulty ? [] : asPathOf(bytes, update);
    const announced = faulty ? [] : reachable.map((prefix) => ({ prefix, asPath }));
    for (const { text } of withdrawn) routes.delete(text);
    for (const route of announced) routes.set(route.prefix.text, route);
    this.#events.updated({ peer, announced, withdrawn });
  }

  peerDown(peer: PeerIndex): void {
    const withdrawn = [...(this.#peers.get(peer)?.values() ?? [])].map((route) => route.prefix);
    this.#peers.delete(peer);
    this.#events.lost({ peer, announced: [], withdrawn });
  }

  /** Of every neighbour, with the neighbour. */
  *all(): Generator<readonly [PeerIndex, LearnedRoute]> {
    for (const [peer, routes] of this.#peers) {
      for (const route of routes.values()) yield [peer, route];
    }
  }

  #withdrawn(bytes: Uint8Array, update: UpdateView): Prefix[] {
    const { withdrawnStart, withdrawnEnd, mpUnreachNlriStart, mpUnreachNlriEnd } = update;
    const family = familyOf(update.mpUnreachAfi, update.mpUnreachSafi);
    return [
      ...this.#prefixes(bytes, withdrawnStart, withdrawnEnd, 'ipv4'),
      ...this.#prefixes(bytes, mpUnreachNlriStart, mpUnreachNlriEnd, family),
    ];
  }

  #reachable(bytes: Uint8Array, update: UpdateView): Prefix[] {
    const { nlriStart, nlriEnd, mpReachNlriStart, mpReachNlriEnd } = update;
    const family = familyOf(update.mpReachAfi, update.mpReachSafi);
    return [
      ...this.#prefixes(bytes, nlriStart, nlriEnd, 'ipv4'),
      ...this.#prefixes(bytes, mpReachNlriStart, mpReachNlriEnd, family),
    ];
  }

  /** None of a family that we do not speak. */
  #prefixes(bytes: Uint8Array, start: number, end: number, family: Family | undefined): Prefix[] {
    const prefixes: Prefix[] = [];
    if (!family) return prefixes;
    this.#cursor.reset(bytes, start, end, family, false);
    while (this.#cursor.next()) prefixes.push(this.#cursor.prefix());
    return prefixes;
  }
}

/** Four octets an AS and sequences alone: the demo's routers speak nothing else to each other. */
const WIDTH: AsWidth = 4;

function asPathOf(bytes: Uint8Array, update: UpdateView): readonly number[] {
  const asPath: number[] = [];
  if (!update.has(AttributeCode.asPath)) return asPath;
  const end = update.attributeEnd(AttributeCode.asPath);
  for (let at = update.valueStart(AttributeCode.asPath); at < end; ) {
    const next = segmentEnd(bytes, at, WIDTH);
    for (let as = at + 2; as < next; as += WIDTH) asPath.push(readAs(bytes, as, WIDTH));
    at = next;
  }
  return asPath;
}
