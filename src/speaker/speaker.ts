/**
 * All neighbours of this router: makes, changes and ends their sessions so that they are what the
 * configuration says, and hands each its desired routes. One listener serves all of them.
 */

import type { Socket } from 'node:net';
import { type Config, type ListenAddress, type Neighbour, neighboursOf } from '../config/config.ts';
import type { Cease } from '../fsm/events.ts';
import type { IpAddress } from '../net/address.ts';
import type { OwnRoutes } from '../rib/ownRoute.ts';
import type { Rib } from '../rib/rib.ts';
import type { PeerIndex } from '../rib/ribIn.ts';
import type { Clock } from '../session/clock.ts';
import type { SessionEvent } from '../session/events.ts';
import type { MonitoredSession } from '../session/monitored.ts';
import type { HeldRoutes } from '../session/outflow.ts';
import { ReadBudget } from '../session/readBudget.ts';
import type { Restarted } from '../session/restartOffer.ts';
import type { Secret } from '../session/secret.ts';
import { Session } from '../session/session.ts';
import { changeOf, type SessionConfig } from '../session/sessionConfig.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { SessionTap } from '../session/tap.ts';
import { CeaseSubcode } from '../wire/constants.ts';
import type { BestPathFollower } from './bestPathFollower.ts';
import { Listener } from './listener.ts';
import type { Guarded } from './listenGuard.ts';
import { Peers } from './peers.ts';
import { type ConnectionsRefused, RefusalCount } from './refusalCount.ts';
import { Restart } from './restart.ts';
import type { RibRunner, RoutingEvent } from './ribRunner.ts';
import { Routing } from './routing.ts';

/** What is wanted of one neighbour, whole: the speaker finds out what that changes. */
export interface NeighbourIntent {
  /** Undefined: the session may be up. Otherwise it must not be, and the neighbour is told this. */
  readonly down: Cease | undefined;
  readonly routes: readonly OwnRoutes[];
  /** Whether more will be announced is not known yet: after our restart End-of-RIB waits for it. */
  readonly partial?: boolean;
}

/** TCP MD5 keys, by neighbour name, of those whose `password` names one. */
export type Keys = ReadonlyMap<string, Secret>;

const NO_KEYS: Keys = new Map();

export type SpeakerEvent = SessionEvent | ConnectionsRefused | RoutingReport;

export interface SpeakerOptions {
  readonly clock: Clock;
  readonly onEvent: (event: SpeakerEvent) => void;
  /** Neighbours may hold what the process before this one sent; undefined: they do not. */
  readonly restarted?: Restarted | undefined;
  /** Who writes down what a neighbour's sessions say and hear; undefined: nobody. */
  readonly tap?: ((neighbour: string) => SessionTap) | undefined;
}

/** What the RIB and the export groups tell, and when. */
export type RoutingReport = RoutingEvent & { readonly at: number };

export class Speaker {
  readonly #options: SpeakerOptions;
  readonly #budget: ReadBudget;
  readonly #sessions = new Map<string, Session>();
  readonly #byAddress = new Map<string, Session>();
  readonly #peers = new Peers();
  readonly #routing: Routing;
  readonly #listener: Listener;
  readonly #refused: RefusalCount;
  readonly #restart: Restart;
  /** Whether all is known that we announce ourselves. */
  #decided = false;
  /** Sessions that are gone from the configuration and still say goodbye. */
  readonly #ending = new Set<Promise<void>>();

  constructor(options: SpeakerOptions) {
    const { clock, onEvent } = options;
    this.#options = options;
    this.#budget = new ReadBudget(clock);
    this.#routing = new Routing({
      clock,
      onEvent: (event) => onEvent({ ...event, at: clock.wall() }),
    });
    this.#refused = new RefusalCount(clock, onEvent);
    this.#restart = new Restart(options.restarted, clock, () => this.#restartOver());
    this.#listener = new Listener((socket, remote) => this.#admit(socket, remote));
  }

  /**
   * Makes the sessions those of `config`: new neighbours get one (not started yet: see
   * `setIntents`), missing ones are ended, and one whose session parameters changed is reset.
   * Nothing that did not change is touched; what is sent otherwise by now, as by another next hop, goes
   * with the next `setIntents`. Returns one line for each change.
   */
  configure(config: Config, keys: Keys = NO_KEYS): readonly string[] {
    const changes: string[] = [];
    const neighbours = neighboursOf(config);
    const wanted = new Set(neighbours.map(({ name }) => name));
    for (const [name, session] of this.#sessions) {
      if (wanted.has(name)) continue;
      this.#endSession(session, CeaseSubcode.peerDeconfigured);
      this.#sessions.delete(name);
      changes.push(`${name}: removed, session ended`);
    }
    const runner = this.#routing.runnerFor(config, this.#restart.restarted !== undefined);
    runner.setAddresses(addressesIn(config));
    const prefixes = config.prefixes.map(({ prefix }) => prefix);
    this.#peers.setOwnPrefixes(prefixes);
    for (const neighbour of neighbours) {
      const change = this.#configureOne(runner, config, neighbour, keys.get(neighbour.name));
      if (change) changes.push(change);
    }
    runner.setOwnPrefixes(prefixes, neighbours.some(mayLearn));
    this.#byAddress.clear();
    for (const session of this.#sessions.values()) {
      this.#byAddress.set(session.config.neighbour.address.text, session);
    }
    return changes;
  }

  /** Brings every session to what is wanted of it; nothing is sent that the neighbour has already. */
  setIntents(intents: ReadonlyMap<string, NeighbourIntent>): void {
    for (const [name, intent] of intents) {
      const session = this.#sessions.get(name);
      if (!session) continue;
      session.setRoutes(intent.routes, this.#restart.restarted && intent.partial);
      if (intent.down) session.drop(intent.down);
      else session.start();
    }
    const decided = ![...intents.values()].some(({ partial }) => partial);
    if (decided !== this.#decided) {
      this.#decided = decided;
      this.#judgeRestart();
    }
  }

  /**
   * Listens on exactly these addresses, and demands exactly this of who connects; throws
   * ListenError. What is accepted still goes to the sessions of the last `configure`.
   */
  async listen(
    addresses: readonly ListenAddress[],
    guarded: readonly Guarded[] = [],
  ): Promise<void> {
    await this.#listener.listenOn(addresses, guarded);
  }

  listening(): readonly { address: string; port: number }[] {
    return this.#listener.bound();
  }

  /** Withdraws everything, says Cease/Administrative Shutdown with this text, and closes. */
  async stop(communication: string): Promise<void> {
    this.#listener.close();
    this.#refused.stop();
    this.#restart.stop();
    const cease = { subcode: CeaseSubcode.administrativeShutdown, communication };
    const ended = [...this.#sessions.values()].map((session) => session.end(cease));
    await Promise.all([...ended, ...this.#ending]);
  }

  /**
   * Leaves without a word those that keep what they were sent (RFC 4724 §4.1); returns their names.
   * `stop` is for the others.
   */
  async suspend(): Promise<readonly string[]> {
    this.#listener.close();
    const left = [...this.#sessions].map(async ([name, session]) => {
      return (await session.suspend()) ? [name] : [];
    });
    const names = (await Promise.all(left)).flat();
    for (const name of names) this.#sessions.delete(name);
    return names;
  }

  session(name: string): Session | undefined {
    return this.#sessions.get(name);
  }

  /** By neighbour name: our routes that those hold that are Established. */
  held(): ReadonlyMap<string, HeldRoutes> {
    return new Map(
      [...this.#sessions].flatMap(([name, { held }]) => (held ? [[name, held] as const] : [])),
    );
  }

  snapshots(): readonly SessionSnapshot[] {
    return [...this.#sessions.values()].map((session) => session.snapshot());
  }

  /** Those that are up. */
  monitored(): readonly MonitoredSession[] {
    return [...this.#sessions.values()].flatMap((session) => session.monitored() ?? []);
  }

  /** The routing information base; undefined before the first `configure`. */
  get rib(): Rib | undefined {
    return this.#routing.runner?.rib;
  }

  /** The neighbour that a path in the RIB came from. */
  nameOf(peer: PeerIndex): string {
    return this.#peers.nameOf(peer) ?? 'a neighbour that is gone';
  }

  /** Whom the best paths are told, whatever becomes of the configuration; undefined: nobody. */
  follow(follower: BestPathFollower | undefined): void {
    this.#routing.follow(follower);
  }

  /** Whether there may be routes of the neighbour: it has a session, or they are retained. */
  hasRoutesOf(name: string): boolean {
    const session = this.#sessions.get(name);
    return session !== undefined && this.#peers.isUp(session.peer);
  }

  /** Whether the neighbour has sent all of its initial routes (RFC 4724 §2). */
  hasSentAll(name: string): boolean {
    const session = this.#sessions.get(name);
    const families = session?.negotiatedFamilies ?? [];
    const { rib } = this;
    if (!session || !rib || families.length === 0) return false;
    return families.every((family) => rib.hasEndOfRib(session.peer, family));
  }

  #configureOne(
    runner: RibRunner,
    config: Config,
    neighbour: Neighbour,
    md5: Secret | undefined,
  ): string | undefined {
    const { name } = neighbour;
    // Never a session without the key that the file asks for.
    if (neighbour.password && !md5) throw new Error(`nobody has read the password of ${name}`);
    const { restarted } = this.#restart;
    const next = { localAs: config.asn, routerId: config.routerId, neighbour, md5, restarted };
    const session = this.#sessions.get(name);
    if (!session) {
      this.#addSession(runner, next);
      return `${name}: added`;
    }
    const change = session.ribIn === runner ? changeOf(session.config, next) : 'reset';
    if (change === 'reset') {
      this.#endSession(session, CeaseSubcode.otherConfigurationChange);
      this.#addSession(runner, next);
      return `${name}: session parameters changed, session reset`;
    }
    this.#peers.adjust(session.peer, neighbour);
    // The neighbour's other keys (prepend, communities, ...) reach the session as changed routes.
    session.adjust(next, change === 'next-hops');
    return change === 'none' ? undefined : `${name}: changed, session kept`;
  }

  #addSession(runner: RibRunner, config: SessionConfig): void {
    const { clock } = this.#options;
    const onEvent = (event: SessionEvent) => this.#heard(event);
    const { name } = config.neighbour;
    const tap = this.#options.tap?.(name);
    const options = { clock, budget: this.#budget, rib: runner, exporter: runner, onEvent, tap };
    const peer = this.#peers.add(config.neighbour, runner);
    this.#sessions.set(name, new Session(config, peer, options));
  }

  #heard(event: SessionEvent): void {
    this.#options.onEvent(event);
    const { type } = event;
    if (type === 'SessionUp' || type === 'EndOfRib') this.#judgeRestart();
  }

  /** Where nothing is learned every session is complete at once, and our checks may still be at work. */
  #judgeRestart(): void {
    if (this.#decided) this.#restart.judge(this.#sessions.values());
  }

  #restartOver(): void {
    this.#routing.runner?.release();
    for (const session of this.#sessions.values()) session.endRestart();
  }

  #endSession(session: Session, subcode: number): void {
    const ended = session.end({ subcode, communication: '' }).then(() => {
      this.#ending.delete(ended);
      this.#peers.forget(session.peer);
    });
    this.#ending.add(ended);
  }

  #admit(socket: Socket, remote: string): boolean {
    const session = this.#byAddress.get(remote);
    if (session?.accept(socket)) return true;
    this.#refused.count(remote);
    return false;
  }
}

/** What listening sockets are to demand of the neighbours. */
export function guardedBy(config: Config, keys: Keys = NO_KEYS): readonly Guarded[] {
  return neighboursOf(config).map(({ name, address, ttlSecurity }) => {
    return { address, md5: keys.get(name), onLink: ttlSecurity };
  });
}

/** Addresses that are said to be ours. */
function addressesIn(config: Config): readonly IpAddress[] {
  return neighboursOf(config)
    .flatMap(({ localAddress, nextHop }) => [localAddress, nextHop.ipv4, nextHop.ipv6])
    .filter((address) => address !== undefined);
}

function mayLearn({ kind }: Neighbour): boolean {
  return kind !== 'upstream';
}
