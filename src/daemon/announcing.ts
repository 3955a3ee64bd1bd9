/**
 * The announcing half of the daemon, from event to wire: facts are updated, the announcer decides,
 * the speaker does, and what it really sent is charged to the flap budget. It touches no signals, and
 * files only through `Memory`, so that the demo and the tests drive the very same code.
 */

import type { Outcome } from '../announcer/decide.ts';
import { decidedIn } from '../announcer/desired.ts';
import { DEFAULT_DRAIN, type DrainTarget, sameTarget } from '../announcer/drain.ts';
import type { Facts } from '../announcer/facts.ts';
import { drain, type Operated } from '../announcer/operate.ts';
import { outcomeImageOf } from '../announcer/outcomeImage.ts';
import { signsOf } from '../announcer/reachability.ts';
import type { SignFact } from '../announcer/sign.ts';
import { initialState, ownPrefixWalk, type State, withDrains } from '../announcer/state.ts';
import { imageOf } from '../announcer/stateImage.ts';
import type { TableSample } from '../announcer/tableSigns.ts';
import { type Config, neighboursOf, type UpstreamConfig } from '../config/config.ts';
import type { AnnouncementStatus, LearnedRoutes, UpstreamStatus } from '../control/port.ts';
import type { Family } from '../net/family.ts';
import type { Clock } from '../session/clock.ts';
import type { Restarted } from '../session/restartOffer.ts';
import { NO_TAP } from '../session/tap.ts';
import type { BestPathFollower } from '../speaker/bestPathFollower.ts';
import { guardedBy, type Keys, Speaker, type SpeakerEvent } from '../speaker/speaker.ts';
import type { Monitored } from '../station/station.ts';
import { Alarm } from './alarm.ts';
import { Decider } from './decider.ts';
import { Deferred } from './deferred.ts';
import type { DaemonEvent } from './events.ts';
import { heldImages } from './heldImages.ts';
import { intentsOf } from './intents.ts';
import type { WatchedSession } from './keyWatch.ts';
import { Memory } from './memory.ts';
import { outcomeEvents } from './outcomeEvents.ts';
import { prefixChanges } from './prefixChanges.ts';
import { EventQueue } from './queue.ts';
import { Recorder, type RecorderOptions } from './recorder.ts';
import { tableSample } from './tableSample.ts';

export interface AnnouncingOptions {
  readonly config: Config;
  /** Of the neighbours that the file names a password for; default: there are none. */
  readonly keys?: Keys;
  readonly clock: Clock;
  /** As `SpeakerOptions` has it. */
  readonly restarted?: Restarted | undefined;
  /** For the black box, where the file asks for one; default: there is none. */
  readonly record?: Pick<RecorderOptions, 'version' | 'textOf'>;
  /** Everything that happened, in order, once it has been acted on. */
  readonly onEvent: (event: DaemonEvent | SpeakerEvent) => void;
}

/** What is due comes later than this, in ms, only when the process has not run, or not come round. */
const STOOD_STILL = 100;
/** How long a stop waits for the site to be drained, in ms: a little longer than that takes. */
const LONGEST_LEAVE = DEFAULT_DRAIN.timeout + 1000;

export class Announcing {
  readonly #options: AnnouncingOptions;
  readonly #speaker: Speaker;
  readonly #queue = new EventQueue<DaemonEvent | SpeakerEvent>((event) => this.#deal(event));
  readonly #decider: Decider;
  readonly #memory: Memory;
  readonly #recorder: Recorder | undefined;
  /** The wall clock's time as of the start, carried on by one that does not jump. */
  readonly #epoch: number;
  readonly #alarm: Alarm;
  #decidedAt = 0;
  #keeping = false;
  /** What is remembered has been read. */
  #loaded = false;
  /** Resolved once the site is drained, or nobody wants to wait for it any more. */
  #leaving: Deferred<void> | undefined;

  constructor(options: AnnouncingOptions) {
    const { config, clock } = options;
    this.#options = options;
    this.#epoch = clock.wall() - clock.monotonic();
    // A time that decisions depend on has come.
    this.#alarm = new Alarm(clock, () => this.push({ type: 'TimeCame', at: clock.wall() }));
    this.#decider = new Decider(config, initialState(config));
    this.#memory = new Memory(
      () => this.now(),
      () => clock.wall(),
      (event) => this.push(event),
    );
    this.#recorder = options.record && this.#recorderOf(options.record);
    this.#speaker = new Speaker({
      clock,
      tap: this.#recorder && ((neighbour) => this.#recorder?.tap(neighbour) ?? NO_TAP),
      restarted: options.restarted,
      onEvent: (event) => this.#queue.push(event),
    });
  }

  get config(): Config {
    return this.#decider.config;
  }

  /** What is remembered; see `operate` for changing it. */
  get state(): State {
    return this.#decider.state;
  }

  /** The last decision: what `plan`, `explain` and `budgets` are made from; undefined before `start`. */
  get outcome(): Outcome | undefined {
    return this.#decider.outcome;
  }

  /** Milliseconds since the epoch; never jumps, so that holds and leases are as long as they say. */
  now(): number {
    return this.#epoch + this.#options.clock.monotonic();
  }

  /** Reads what is remembered, opens the listening sockets, starts the sessions. Throws ListenError. */
  async start(): Promise<void> {
    const { keys, restarted } = this.#options;
    const { config } = this;
    const [state] = await Promise.all([
      this.#memory.load(config, restarted !== undefined),
      this.#speaker.listen(config.listen, guardedBy(config, keys)),
    ]);
    this.#decider.state = state;
    this.#loaded = true;
    this.#recorder?.configure(config, this.now());
    this.#speaker.configure(config, keys);
    this.push({ type: 'ConfigLoaded', at: this.#options.clock.wall(), config });
  }

  listening(): readonly { address: string; port: number }[] {
    return this.#speaker.listening();
  }

  push(event: DaemonEvent): void {
    this.#queue.push(event);
  }

  /** Why `reconfigure` would lose what a state file holds; undefined: it would not. */
  obstacle(config: Config): Promise<string | undefined> {
    return this.#memory.obstacle(config);
  }

  /**
   * Takes a new configuration; throws ListenError, and then nothing has changed. Returns a line
   * for each difference.
   */
  async reconfigure(config: Config, keys?: Keys): Promise<readonly string[]> {
    await this.#speaker.listen(config.listen, guardedBy(config, keys));
    const changes = prefixChanges(this.config, config);
    const now = this.now();
    // A session that ends for it must not have anything sent by others that are still as they were.
    return this.#queue.during(() => {
      this.#decider.configure(config, now);
      this.#recorder?.configure(config, now);
      this.#memory.configure(config);
      const others = this.#speaker.configure(config, keys);
      this.push({ type: 'ConfigLoaded', at: this.#options.clock.wall(), config });
      return [...changes, ...others];
    });
  }

  /**
   * What an operator orders: see `operate.ts` for what there is. Resolves when what follows is on its
   * way to the wire and the order would survive a crash, or `unsaved` says why it would not; when it
   * was refused, nothing has changed.
   */
  async operate(change: (state: State, facts: Facts, now: number) => Operated): Promise<Operated> {
    // What the last word on disk does not have would be lost.
    if (this.#leaving) return { ok: false, why: 'the daemon is being stopped' };
    const operated = change(this.state, this.facts(), this.now());
    if (!operated.ok) return operated;
    this.#order(operated.state);
    await this.#memory.keep(this.state, false);
    return operated;
  }

  /** Why a restart would not know of the orders as they are; undefined: it would. */
  get unsaved(): string | undefined {
    return this.#memory.unsaved;
  }

  /** The facts as they are now: what `plan` and the checks before an order are made with. */
  facts(): Facts {
    return this.#decider.facts();
  }

  /**
   * Drains first if the file says so, then withdraws everything and ends every session; resolves when
   * the sockets are closed. Asked again while it drains, it does not wait any longer.
   */
  async stop(why: string): Promise<void> {
    if (this.#leaving) {
      this.#leaving.resolve();
      return;
    }
    this.#leaving = new Deferred();
    const { drains } = this.state;
    if (this.config.onExit === 'drain') await this.#drainSite(this.#leaving);
    this.push({ type: 'StopRequested', at: this.#options.clock.wall(), why });
    await this.#speaker.stop(why);
    this.#alarm.cancel();
    // Draining was for the end alone: the next start finds what was drained by order, and no more.
    const ordered = this.state.drains.filter(({ target }) =>
      drains.some((each) => sameTarget(each.target, target)),
    );
    // Stopped before it was read, it stays as it was.
    if (this.#loaded) await this.#memory.keep(withDrains(this.state, ordered), true);
    await this.#recorder?.close();
  }

  /**
   * The same, but for neighbours that keep what they were sent until we are back (RFC 4724): they are
   * left without a word. Returns their names.
   */
  async suspend(why: string): Promise<readonly string[]> {
    const kept = await this.#speaker.suspend();
    await this.stop(why);
    return kept;
  }

  upstreams(): readonly UpstreamStatus[] {
    const { paths, links } = this.facts();
    return this.#speaker.snapshots().map((session) => {
      const path = paths.get(session.name);
      const link = path?.interface === undefined ? undefined : links.get(path.interface);
      return { session, path, link };
    });
  }

  /** Of whether an upstream leads anywhere; empty: not looked at, or its session is down. */
  signsOf(name: string): readonly SignFact[] {
    const upstream = this.config.upstreams.find((each) => each.name === name);
    return upstream ? signsOf(this.config, this.facts(), upstream, this.now()) : [];
  }

  /** What is held of an upstream's routes now, for `TableWatch`. */
  tableSample({ name, families, reachability }: UpstreamConfig): TableSample {
    return tableSample({
      ...{ at: this.now(), families, canaries: reachability?.canaries ?? [] },
      sessionSince: this.facts().sessions.get(name)?.since,
      rib: this.#speaker.rib,
      peer: this.#speaker.session(name)?.peer,
    });
  }

  /** Which neighbours have a password, and which of them are up. */
  passwords(): readonly WatchedSession[] {
    return neighboursOf(this.config).map(({ name, password }) => {
      const up = this.#speaker.session(name)?.snapshot().state === 'Established';
      return { name, hasKey: password !== undefined, up };
    });
  }

  announcements(): readonly AnnouncementStatus[] {
    return [...this.walkAnnouncements()];
  }

  /** As they are wanted now; whether one is on the wire is looked up in its turn. */
  *walkAnnouncements(): Generator<AnnouncementStatus> {
    const { outcome } = this;
    if (!outcome) return;
    for (const intent of outcome.desired.values()) {
      for (const [announcement, list] of decidedIn(intent, ownPrefixWalk(outcome.state))) {
        const session = this.#speaker.session(announcement.neighbour);
        const advertisedSince = session?.advertisedSince(announcement.prefix, list);
        yield { ...announcement, advertisedSince };
      }
    }
  }

  /** For monitoring stations: the sessions that are up, and the table that their routes are in. */
  get monitored(): Monitored {
    const speaker = this.#speaker;
    return { sessions: () => speaker.monitored(), rib: () => speaker.rib };
  }

  /** Whom best paths are told; undefined: nobody any more. */
  follow(follower: BestPathFollower | undefined): void {
    this.#speaker.follow(follower);
  }

  /** As `Speaker` has it. */
  hasRoutesOf(neighbour: string): boolean {
    return this.#speaker.hasRoutesOf(neighbour);
  }

  /**
   * Whether its routes of the family are kept until it has restarted (RFC 4724), and no longer; those of
   * one that is not back by then (RFC 9494) are not.
   */
  awaitsRestartOf(neighbour: string, family: Family): boolean {
    const stale = this.#speaker.session(neighbour)?.snapshot().stale ?? [];
    return stale.some((each) => each.family === family && each.phase === 'restart');
  }

  /** As `Speaker` has it. */
  hasSentAll(neighbour: string): boolean {
    return this.#speaker.hasSentAll(neighbour);
  }

  learned(): LearnedRoutes | undefined {
    const { rib } = this.#speaker;
    return (
      rib && {
        reader: rib.reader,
        prefixes: (family) => rib.table.prefixes(family),
        nameOf: (peer) => this.#speaker.nameOf(peer),
      }
    );
  }

  #deal(event: DaemonEvent | SpeakerEvent): void {
    const now = this.now();
    const late = this.#alarm.lateAt(now);
    // Before anything is decided by what had no chance to be renewed.
    const since = this.#decidedAt;
    if (late >= STOOD_STILL && this.#decider.hasLapsed(since, now)) {
      this.#act({ type: 'StoodStill', at: this.#options.clock.wall(), late, since }, now);
    }
    this.#act(event, now);
  }

  #act(event: DaemonEvent | SpeakerEvent, now: number): void {
    const moved = this.#decider.learn(event, now);
    this.#recorder?.event(now, event, moved);
    if (moved) this.#apply(now);
    this.#options.onEvent(event);
  }

  /** What an operator ordered is in `state`. */
  #order(state: State): void {
    this.#decider.state = state;
    this.#recorder?.ordered(this.now(), state);
    this.push({ type: 'OrdersChanged', at: this.#options.clock.wall() });
  }

  #apply(now: number): void {
    const before = this.outcome;
    const outcome = this.#decider.decide(now);
    this.#decidedAt = now;
    this.#recorder?.decided(before, outcome);
    this.#speaker.setIntents(intentsOf(outcome.desired));
    this.#alarm.set(outcome.wakeAt, now);
    this.#tell(before, outcome);
    this.#keepSoon();
  }

  #recorderOf(options: Pick<RecorderOptions, 'version' | 'textOf'>): Recorder {
    return new Recorder({
      ...options,
      clock: this.#options.clock,
      now: () => this.now(),
      image: () => ({
        state: imageOf(this.state),
        facts: this.facts(),
        restartTerms: this.#decider.restartTerms,
        decided: this.outcome && outcomeImageOf(this.outcome, this.#decidedAt),
        held: heldImages(this.#speaker.held()),
      }),
      onEvent: (event) => this.push(event),
    });
  }

  #tell(before: Outcome | undefined, after: Outcome): void {
    const at = this.#options.clock.wall();
    for (const event of outcomeEvents(before, after, at)) this.push(event);
    const site = after.state.drains.find(({ target }) => target.kind === 'site');
    if (site?.phase === 'drained') this.#leaving?.resolve();
  }

  /** Not before what is to be sent has been: a file of a hundred thousand prefixes takes a while. */
  #keepSoon(): void {
    if (this.#keeping) return;
    this.#keeping = true;
    this.#options.clock.afterReads(() => {
      this.#keeping = false;
      if (!this.#leaving) void this.#memory.keep(this.state, false);
    });
  }

  /** Not kept, unlike an order: were we killed meanwhile, the next start would find itself drained. */
  async #drainSite(drained: Deferred<void>): Promise<void> {
    const target: DrainTarget = { kind: 'site' };
    const operated = drain(this.state, this.facts(), target, DEFAULT_DRAIN, this.now());
    if (operated.ok) this.#order(operated.state);
    // Refused only when it is drained already, or on its way there.
    const site = this.state.drains.find((each) => sameTarget(each.target, target));
    if (site?.phase === 'drained') return;
    // One that was ordered before may have been given longer than a stop has.
    const cancel = this.#options.clock.after(LONGEST_LEAVE, () => drained.resolve());
    await drained.promise;
    cancel();
  }
}
