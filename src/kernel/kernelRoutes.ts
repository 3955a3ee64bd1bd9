/**
 * Keeps our routes in the kernel as they are wanted: what is missing is put in, also after the kernel
 * has dropped it with an interface; what is no longer wanted goes. Touches routes of our protocol
 * number alone. One change at a time.
 */

import type { Config } from '../config/config.ts';
import type { Clock } from '../session/clock.ts';
import { desiredRoutes, type Ways } from './desiredRoutes.ts';
import { IP_ROUTES, type RouteStore } from './ipRoutes.ts';
import type { KernelEvent } from './kernelEvent.ts';
import { type KernelRoute, routeKey, routeText } from './route.ts';
import { batchLine, type RouteChange, routeChanges } from './routeDiff.ts';

export interface KernelRoutesOptions {
  readonly clock: Clock;
  readonly onEvent: (event: KernelEvent) => void;
  readonly store?: RouteStore;
}

/** How often the kernel's routes are looked at though nothing has happened, in ms. */
const LOOK_EVERY = 10_000;
/** How long a default that a run before us has left is kept for an upstream not up yet, in ms. */
export const LEFTOVER_LIMIT = 30_000;

const NO_WAYS: Ways = { living: new Set(), dead: new Set(), interfaces: new Map() };

export class KernelRoutes {
  readonly #options: KernelRoutesOptions;
  readonly #store: RouteStore;
  /** By table: what we last knew to be there. */
  readonly #present = new Map<string, readonly KernelRoute[]>();
  #config: Config;
  #ways = NO_WAYS;
  /** Interfaces by gateway, of defaults that a run before us has left; none once their time is over. */
  #leftover: Map<string, string> | undefined;
  #stale = true;
  /** What is being done, and what waits for it. */
  #work: Promise<void> = Promise.resolve();
  #settling = false;
  #told = '';
  #cancelLook = () => {};
  #cancelLeftover = () => {};
  #stopped = false;

  constructor(config: Config, options: KernelRoutesOptions) {
    this.#config = config;
    this.#options = options;
    this.#store = options.store ?? IP_ROUTES;
  }

  /**
   * Puts in what this file wants and does not depend on upstreams, and takes nothing away. Resolves
   * when it is there, or cannot be: only then is anything to be announced. Never rejects.
   */
  async prepare(config: Config): Promise<void> {
    const { kernel } = config;
    if (kernel) {
      await this.#after(async () => {
        if (this.#stopped || !(await this.#read([kernel.table]))) return;
        const kept = this.#present.get(kernel.table) ?? [];
        const wanted = desiredRoutes(config, NO_WAYS);
        await this.#change(kernel.table, routeChanges(kept, [...kept, ...wanted]));
      });
    }
    this.#options.onEvent({ type: 'KernelSettled', at: this.#options.clock.wall() });
  }

  /** `looksAnew`: the kernel may have dropped some. */
  update(config: Config, ways: Ways, looksAnew: boolean): void {
    if (this.#stopped) return;
    this.#config = config;
    this.#ways = ways;
    if (looksAnew) this.#stale = true;
    if (!config.kernel && this.#present.size === 0) return;
    this.#cancelLook();
    this.#cancelLook = this.#options.clock.after(LOOK_EVERY, () => {
      this.update(this.#config, this.#ways, true);
    });
    // One that waits will see what has changed since.
    if (this.#settling) return;
    this.#settling = true;
    void this.#after(() => {
      this.#settling = false;
      return this.#settle();
    });
  }

  /** After everything has been withdrawn; ours go, too, if the file says so. Never rejects. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelLook();
    this.#cancelLeftover();
    await this.#after(async () => {
      if (this.#config.kernel?.onExit !== 'remove') return;
      for (const [table, routes] of this.#present) {
        await this.#change(table, routeChanges(routes, []));
      }
    });
  }

  /** One at a time, in order. */
  #after(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work);
    return this.#work;
  }

  async #settle(): Promise<void> {
    if (this.#stopped) return;
    const current = this.#config.kernel?.table;
    // What comes before what goes, also where that is in another table.
    const tables = new Set(current === undefined ? [] : [current]);
    for (const table of this.#present.keys()) tables.add(table);
    const unread = [...tables].some((table) => !this.#present.has(table));
    if ((this.#stale || unread) && !(await this.#read([...tables]))) return;
    for (const table of tables) {
      const wanted = table === current ? this.#wanted() : [];
      await this.#change(table, routeChanges(this.#present.get(table) ?? [], wanted));
      // Nothing of ours is in it any more, and nothing is to be.
      if (table !== current && this.#present.get(table)?.length === 0) this.#present.delete(table);
    }
  }

  /** False: they cannot be read, and nothing is to be changed on a guess. */
  async #read(tables: readonly string[]): Promise<boolean> {
    for (const table of tables) {
      const found = await this.#store.read(table);
      if (typeof found === 'string') {
        this.#fail(found);
        return false;
      }
      this.#present.set(table, found);
      this.#leftover ??= this.#leftBy(found);
    }
    this.#stale = false;
    return true;
  }

  /** A restart is not to be a time without a default. */
  #leftBy(routes: readonly KernelRoute[]): Map<string, string> {
    this.#cancelLeftover = this.#options.clock.after(LEFTOVER_LIMIT, () => {
      this.#leftover?.clear();
      this.update(this.#config, this.#ways, false);
    });
    const hops = routes.flatMap(({ nextHops }) => nextHops);
    return new Map(hops.map(({ via, dev }) => [via, dev]));
  }

  #wanted(): readonly KernelRoute[] {
    const living = new Set(this.#ways.living);
    const interfaces = new Map(this.#ways.interfaces);
    for (const { name, address } of this.#config.upstreams) {
      const dev = this.#leftover?.get(address.text);
      if (dev === undefined) continue;
      // From when it lives, or is known not to, nothing old counts.
      const known = living.has(name) && interfaces.has(name);
      if (known || this.#ways.dead.has(name)) this.#leftover?.delete(address.text);
      else {
        living.add(name);
        if (!interfaces.has(name)) interfaces.set(name, dev);
      }
    }
    return desiredRoutes(this.#config, { ...this.#ways, living, interfaces });
  }

  async #change(table: string, changes: readonly RouteChange[]): Promise<void> {
    if (changes.length === 0) return;
    const failures = await this.#store.change(changes.map((change) => batchLine(change, table)));
    const done = changes.filter((_, i) => !failures.has(i));
    const before = this.#present.get(table) ?? [];
    this.#present.set(table, after(before, done));
    this.#tell(done);
    const [first] = failures;
    if (!first) {
      this.#told = '';
      return;
    }
    const [index, why] = first;
    const route = changes[index]?.route;
    const more = failures.size > 1 ? `, and ${failures.size - 1} more` : '';
    this.#fail(`${route ? routeText(route) : 'a route'}${more}: ${why}`, why);
    // What is there is not what was thought.
    this.#stale = true;
  }

  #tell(done: readonly RouteChange[]): void {
    const texts = (gone: boolean) =>
      done.filter(({ verb }) => (verb === 'del') === gone).map(({ route }) => routeText(route));
    if (done.length === 0) return;
    this.#options.onEvent({
      type: 'KernelRoutesChanged',
      at: this.#options.clock.wall(),
      added: texts(false),
      removed: texts(true),
    });
  }

  /** `why` is told once, whatever routes it keeps out next. */
  #fail(cause: string, why = cause): void {
    if (why === this.#told) return;
    this.#told = why;
    this.#options.onEvent({ type: 'KernelFailed', at: this.#options.clock.wall(), cause });
  }
}

function after(
  before: readonly KernelRoute[],
  done: readonly RouteChange[],
): readonly KernelRoute[] {
  const changed = new Set(done.map(({ route }) => routeKey(route)));
  const put = done.filter(({ verb }) => verb !== 'del').map(({ route }) => route);
  return [...before.filter((route) => !changed.has(routeKey(route))), ...put];
}
