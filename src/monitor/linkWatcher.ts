/**
 * Watches the links that neighbours are reached by, and the routes to them. `ip monitor` says what
 * changes. What it says of a link is acted on at once; then netlink is asked, to be sure. Should a
 * report be late or missing, a look at sysfs, once a second, finds out.
 *
 * Reports are late by design. The kernel tells at once that a network card lost its carrier only
 * when there was no such news, of any card, within the last second; else it waits for that second
 * to end ("linkwatch"; a veth pair is spared unless both ends have the same index). So for a little
 * more than a second after each report sysfs, which is not late, is looked at often.
 */

import type { IpAddress } from '../net/address.ts';
import { type Clock, systemClock } from '../session/clock.ts';
import { AddressChanges } from './addressChanges.ts';
import { parseMonitorLine } from './ipMonitor.ts';
import { KernelLinks } from './kernelLinks.ts';
import type { LinkFact } from './link.ts';
import type { LinkEvent } from './linkEvent.ts';
import { type MonitorListener, MonitorProcess, monitorCommand } from './monitorProcess.ts';
import { RouteWatcher } from './routeWatcher.ts';
import { WatchedLinks } from './watchedLinks.ts';

/** Where the watcher's knowledge comes from; the kernel, but for tests. */
export interface LinkSources {
  readonly ask: KernelLinks['ask'];
  readonly glance: KernelLinks['glance'];
  readonly lostCarrier: KernelLinks['lostCarrier'];
  /** `objects`: what it reports on, as `link`, `address`, `route`. */
  readonly monitor: (
    objects: readonly string[],
    listener: MonitorListener,
    after: Clock['after'],
  ) => { start(): void; stop(): void };
}

export interface LinkWatcherOptions {
  /** Called for every change, and for the first state of each link. */
  readonly onEvent: (event: LinkEvent) => void;
  /** Milliseconds since the epoch. */
  readonly now: Clock['wall'];
  readonly after?: Clock['after'];
  readonly sources?: LinkSources;
}

/** Between two looks at sysfs, in ms: usually, and for a while after a report. */
const POLL = 1000;
const EAGER_POLL = 50;
/** How many looks that while takes: a little more than a second. */
const EAGER_LOOKS = 24;

export function watchLinks(options: LinkWatcherOptions): LinkWatcher {
  return new LinkWatcher(options);
}

/** Nothing in it throws or rejects. */
export class LinkWatcher {
  readonly #options: LinkWatcherOptions;
  readonly #after: Clock['after'];
  readonly #sources: LinkSources;
  readonly #links = new WatchedLinks();
  readonly #addresses: AddressChanges;
  readonly #monitor: { start(): void; stop(): void };
  readonly #routes: RouteWatcher;
  /** The question about each name that is being asked; an answer is worth waiting for. */
  readonly #asking = new Map<string, Promise<void>>();
  #running = false;
  #eagerLooks = 0;
  /** Names that are being looked at: such a look may take long where a driver hangs. */
  readonly #looking = new Set<string>();
  #cancelLook: () => void = () => {};

  constructor(options: LinkWatcherOptions) {
    const { onEvent, now, after = systemClock.after, sources = kernelSources() } = options;
    this.#options = options;
    this.#after = after;
    this.#sources = sources;
    this.#addresses = new AddressChanges(after, () =>
      onEvent({ type: 'AddressesChanged', at: now() }),
    );
    this.#monitor = sources.monitor(
      ['link', 'address'],
      {
        onStart: () => this.#readAll(),
        onLine: (line) => this.#onLine(line),
        onComplaint: () => this.#readAll(),
        onFailure: (cause) => onEvent({ type: 'WatcherFailed', at: now(), cause }),
        onRecovery: () => onEvent({ type: 'WatcherRecovered', at: now() }),
      },
      after,
    );
    this.#routes = new RouteWatcher(
      (listener) => sources.monitor(['route'], listener, after),
      () => this.#addresses.note(),
    );
  }

  /** Resolves when the state of every watched link has been told. */
  async start(): Promise<void> {
    this.#running = true;
    this.#monitor.start();
    this.#routes.start();
    this.#lookLater();
    await this.#askAll(this.#links.names());
  }

  /**
   * Watches these interfaces and no others; they need not exist. Resolves when the state of the new
   * ones has been told; before `start`, at once.
   */
  async watch(names: Iterable<string>): Promise<void> {
    const { added, forgotten } = this.#links.setNames(names);
    if (!this.#running) return;
    for (const name of forgotten) {
      this.#options.onEvent({ type: 'LinkForgotten', at: this.#options.now(), interface: name });
    }
    await this.#askAll(added);
  }

  /** Tells when routes to these neighbours change, and no others. */
  watchRoutes(neighbours: readonly IpAddress[]): void {
    this.#routes.setNeighbours(neighbours);
  }

  /** Ends the child; no event comes after this. */
  stop(): void {
    this.#running = false;
    this.#cancelLook();
    this.#addresses.stop();
    this.#monitor.stop();
    this.#routes.stop();
  }

  /** By interface name. */
  facts(): ReadonlyMap<string, LinkFact> {
    return this.#links.facts();
  }

  #onLine(line: string): void {
    const report = parseMonitorLine(line);
    if (!report || !this.#running) return;
    if (report.type === 'link') {
      const { changed, doubtful } = this.#links.report(report, this.#options.now());
      for (const link of changed) this.#options.onEvent({ type: 'LinkChanged', link });
      for (const name of doubtful) void this.#ask(name);
      this.#lookEagerly();
    }
    this.#addresses.report(report);
  }

  /** The kernel's reports begin here, or some were lost: everything may be different. */
  #readAll(): void {
    if (!this.#running) return;
    this.#addresses.note();
    void this.#askAll(this.#links.names());
    this.#lookEagerly();
  }

  async #askAll(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.#ask(name)));
  }

  /** One question at a time for each name: whoever else asks waits for the same answer. */
  #ask(name: string): Promise<void> {
    const asked = this.#asking.get(name);
    if (asked) return asked;
    const asking = this.#askUntilSure(name).finally(() => this.#asking.delete(name));
    this.#asking.set(name, asking);
    return asking;
  }

  async #askUntilSure(name: string): Promise<void> {
    for (;;) {
      const mark = this.#links.readingMark(name);
      const reading = await this.#sources.ask(name);
      if (!reading || !this.#running) return;
      const outcome = this.#links.read(name, reading, mark, this.#options.now());
      if (outcome === 'overtaken') continue;
      if (outcome) this.#options.onEvent({ type: 'LinkChanged', link: outcome });
      if (outcome?.state === 'up') this.#addresses.note();
      return;
    }
  }

  #lookEagerly(): void {
    const eagerAlready = this.#eagerLooks > 0;
    this.#eagerLooks = EAGER_LOOKS;
    // Reports that come thick and fast must not put the look off again and again.
    if (!eagerAlready) this.#lookLater();
  }

  #lookLater(): void {
    this.#cancelLook();
    const eager = this.#eagerLooks > 0;
    if (eager) this.#eagerLooks--;
    this.#cancelLook = this.#after(eager ? EAGER_POLL : POLL, () => this.#look(eager));
  }

  /** A link whose look hangs is left to it; the others are looked at all the same. */
  #look(eager: boolean): void {
    for (const name of this.#links.names()) {
      if (this.#looking.has(name)) continue;
      this.#looking.add(name);
      void this.#lookAt(name, eager).finally(() => this.#looking.delete(name));
    }
    this.#lookLater();
  }

  async #lookAt(name: string, eager: boolean): Promise<void> {
    // Sysfs may be of another namespace, and what it showed may have passed: netlink decides.
    if ((await this.#isDoubtful(name, eager)) && this.#running) await this.#ask(name);
  }

  async #isDoubtful(name: string, eager: boolean): Promise<boolean> {
    const believed = this.#links.belief(name);
    if (!believed) return false;
    const seen = this.#sources.glance(believed.device);
    // Where sysfs is no help netlink is asked, once a second; eager looks say that reports do come.
    if (seen === undefined) return !eager;
    if (seen !== believed.state) return true;
    return eager && seen === 'up' && this.#sources.lostCarrier(believed.device);
  }
}

function kernelSources(): LinkSources {
  const links = new KernelLinks();
  return {
    ask: (name) => links.ask(name),
    glance: (device) => links.glance(device),
    lostCarrier: (device) => links.lostCarrier(device),
    monitor: (objects, listener, after) =>
      new MonitorProcess(listener, after, monitorCommand(...objects)),
  };
}
