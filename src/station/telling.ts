/**
 * What one station is told over one connection: sessions as they come and go, and their routes, a
 * slice a turn of the loop and only as fast as it reads, so that nothing else waits for it.
 *
 *   sessions ─► Peer Up, Peer Down ──────────────────────┐
 *   table ─► PathFeed ─► RouteRun (pre-, post-policy) ───┴─► link
 */

import { MessageBuffer } from '../bmp/messageBuffer.ts';
import { peerHeader } from '../bmp/peerHeader.ts';
import {
  encodePeerDown,
  encodePeerUp,
  encodeStatistics,
  type PeerDown,
} from '../bmp/peerMessages.ts';
import { type KeptSet, RouteRun } from '../bmp/routeRun.ts';
import type { BmpStation } from '../config/config.ts';
import { errorText } from '../net/errorText.ts';
import { AttributeClass } from '../rib/facts.ts';
import type { PathFeed, PathReader, PathTold } from '../rib/pathFeed.ts';
import type { Rib } from '../rib/rib.ts';
import type { PeerIndex } from '../rib/ribIn.ts';
import type { Clock } from '../session/clock.ts';
import type { MonitoredSession } from '../session/monitored.ts';
import type { Link } from './link.ts';

/** How long a slice may take, in ms. */
const SLICE = 0.5;
/** Rows between two looks at the clock. */
const ROWS = 64;
/** Octets after which a slice ends early. */
const CHUNK = 64 * 1024;
/** No more is made while so much waits for the station. */
const AHEAD = 256 * 1024;

const TOO_SLOW = 'reads too slowly: more was withdrawn than is remembered for it';

interface Told {
  readonly session: MonitoredSession;
  readonly header: Uint8Array;
}

export class Telling implements PathReader {
  readonly #clock: Clock;
  readonly #link: Link;
  readonly #out = new MessageBuffer();
  /** What import policy is given, and what comes of it. */
  readonly #received: RouteRun | undefined;
  readonly #accepted: RouteRun | undefined;
  readonly #peers = new Map<PeerIndex, Told>();
  readonly #lost: (cause: string) => void;
  #source: { readonly rib: Rib; readonly feed: PathFeed } | undefined;
  #set: KeptSet | undefined;
  #awake = false;
  #over = false;
  /** Of the slice. */
  #now = 0;

  /** `lost`: what it was told cannot be kept right any more. */
  constructor({ routes }: BmpStation, clock: Clock, link: Link, lost: (cause: string) => void) {
    this.#clock = clock;
    this.#link = link;
    this.#lost = lost;
    this.#received = routes === 'post-policy' ? undefined : new RouteRun(this.#out, false);
    this.#accepted = routes === 'pre-policy' ? undefined : new RouteRun(this.#out, true);
  }

  /** The session is up, and its routes are in this table. */
  peerUp(session: MonitoredSession, rib: Rib): void {
    if (this.#over || this.#peers.has(session.peer)) return;
    this.#peers.set(session.peer, { session, header: peerHeader(session) });
    this.#link.write(encodePeerUp(session));
    // Writing may have ended it: nobody would close the feed.
    if (this.#over) return;
    this.#feedOf(rib).watch(session.peer);
  }

  /** RFC 7854 §4.9: with it, all that was told of the neighbour's routes is void. */
  peerDown(name: string, down: PeerDown, at: number): void {
    for (const [peer, { session }] of this.#peers) {
      if (session.name !== name) continue;
      this.#peers.delete(peer);
      this.#source?.feed.unwatch(peer);
      this.#link.write(encodePeerDown(session, down, at));
    }
  }

  /** Of these, as far as the station knows them. */
  statistics(sessions: readonly MonitoredSession[], at: number): void {
    for (const session of sessions) {
      const rib = this.#source?.rib;
      if (!rib || !this.#peers.has(session.peer)) continue;
      const routes = session.families.map((family) => {
        return { family, count: rib.counts(session.peer, family).received };
      });
      const { treatedAsWithdraw } = session;
      this.#link.write(encodeStatistics(session, { treatedAsWithdraw, routes }, at));
    }
  }

  /** The station may take more, or there is more. */
  wake(): void {
    if (this.#awake || this.#over) return;
    this.#awake = true;
    this.#clock.afterReads(() => {
      try {
        this.#slice();
      } catch (error) {
        // A bug of ours, and no reason to end more than this.
        this.#lost(`internal error: ${errorText(error)}`);
      }
    });
  }

  end(): void {
    this.#over = true;
    this.#close();
  }

  path({ peer, row, pathId, set, eligible, wasEligible, changed }: PathTold): void {
    const header = this.#peers.get(peer)?.header;
    if (!header) return;
    const at = changed ? this.#now : 0;
    const kept = set === 0 ? undefined : this.#kept(set);
    if (kept) this.#received?.announce(header, at, kept, row, pathId);
    else this.#received?.withdraw(header, at, row, pathId);
    if (kept && eligible) this.#accepted?.announce(header, at, kept, row, pathId);
    else if (wasEligible) this.#accepted?.withdraw(header, at, row, pathId);
  }

  complete(peer: PeerIndex): void {
    const told = this.#peers.get(peer);
    for (const family of told?.session.families ?? []) {
      if (told) this.#received?.endOfRib(told.header, family);
      if (told) this.#accepted?.endOfRib(told.header, family);
    }
  }

  #slice(): void {
    this.#awake = false;
    const feed = this.#source?.feed;
    // Whoever has taken what waits for it wakes us.
    if (this.#over || !feed || this.#link.unsent > AHEAD) return;
    const end = this.#clock.monotonic() + SLICE;
    this.#now = this.#clock.wall();
    let more = true;
    while (more && this.#out.length < CHUNK && this.#clock.monotonic() < end) {
      more = feed.step(ROWS, this);
    }
    // The table may change from now on, and with it the sets that a run refers to.
    this.#received?.flush();
    this.#accepted?.flush();
    this.#set = undefined;
    this.#link.write(this.#out.take());
    if (feed.lost) this.#lost(TOO_SLOW);
    else if (more) this.wake();
  }

  /** After a change of our AS or identifier the table is another one. */
  #feedOf(rib: Rib): PathFeed {
    if (this.#source?.rib === rib) return this.#source.feed;
    this.#close();
    const feed = rib.feeds.open(() => this.wake());
    this.#source = { rib, feed };
    return feed;
  }

  #close(): void {
    if (this.#source) this.#source.rib.feeds.close(this.#source.feed);
    this.#source = undefined;
  }

  #kept(id: number): KeptSet | undefined {
    if (this.#set?.id === id) return this.#set;
    const arena = this.#source?.rib.table.attributes.arena;
    if (!arena) return undefined;
    this.#set = {
      id,
      octets: arena.octets,
      start: arena.attributesStart(id),
      end: arena.attributesEnd(id),
      fourOctetAs: (arena.facts(id) & AttributeClass.twoOctetAs) === 0,
    };
    return this.#set;
  }
}
