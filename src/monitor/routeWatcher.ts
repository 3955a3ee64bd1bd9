/**
 * Notices when the kernel's routes to the neighbours may have changed, by a child of its own: in
 * one with the link reports, a flood of routes would fill the socket that both come through, and
 * the kernel drops what does not fit. Without neighbours to look after there is no child.
 */

import type { IpAddress } from '../net/address.ts';
import type { MonitorListener } from './monitorProcess.ts';
import { RouteScreen } from './routeScreen.ts';

export class RouteWatcher {
  readonly #monitor: { start(): void; stop(): void };
  #screen = new RouteScreen([]);
  #wanted = false;
  #running = false;
  #started = false;

  /** `changed`: a route to a neighbour changed, or may have while nobody looked. */
  constructor(
    monitor: (listener: MonitorListener) => { start(): void; stop(): void },
    changed: () => void,
  ) {
    this.#monitor = monitor({
      onStart: changed,
      onLine: (line) => {
        if (this.#screen.passes(line)) changed();
      },
      onComplaint: changed,
      // The link reports come from the same program, whose failures are told there.
      onFailure: () => {},
      onRecovery: () => {},
    });
  }

  /** Looks after the routes to these and no others. */
  setNeighbours(neighbours: readonly IpAddress[]): void {
    this.#screen = new RouteScreen(neighbours);
    this.#wanted = neighbours.length > 0;
    this.#settle();
  }

  start(): void {
    this.#started = true;
    this.#settle();
  }

  /** Ends the child; no notice comes after this. */
  stop(): void {
    this.#started = false;
    this.#settle();
  }

  #settle(): void {
    const run = this.#started && this.#wanted;
    if (run === this.#running) return;
    this.#running = run;
    if (run) this.#monitor.start();
    else this.#monitor.stop();
  }
}
