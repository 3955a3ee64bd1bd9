/** What operators see of the daemon and may ask of it: the control servers' port, over its parts. */

import type { BfdThread } from '../bfd/bfdThread.ts';
import { checksIn } from '../config/condition.ts';
import type { Config } from '../config/config.ts';
import type { Delays } from '../control/delays.ts';
import type { EventLog } from '../control/eventLog.ts';
import type { CheckStatus, ControlPort, DaemonStatus, ReloadResult } from '../control/port.ts';
import type { CheckWatcher } from '../monitor/checks/checkWatcher.ts';
import { formatIdentifier } from '../net/address.ts';
import type { Clock } from '../session/clock.ts';
import type { Stations } from '../station/stations.ts';
import type { Announcing } from './announcing.ts';
import type { KernelUpkeep } from './kernelUpkeep.ts';
import type { KeyWatcher } from './keyWatcher.ts';
import type { Reloading } from './reloading.ts';

export interface ViewedParts {
  readonly version: string;
  readonly configFile: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly clock: Clock;
  readonly announcing: Announcing;
  readonly reloading: Reloading;
  readonly checks: Pick<CheckWatcher, 'reports'>;
  readonly keys: Pick<KeyWatcher, 'of'>;
  readonly bfd: Pick<BfdThread, 'report'>;
  readonly kernel: Pick<KernelUpkeep, 'report'>;
  readonly stations: Pick<Stations, 'reports'>;
  readonly timeline: EventLog;
  readonly delays: Delays;
}

export class OperatorView implements ControlPort {
  readonly #parts: ViewedParts;

  constructor(parts: ViewedParts) {
    this.#parts = parts;
  }

  status(): DaemonStatus {
    const { version, startedAt, configFile, announcing, reloading } = this.#parts;
    const { asn, routerId } = announcing.config;
    return {
      ...{ version, pid: process.pid, startedAt, asn },
      routerId: formatIdentifier(routerId),
      configFile,
      loadedAt: reloading.running.loadedAt,
    };
  }

  upstreams() {
    const { announcing, keys, bfd } = this.#parts;
    return announcing.upstreams().map((status) => ({
      ...status,
      keyMismatch: keys.of(status.session.name),
      bfd: bfd.report(status.session.name),
      signs: announcing.signsOf(status.session.name),
    }));
  }

  announcements() {
    return this.#parts.announcing.announcements();
  }

  walkAnnouncements() {
    return this.#parts.announcing.walkAnnouncements();
  }

  checks(): readonly CheckStatus[] {
    const neededBy = neededChecks(this.config());
    return this.#parts.checks
      .reports()
      .map((report) => ({ ...report, neededBy: neededBy.get(report.config.name) ?? [] }));
  }

  stations() {
    return this.#parts.stations.reports();
  }

  learned() {
    return this.#parts.announcing.learned();
  }

  kernel() {
    return this.#parts.kernel.report();
  }

  events(): EventLog {
    return this.#parts.timeline;
  }

  config(): Config {
    return this.#parts.announcing.config;
  }

  takeDelays() {
    return this.#parts.delays.take();
  }

  get announcer() {
    return this.#parts.announcing;
  }

  reload(within?: number): Promise<ReloadResult> {
    const { delays, clock, reloading } = this.#parts;
    delays.begin('configuration', clock.monotonic());
    return reloading.reload(within);
  }

  confirm(): boolean {
    return this.#parts.reloading.confirm();
  }
}

/** The texts of the prefixes that need a check, by its name. */
function neededChecks({ prefixes }: Config): ReadonlyMap<string, readonly string[]> {
  const neededBy = new Map<string, string[]>();
  for (const { prefix, needs } of prefixes) {
    for (const name of needs ? checksIn(needs) : []) {
      const others = neededBy.get(name);
      if (others) others.push(prefix.text);
      else neededBy.set(name, [prefix.text]);
    }
  }
  return neededBy;
}
