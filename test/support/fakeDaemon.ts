/** A daemon that is not there: a ControlPort whose state is made up, for the control server and `show`. */

import { decide, decideAfresh } from '../../src/announcer/decide.ts';
import { announcementsIn } from '../../src/announcer/desired.ts';
import { type Facts, NO_FACTS } from '../../src/announcer/facts.ts';
import type { Operated } from '../../src/announcer/operate.ts';
import { initialState, type State } from '../../src/announcer/state.ts';
import { Delays } from '../../src/control/delays.ts';
import { EventLog } from '../../src/control/eventLog.ts';
import type {
  AnnouncementStatus,
  AnnouncerPort,
  CheckStatus,
  ControlPort,
  LearnedRoutes,
  ReloadResult,
  UpstreamStatus,
} from '../../src/control/port.ts';
import type { FullTableReport } from '../../src/kernel/fullTable.ts';
import type { LinkFact, PathFact } from '../../src/monitor/link.ts';
import type { SessionSnapshot } from '../../src/session/snapshot.ts';
import type { StationReport } from '../../src/station/event.ts';
import { configOf } from './ownRoute.ts';

/** The moment at which everything is looked at. */
export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

const MINUTE = 60_000;

export const fakeConfig = configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes:
  - 203.0.113.0/24
  - { prefix: 2001:db8:113::/48, upstreams: [transit-a] }
upstreams:
  transit-a: { asn: 64496, address: 198.51.100.1, med: 10, communities: ["64496:1"],
               families: [ipv4, ipv6], next-hop: { ipv6: "2001:db8::2" } }
  transit-b: { asn: 64497, address: 198.51.100.5, interface: eth2, prepend: 2 }
`);

const NO_MESSAGES = { open: 0, update: 0, notification: 0, keepalive: 0, routeRefresh: 0 };
const NOTHING = { received: 0, accepted: 0, best: 0 };
const NOTHING_LEARNED = {
  updates: 0,
  attributeDiscard: 0,
  treatAsWithdraw: 0,
  overflow: 0,
  endOfRib: [],
  ipv4: NOTHING,
  ipv6: NOTHING,
};

export const upSession: SessionSnapshot = {
  name: 'transit-a',
  kind: 'upstream',
  address: '198.51.100.1',
  port: 179,
  peerAs: 64496,
  protection: [],
  state: 'Established',
  since: NOW - 3 * MINUTE,
  localAddress: '198.51.100.2',
  direction: 'outgoing',
  peerIdentifier: '198.51.100.1',
  holdTime: 90,
  families: ['ipv4'],
  withoutNextHop: [],
  capabilities: undefined,
  routeRefresh: 'enhanced',
  gracefulRestart: undefined,
  stale: [],
  sent: { ...NO_MESSAGES, open: 1, update: 2, keepalive: 7 },
  received: { ...NO_MESSAGES, open: 1, update: 3, keepalive: 7 },
  advertised: { ipv4: 1, ipv6: 0 },
  exported: undefined,
  restingUntil: undefined,
  learned: {
    ...NOTHING_LEARNED,
    updates: 3,
    endOfRib: ['ipv4'],
    ipv4: { received: 900, accepted: 890, best: 400 },
  },
  established: 1,
  dropped: 0,
  lastConnectFault: undefined,
  lastDown: undefined,
};

export const downSession: SessionSnapshot = {
  ...upSession,
  name: 'transit-b',
  address: '198.51.100.5',
  peerAs: 64497,
  protection: [],
  state: 'Idle',
  since: NOW - 12_000,
  localAddress: undefined,
  direction: undefined,
  peerIdentifier: undefined,
  holdTime: undefined,
  families: [],
  routeRefresh: undefined,
  sent: NO_MESSAGES,
  received: NO_MESSAGES,
  advertised: { ipv4: 0, ipv6: 0 },
  learned: NOTHING_LEARNED,
  established: 2,
  dropped: 2,
  lastDown: {
    at: NOW - 12_000,
    reason: { kind: 'stopped', communication: 'link eth2 is down (no carrier)' },
  },
};

export const downLink: LinkFact = {
  interface: 'eth2',
  state: 'down',
  cause: 'no-carrier',
  since: NOW - 12_000,
};

const paths: ReadonlyMap<string, PathFact> = new Map([
  ['transit-a', { interface: 'eth1', origin: 'derived' as const }],
  ['transit-b', { interface: 'eth2', origin: 'configured' as const }],
]);

const links: ReadonlyMap<string, LinkFact> = new Map([
  [
    'eth1',
    { interface: 'eth1', state: 'up' as const, cause: 'up' as const, since: NOW - 9 * MINUTE },
  ],
  ['eth2', downLink],
]);

const TIMES = { interval: 5000, timeout: 2000, rise: 2, fall: 2 } as const;

/** One that is up, one whose prober died, one that has not been probed. */
const fakeChecks: readonly CheckStatus[] = [
  {
    config: {
      ...{ name: 'web', ...TIMES, window: undefined, source: undefined, via: undefined },
      probe: { kind: 'tcp', host: '2001:db8:113::10', port: 80 },
    },
    fact: {
      ...{ name: 'web', state: 'up', since: NOW - 65 * MINUTE, leaseUntil: NOW + 7000 },
      detail: 'connected',
    },
    last: { at: NOW - 2500, ok: true, duration: 1.26 },
    neededBy: ['203.0.113.0/24', '2001:db8:113::/48'],
  },
  {
    config: {
      ...{ name: 'dns', ...TIMES, window: undefined, source: undefined, via: undefined },
      probe: { kind: 'dns', server: '203.0.113.53', port: 53, name: 'example.net', type: 'A' },
    },
    fact: {
      ...{ name: 'dns', state: 'stale', since: NOW - 3000, leaseUntil: NOW - 3000 },
      detail: 'no result within 2s: waiting for the answer',
    },
    last: { at: NOW - 12_500, ok: false, duration: 2000 },
    neededBy: ['203.0.113.0/24'],
  },
  {
    config: {
      ...{ name: 'probe', ...TIMES, window: undefined, source: undefined, via: undefined },
      probe: { kind: 'exec', argv: ['/usr/local/bin/probe', '--fast'] },
    },
    fact: undefined,
    last: undefined,
    neededBy: [],
  },
];

/** The production decision at one moment; nothing is on any wire. */
class FakeAnnouncer implements AnnouncerPort {
  unsaved: string | undefined;
  outcome = decide(fakeConfig, this.facts(), initialState(fakeConfig), NOW);

  facts(): Facts {
    const sessions = new Map([['transit-a', { since: NOW, families: ['ipv4' as const] }]]);
    return { ...NO_FACTS, links, paths, sessions };
  }

  now(): number {
    return NOW;
  }

  async operate(change: (state: State, facts: Facts, now: number) => Operated): Promise<Operated> {
    const operated = change(this.outcome.state, this.facts(), NOW);
    if (operated.ok) this.outcome = decide(fakeConfig, this.facts(), operated.state, NOW);
    return operated;
  }
}

export class FakeDaemon implements ControlPort {
  announcer: AnnouncerPort = new FakeAnnouncer();
  /** What `reload` gives. */
  reloaded: ReloadResult | Error = { ok: true, changes: [], warnings: [], confirmation: null };
  /** What `reload` was asked for, in ms. */
  within: number | undefined;
  sessions: readonly SessionSnapshot[] = [upSession, downSession];
  routes: LearnedRoutes | undefined;

  status() {
    return {
      version: '0.1.0',
      pid: 4711,
      startedAt: NOW - 76 * 60 * MINUTE,
      asn: 64500,
      routerId: '192.0.2.1',
      configFile: '/etc/multihomed/multihomed.yaml',
      loadedAt: NOW - 123 * MINUTE,
    };
  }

  upstreams(): readonly UpstreamStatus[] {
    return this.sessions.map((session) => {
      const path = paths.get(session.name);
      return { session, path, link: links.get(path?.interface ?? '') };
    });
  }

  /** What was decided is on the wire where the session and its families allow it. */
  announcements(): readonly AnnouncementStatus[] {
    const desired = decideAfresh(fakeConfig, { links, paths });
    const prefixes = fakeConfig.prefixes.map(({ prefix }) => prefix);
    return [...desired.values()].flatMap((intent) => {
      const session = this.sessions.find(({ name }) => name === intent.neighbour);
      return [...announcementsIn(intent, prefixes)].map((announcement) => ({
        ...announcement,
        advertisedSince:
          announcement.route && session?.families.includes(announcement.prefix.family)
            ? NOW - 2 * MINUTE - 10_000
            : undefined,
      }));
    });
  }

  walkAnnouncements(): Iterable<AnnouncementStatus> {
    return this.announcements();
  }

  watching: readonly StationReport[] = [];

  stations(): readonly StationReport[] {
    return this.watching;
  }

  checks(): readonly CheckStatus[] {
    return fakeChecks;
  }

  readonly timeline = new EventLog(NOW - 76 * 60 * MINUTE);
  readonly measured = new Delays();

  /** Default: the file does not want it there. */
  full: FullTableReport | undefined;

  kernel(): FullTableReport | undefined {
    return this.full;
  }

  events(): EventLog {
    return this.timeline;
  }

  config() {
    return fakeConfig;
  }

  takeDelays() {
    return this.measured.take();
  }

  learned(): LearnedRoutes | undefined {
    return this.routes;
  }

  confirm(): boolean {
    const awaited = this.within !== undefined;
    this.within = undefined;
    return awaited;
  }

  async reload(within?: number): Promise<ReloadResult> {
    this.within = within;
    if (this.reloaded instanceof Error) throw this.reloaded;
    return this.reloaded;
  }
}

export const FULL_TABLE: FullTableReport = {
  installed: { ipv4: 950_000, ipv6: 200_000 },
  failed: { ipv4: 1, ipv6: 1 },
  ...{ pending: 12, done: 1_150_000, refused: 3, settled: true },
  lastError: { cause: "5.0.0.0/16: somebody else's route of this metric is there", at: 0 },
};
