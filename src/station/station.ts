/**
 * One monitoring station of the file (RFC 7854): connects to it, again after a while when that ends,
 * and has it told of what there is and what happens.
 *
 *   waiting ─► connecting ─► up ─► waiting ..   (1, 2, 4 .. 64 s; a connection that lasted: 1 s)
 */

import { TerminationReason } from '../bmp/constants.ts';
import { encodeInitiation, encodeTermination } from '../bmp/message.ts';
import type { PeerDown } from '../bmp/peerMessages.ts';
import { formatListen } from '../config/addressFields.ts';
import type { BmpStation } from '../config/config.ts';
import type { Rib } from '../rib/rib.ts';
import type { Clock } from '../session/clock.ts';
import type { MonitoredSession } from '../session/monitored.ts';
import { Timer } from '../session/timer.ts';
import type { StationEvent, StationReport } from './event.ts';
import { Link } from './link.ts';
import { Telling } from './telling.ts';

/** What there is to be told of. */
export interface Monitored {
  /** Those that are up. */
  sessions(): readonly MonitoredSession[];
  /** The table that their routes are in; undefined: there is none yet. */
  rib(): Rib | undefined;
}

export interface StationOptions {
  readonly clock: Clock;
  readonly monitored: Monitored;
  /** Ourselves (RFC 7854 §4.4). */
  readonly about: { readonly sysDescr: string; readonly sysName: string };
  readonly onEvent: (event: StationEvent) => void;
}

const FIRST_RETRY = 1000;
const LONGEST_RETRY = 64_000;
/** A connection that lived this long was a good one, in ms. */
const LASTING = 60_000;

export class Station {
  readonly config: BmpStation;
  readonly #options: StationOptions;
  readonly #retry: Timer;
  readonly #statistics: Timer;
  #link: Link | undefined;
  /** While it is up. */
  #telling: Telling | undefined;
  #state: StationReport['state'] = 'waiting';
  #since: number;
  #delay = FIRST_RETRY;
  /** On the monotonic clock: since when it is up. */
  #upAt = 0;
  #lastFault: string | undefined;
  /** By connections that are over. */
  #sent = 0;
  #over = false;

  constructor(config: BmpStation, options: StationOptions) {
    this.config = config;
    this.#options = options;
    this.#since = options.clock.wall();
    this.#retry = new Timer(options.clock, () => this.#connect());
    this.#statistics = new Timer(options.clock, () => this.#report());
  }

  get name(): string {
    return formatListen(this.config);
  }

  start(): void {
    if (!this.#over) this.#connect();
  }

  sessionUp(session: MonitoredSession): void {
    const rib = this.#options.monitored.rib();
    if (rib) this.#telling?.peerUp(session, rib);
  }

  sessionDown(neighbour: string, down: PeerDown, at: number): void {
    this.#telling?.peerDown(neighbour, down, at);
  }

  report(): StationReport {
    return {
      station: this.name,
      state: this.#state,
      since: this.#since,
      lastFault: this.#lastFault,
      sent: this.#sent + (this.#link?.sent ?? 0),
      unsent: this.#link?.unsent ?? 0,
    };
  }

  /** For good; resolves when the connection is closed. */
  async end(why: string): Promise<void> {
    this.#over = true;
    this.#retry.stop();
    this.#endTelling();
    const words = encodeTermination(TerminationReason.administrativelyClosed, why);
    await this.#link?.close(words);
  }

  #connect(): void {
    this.#enter('connecting');
    const link = new Link(this.config, this.#options.clock, {
      connected: () => this.#connected(link),
      drained: () => this.#telling?.wake(),
      failed: (cause) => this.#failed(link, cause),
    });
    this.#link = link;
  }

  /** RFC 7854 §3.3: Initiation, then Peer Up of every session, then their routes. */
  #connected(link: Link): void {
    const { clock, monitored, about, onEvent } = this.#options;
    this.#enter('up');
    this.#upAt = clock.monotonic();
    onEvent({ type: 'StationUp', at: clock.wall(), station: this.name });
    this.#telling = new Telling(this.config, clock, link, (cause) => this.#drop(link, cause));
    link.write(encodeInitiation(about));
    for (const session of monitored.sessions()) this.sessionUp(session);
    // Writing may have ended it.
    if (this.#link === link) this.#statistics.start(this.config.statistics);
  }

  #report(): void {
    const { clock, monitored } = this.#options;
    const telling = this.#telling;
    telling?.statistics(monitored.sessions(), clock.wall());
    if (this.#telling === telling) this.#statistics.start(this.config.statistics);
  }

  #drop(link: Link, cause: string): void {
    void link.close(encodeTermination(TerminationReason.outOfResources, cause));
    this.#failed(link, cause);
  }

  /** What fails on the way of writing may be told of by the link and by whoever wrote: the first counts. */
  #failed(link: Link, cause: string): void {
    if (this.#link !== link) return;
    const { clock, onEvent } = this.#options;
    const wasUp = this.#state === 'up';
    this.#endTelling();
    this.#sent += link.sent;
    this.#link = undefined;
    const isNews = wasUp || cause !== this.#lastFault;
    this.#lastFault = cause;
    this.#enter('waiting');
    if (wasUp && clock.monotonic() - this.#upAt >= LASTING) this.#delay = FIRST_RETRY;
    this.#retry.start(this.#delay * (0.75 + clock.random() / 4));
    this.#delay = Math.min(2 * this.#delay, LONGEST_RETRY);
    if (isNews)
      onEvent({ type: 'StationDown', at: clock.wall(), station: this.name, cause, wasUp });
  }

  #endTelling(): void {
    this.#statistics.stop();
    this.#telling?.end();
    this.#telling = undefined;
  }

  #enter(state: StationReport['state']): void {
    this.#state = state;
    this.#since = this.#options.clock.wall();
  }
}
