/**
 * The composition root of `multihomed run`: file, sessions, links, checks, control servers, log and
 * signals are joined here and nowhere else. The sessions start first; what the first OPEN does not
 * need (winston, the control server) is read after it.
 */

import { hostname } from 'node:os';
import { DEFAULT_DRAIN } from '../announcer/drain.ts';
import { interfacesToMeasure } from '../announcer/drains.ts';
import { BfdThread } from '../bfd/bfdThread.ts';
import type { LogLevel } from '../config/config.ts';
import type { Problem } from '../config/problem.ts';
import { type CauseKind, Delays } from '../control/delays.ts';
import { EventLog } from '../control/eventLog.ts';
import { kernelFindings } from '../generate/preflight.ts';
import { CheckWatcher } from '../monitor/checks/checkWatcher.ts';
import { watchLinks } from '../monitor/linkWatcher.ts';
import { Sysfs } from '../monitor/sysfs.ts';
import { TrafficSampler } from '../monitor/trafficSampler.ts';
import { errorText } from '../net/errorText.ts';
import { systemClock } from '../session/clock.ts';
import type { Restarted } from '../session/restartOffer.ts';
import { loadSockopt } from '../session/sockopt.ts';
import type { SpeakerEvent } from '../speaker/speaker.ts';
import { Stations } from '../station/stations.ts';
import { Announcing } from './announcing.ts';
import { bfdKeyChanges, bfdTargets } from './bfdTargets.ts';
import { ClockWatch } from './clockWatch.ts';
import { textOf } from './configFile.ts';
import { ControlServers } from './controlServers.ts';
import { Deferred } from './deferred.ts';
import { endEngineStart } from './engine.ts';
import type { DaemonEvent } from './events.ts';
import { settingsLine, settingsOf } from './kernelSettings.ts';
import { KernelUpkeep } from './kernelUpkeep.ts';
import { KeyWatcher } from './keyWatcher.ts';
import { established, sessionCount, startedText, stoppedText } from './lifeText.ts';
import { type LogLine, OperatorLog } from './log.ts';
import { narrate } from './narrate.ts';
import { OperatorView } from './operatorView.ts';
import { PathFinder } from './pathFinder.ts';
import { Reloading, type Running } from './reloading.ts';
import type { RestartMarker } from './restartMarker.ts';
import { serviceNotify } from './serviceNotify.ts';
import { SpareMemory } from './spareMemory.ts';
import { TableWatch } from './tableWatch.ts';

export interface RunOptions {
  readonly configFile: string;
  readonly version: string;
}

/** How long the sessions may keep the rest of the start waiting, in ms. */
const FIRST_OPEN = 100;
/** How long a stop may take, whatever hangs, in ms. */
const STOP_LIMIT = 5000;

export class Daemon {
  readonly #log = new OperatorLog();
  readonly #service = serviceNotify(process.env, systemClock);
  readonly #announcing: Announcing;
  readonly #marker: RestartMarker;
  readonly #links = watchLinks({
    onEvent: (event) => this.#push(event),
    now: systemClock.wall,
  });
  readonly #paths = new PathFinder({
    links: this.#links,
    onFound: (paths) =>
      this.#announcing.push({ type: 'PathsResolved', at: systemClock.wall(), paths }),
  });
  readonly #keys = new KeyWatcher({
    clock: systemClock,
    sessions: () => this.#announcing.passwords(),
    onFound: (found) => this.#announcing.push(found),
  });
  readonly #bfd = new BfdThread({
    now: systemClock.wall,
    onEvent: (event) => this.#push(event),
  });
  readonly #kernel: KernelUpkeep;
  readonly #checks = new CheckWatcher({
    clock: systemClock,
    onEvent: (event) => this.#push(event),
    links: () => this.#links.facts(),
    interfaceOf: (upstream) => this.#announcing.facts().paths.get(upstream)?.interface,
  });
  readonly #tables = new TableWatch({
    clock: systemClock,
    sample: (upstream) => this.#announcing.tableSample(upstream),
    onEvent: (event) => this.#push(event),
  });
  readonly #stations: Stations;
  readonly #startedAt = systemClock.wall();
  readonly #stopped = new Deferred<number>();
  readonly #firstOpen = new Deferred<void>();
  readonly #traffic = new TrafficSampler({
    clock: systemClock,
    attribute: (device, name) => this.#sysfs.attribute(device, name),
    onMeasured: (measured) => this.#announcing.push(measured),
  });
  readonly #sysfs = new Sysfs();
  readonly #spareMemory = new SpareMemory(systemClock);
  readonly #clockWatch = new ClockWatch(systemClock, (event) => this.#push(event));
  readonly #reloading: Reloading;
  /** Settles when the start is over, whatever became of it. */
  #starting: Promise<unknown> = Promise.resolve();
  #stopping = false;
  readonly #timeline = new EventLog(this.#startedAt);
  readonly #delays = new Delays();
  readonly #controls = new ControlServers((...line) => this.#say(...line));
  readonly #view: OperatorView;

  constructor(
    options: RunOptions,
    { config, keys, bfdKeys }: Omit<Running, 'loadedAt'>,
    marker: RestartMarker,
    restarted: Restarted | undefined,
  ) {
    this.#marker = marker;
    this.#announcing = new Announcing({
      config,
      keys,
      clock: systemClock,
      restarted,
      record: { version: options.version, textOf },
      onEvent: (event) => this.#onEvent(event),
    });
    this.#reloading = new Reloading({
      file: options.configFile,
      running: { config, keys, bfdKeys, loadedAt: this.#startedAt },
      announcing: this.#announcing,
      clock: systemClock,
      service: this.#service,
      sessions: () => this.#sessionCount(),
      prepare: (next) => this.#kernel.prepare(next),
      onLoaded: (...loaded) => this.#onLoaded(...loaded),
      warn: (problem) => this.#warn(problem),
      say: (...line) => this.#say(...line),
    });
    this.#kernel = new KernelUpkeep({
      clock: systemClock,
      announcing: this.#announcing,
      onEvent: (event) => this.#push(event),
    });
    this.#stations = new Stations({
      clock: systemClock,
      monitored: this.#announcing.monitored,
      about: { sysDescr: `multihomed ${options.version}`, sysName: hostname() },
      onEvent: (event) => this.#push(event),
    });
    this.#view = new OperatorView({
      ...options,
      ...{ startedAt: this.#startedAt, clock: systemClock },
      ...{ announcing: this.#announcing, reloading: this.#reloading },
      ...{ checks: this.#checks, keys: this.#keys, bfd: this.#bfd, kernel: this.#kernel },
      ...{ stations: this.#stations },
      ...{ timeline: this.#timeline, delays: this.#delays },
    });
  }

  /** Throws ListenError when a listening address cannot be had. */
  start(warnings: readonly Problem[]): Promise<void> {
    const starting = this.#start(warnings);
    this.#starting = starting.catch(() => {});
    this.#reloading.after(this.#starting);
    return starting;
  }

  /** SIGHUP reloads; whatever else comes stops. */
  signal(signal: NodeJS.Signals): void {
    if (signal === 'SIGHUP') void this.#view.reload();
    else void this.#stop(signal);
  }

  async #start(warnings: readonly Problem[]): Promise<void> {
    const anchored = this.#kernel.prepare(this.#announcing.config);
    await this.#announcing.start();
    await this.#mark();
    const cancel = systemClock.after(FIRST_OPEN, () => this.#firstOpen.resolve());
    await this.#firstOpen.promise;
    cancel();
    await this.#log.open(this.#announcing.config.log);
    if (this.#stopping) return;
    this.#bfd.configure(bfdTargets(this.#reloading.running));
    await Promise.all([this.#links.start(), this.#findPaths()]);
    if (this.#stopping) return;
    await anchored;
    this.#kernel.update(false);
    this.#checks.configure(this.#announcing.config.checks);
    this.#checks.start();
    this.#tables.configure(this.#announcing.config);
    await this.#controls.open(this.#view, this.#announcing.config.control);
    if (this.#stopping) return;
    void this.#keys.start();
    this.#clockWatch.start();
    this.#stations.configure(this.#announcing.config.bmp);
    const { config } = this.#announcing;
    this.#say('info', 'started', startedText(config, this.#announcing.listening()));
    for (const problem of warnings) this.#warn(problem);
    if (!loadSockopt()) this.#say('warn', 'no-sockopt', NO_SOCKOPT);
    this.#warnOfKernel();
    this.#service.ready(this.#sessionCount());
    this.#spareMemory.settle();
    void endEngineStart();
  }

  #warnOfKernel(): void {
    const { paths } = this.#announcing.facts();
    const known = [...paths].flatMap(([name, { interface: link }]) =>
      link === undefined ? [] : [[name, link] as const],
    );
    const findings = kernelFindings(this.#announcing.config, new Map(known), settingsOf());
    const line = settingsLine(findings);
    if (line !== undefined) this.#say('warn', 'preflight', line);
  }

  untilStopped(): Promise<number> {
    return this.#stopped.promise;
  }

  #warn({ path, cause, consequence, mend }: Problem): void {
    this.#say('warn', 'config-warning', `${path}: ${cause}; ${consequence}; ${mend}`);
  }

  /** Another configuration is in force. */
  #onLoaded(running: Running, before: Running): readonly string[] {
    const { config } = running;
    this.#bfd.configure(bfdTargets(running));
    this.#log.configure(config.log);
    this.#tables.configure(config);
    this.#stations.configure(config.bmp);
    void this.#mark();
    void this.#paths.follow(config);
    return [...bfdKeyChanges(before, running), ...this.#checks.configure(config.checks)];
  }

  /** What was noticed outside of the sessions. */
  #push(event: DaemonEvent): void {
    if (event.type === 'LinkChanged') this.#cause('link');
    if (event.type === 'CheckChanged' && event.check.since === event.at) this.#cause('check');
    this.#announcing.push(event);
  }

  #cause(kind: CauseKind): void {
    this.#delays.begin(kind, systemClock.monotonic());
  }

  #onEvent(event: DaemonEvent | SpeakerEvent): void {
    if (event.type === 'SessionUp') this.#cause('session');
    if (UNMEASURED.has(event.type)) this.#delays.pass();
    if (event.type === 'RoutesSent' && !event.asked) {
      const action = event.withdrawn.length > 0 ? 'withdraw' : 'announce';
      this.#delays.sent(action, systemClock.monotonic());
    }
    if (event.type === 'AddressesChanged') void this.#findPaths();
    if (MEASURED_ANEW.has(event.type)) this.#followTraffic();
    if (event.type === 'LinkChanged') this.#checks.linkChanged(event.link.interface);
    if (event.type === 'StateChanged' && event.to === 'OpenSent') this.#firstOpen.resolve();
    if (MOVES_ROUTES.has(event.type)) this.#kernel.update(DROPS_ROUTES.has(event.type));
    if (event.type === 'SessionUp' || event.type === 'SessionDown') {
      this.#service.status(this.#sessionCount());
      this.#stations.heard(event);
    }
    if (event.type === 'EndOfRib') this.#spareMemory.tableCame();
    if (event.type === 'InternalError') this.#stations.heard(event);
    const line = narrate(event);
    if (line) this.#tell(line);
  }

  /** The timeline has what the log has, whatever the log's level. */
  #tell(line: LogLine): void {
    this.#log.write(line);
    this.#timeline.add(line);
  }

  #followTraffic(): void {
    const { state } = this.#announcing;
    this.#traffic.follow(interfacesToMeasure(state, this.#announcing.facts()));
  }

  #findPaths(): Promise<void> {
    return this.#paths.find(this.#announcing.config);
  }

  async #stop(signal: string): Promise<void> {
    const why = `multihomed is being stopped (${signal})`;
    if (this.#stopping) {
      // Whoever asks twice does not want to wait for traffic to go.
      systemClock.after(STOP_LIMIT, () => this.#giveUp());
      return this.#announcing.stop(why);
    }
    this.#stopping = true;
    this.#reloading.stop();
    this.#service.stopping();
    const drains = this.#announcing.config.onExit === 'drain';
    const limit = STOP_LIMIT + (drains ? DEFAULT_DRAIN.timeout : 0);
    systemClock.after(limit, () => this.#giveUp());
    const told = established(this.#announcing.upstreams());
    this.#firstOpen.resolve();
    this.#cause('stop');
    const kept = await this.#leave(why);
    // What the start still opens after this is closed below.
    await this.#starting;
    // On the wire everything is withdrawn by now.
    await this.#kernel.stop();
    this.#links.stop();
    this.#keys.stop();
    this.#clockWatch.stop();
    this.#traffic.stop();
    this.#tables.stop();
    await this.#stations.stop(why);
    this.#timeline.close();
    await Promise.all([this.#checks.stop(), this.#bfd.stop(), this.#controls.close()]);
    this.#say('info', 'stopped', stoppedText(told, kept));
    this.#stopped.resolve(0);
  }

  /** Returns the names of those that keep our routes: a next start is to find the marker then. */
  async #leave(why: string): Promise<readonly string[]> {
    if (this.#announcing.config.onExit !== 'keep') {
      await this.#announcing.stop(why);
      await this.#marker.remove().catch(() => {});
      return [];
    }
    this.#kernel.freeze();
    const kept = await this.#announcing.suspend(why);
    if (kept.length === 0) await this.#marker.remove().catch(() => {});
    return kept;
  }

  /** Without the marker a restart still works; neighbours only wait longer for what they need not. */
  async #mark(): Promise<void> {
    await this.#marker.follow(this.#announcing.config).catch((error: unknown) => {
      const cause = `state-dir cannot be written: ${errorText(error)}`;
      this.#say('warn', 'state-failed', `${cause}; after a restart neighbours are not told of it`);
    });
  }

  #giveUp(): void {
    const cause = `something still hangs ${STOP_LIMIT / 1000} s after it was told to stop`;
    this.#say('warn', 'stopped', `stopped: ${cause}; the kernel closes what is open`);
    this.#stopped.resolve(0);
  }

  #sessionCount(): string {
    return sessionCount(this.#announcing.upstreams());
  }

  #say(level: LogLevel, event: string, message: string): void {
    this.#tell({ level, event, message, at: systemClock.wall() });
  }
}

/** What something may be withdrawn for, beside the causes of which it is measured how soon that is. */
const UNMEASURED: ReadonlySet<string> = new Set<DaemonEvent['type']>([
  ...(['OrdersChanged', 'TimeCame', 'TrafficMeasured'] as const),
  ...(['SignsChanged', 'BfdChanged', 'StoodStill'] as const),
]);
/** What may begin or end the wait for traffic to go, or lead it over another interface. */
const MEASURED_ANEW: ReadonlySet<string> = new Set<DaemonEvent['type']>([
  'ConfigLoaded',
  'DrainAdvanced',
  'DrainUndone',
  'OrdersChanged',
  'PathsResolved',
]);
/** What the kernel's routes follow from. */
const MOVES_ROUTES: ReadonlySet<string> = new Set([
  ...['SessionUp', 'SessionDown', 'RoutesLongLived', 'RoutesSwept'],
  ...['LinkChanged', 'BfdChanged', 'DoubtChanged'],
  ...['AddressesChanged', 'PathsResolved', 'ConfigLoaded', 'StopRequested'],
]);
/** The kernel drops routes by itself when these happen. */
const DROPS_ROUTES: ReadonlySet<string> = new Set(['LinkChanged', 'AddressesChanged']);

const NO_SOCKOPT =
  'the optional package koffi cannot be loaded: sessions run with the TTL that the kernel takes for every connection, and `multihop` changes nothing; install it (npm install koffi)';
