/** The demo's edge as the control server sees a daemon: for the looking glass of `demo --stay`. */

import type { Config } from '../config/config.ts';
import type { EventLog } from '../control/eventLog.ts';
import type {
  AnnouncementStatus,
  CheckStatus,
  ControlPort,
  DaemonStatus,
  LearnedRoutes,
  ReloadResult,
  UpstreamStatus,
} from '../control/port.ts';
import type { Announcing } from '../daemon/announcing.ts';
import { formatIdentifier } from '../net/address.ts';

export interface EdgePortOptions {
  readonly edge: Announcing;
  readonly timeline: EventLog;
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

export class EdgePort implements ControlPort {
  readonly #options: EdgePortOptions;

  constructor(options: EdgePortOptions) {
    this.#options = options;
  }

  get announcer() {
    return this.#options.edge;
  }

  status(): DaemonStatus {
    const { version, startedAt } = this.#options;
    const { asn, routerId } = this.config();
    return {
      ...{ version, startedAt, asn, pid: process.pid, loadedAt: startedAt },
      routerId: formatIdentifier(routerId),
      configFile: 'demo.yaml (in memory)',
    };
  }

  upstreams(): readonly UpstreamStatus[] {
    return this.#options.edge.upstreams();
  }

  announcements(): readonly AnnouncementStatus[] {
    return this.#options.edge.announcements();
  }

  walkAnnouncements() {
    return this.#options.edge.walkAnnouncements();
  }

  checks(): readonly CheckStatus[] {
    return [];
  }

  /** It has no file that could name one. */
  stations(): readonly [] {
    return [];
  }

  learned(): LearnedRoutes | undefined {
    return this.#options.edge.learned();
  }

  kernel() {
    return undefined;
  }

  events(): EventLog {
    return this.#options.timeline;
  }

  config(): Config {
    return this.#options.edge.config;
  }

  takeDelays() {
    return [];
  }

  async reload(): Promise<ReloadResult> {
    return { ok: false, failure: 'the demo has no file to read again', problems: [] };
  }

  confirm(): boolean {
    return false;
  }
}
