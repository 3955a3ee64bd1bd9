/** Every event as the operator reads it. */

import t from 'tap';
import type { Drain } from '../../src/announcer/drain.ts';
import type { DaemonEvent } from '../../src/daemon/events.ts';
import type { LogLine } from '../../src/daemon/log.ts';
import { narrate } from '../../src/daemon/narrate.ts';
import type { Negotiated } from '../../src/fsm/negotiated.ts';
import type { SpeakerEvent } from '../../src/speaker/speaker.ts';
import { configOf } from '../support/ownRoute.ts';

type Event = DaemonEvent | SpeakerEvent;
type Told = Pick<LogLine, 'level' | 'event' | 'message'> & { readonly neighbour?: string };

const at = Date.UTC(2026, 0, 1);
const neighbour = 'transit-a';
const verdict = { name: 'web', holds: 'no', since: at, detail: 'nothing came' } as const;
const open = { version: 4, myAs: 64496, holdTime: 90, bgpIdentifier: 1, capabilities: [] };
const negotiated: Negotiated = {
  peerAs: 64496,
  peerIdentifier: 0xc0000263,
  holdTime: 90,
  keepaliveTime: 30,
  families: ['ipv4', 'ipv6'],
  fourOctetAs: true,
  routeRefresh: true,
  extendedMessages: true,
  addPath: { receive: { ipv4: false, ipv6: false }, send: { ipv4: false, ipv6: false } },
  extendedNextHop: false,
  enhancedRouteRefresh: true,
  gracefulRestart: undefined,
  received: open,
};
const difference = { families: [], announce: [], withdraw: [] };
const drain: Drain = {
  target: { kind: 'upstream', name: 'transit-a' },
  phase: 'shifting',
  startedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
  since: Date.UTC(2026, 0, 2, 3, 4, 5),
  deadline: Date.UTC(2026, 0, 2, 3, 5, 5),
  threshold: 100_000,
  shifted: undefined,
  unsettledUntil: 0,
};
const failureHold = {
  since: at,
  until: at + 10_000,
  selfCheck: 'gateway',
  checks: new Set(['web', 'dns']),
};
const DOUBT = {
  upstream: neighbour,
  action: 'backup',
  signs: [{ kind: 'probes', state: 'bad', since: at, detail: 'world@transit-a: no reply' }],
} as const;
const NO_DATA = new Uint8Array(0);
const config = configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
upstreams: { transit-a: { asn: 64496, address: 198.51.100.1 } }
`);

/** At least one of each type: a new one does not compile until it is here. */
const EVENTS: {
  readonly [T in Event['type']]: readonly (readonly [Event & { type: T }, Told?])[];
} = {
  BfdChanged: [
    [
      {
        type: 'BfdChanged',
        at,
        fact: { neighbour, standing: 'lost', detail: 'control detection time expired', since: at },
      },
      {
        level: 'warn',
        event: 'bfd-lost',
        neighbour,
        message: 'BFD is down (control detection time expired)',
      },
    ],
    [
      { type: 'BfdChanged', at, fact: { neighbour, standing: 'up', detail: '', since: at } },
      { level: 'info', event: 'bfd-up', neighbour, message: 'BFD is up' },
    ],
  ],
  StationUp: [
    [
      { type: 'StationUp', at, station: '192.0.2.9:1790' },
      {
        level: 'info',
        event: 'station-up',
        message: 'monitoring station 192.0.2.9:1790 is connected (BMP)',
      },
    ],
  ],
  StationDown: [
    [
      { type: 'StationDown', at, station: '192.0.2.9:1790', cause: 'no answer', wasUp: false },
      {
        level: 'warn',
        event: 'station-down',
        message:
          'monitoring station 192.0.2.9:1790 cannot be reached: no answer; trying again, repeats of this are not logged',
      },
    ],
    [
      { type: 'StationDown', at, station: '192.0.2.9:1790', cause: 'closed', wasUp: true },
      {
        level: 'warn',
        event: 'station-down',
        message:
          'monitoring station 192.0.2.9:1790 is lost: closed; the sessions go on; connecting again',
      },
    ],
  ],
  KernelRoutesChanged: [
    [
      {
        type: 'KernelRoutesChanged',
        at,
        added: ['default via 198.51.100.1 dev eth1 metric 20'],
        removed: ['default via 198.51.100.5 dev eth2 metric 21'],
      },
      {
        level: 'info',
        event: 'kernel-routes',
        message:
          'the kernel has default via 198.51.100.1 dev eth1 metric 20; no longer default via 198.51.100.5 dev eth2 metric 21',
      },
    ],
  ],
  KernelFailed: [
    [
      { type: 'KernelFailed', at, cause: 'Operation not permitted' },
      {
        level: 'error',
        event: 'kernel-failed',
        message:
          'the kernel does not have all routes that it should: Operation not permitted; announcing goes on; it is tried again, repeats of this are not logged',
      },
    ],
  ],
  KernelLeftovers: [
    [
      { type: 'KernelLeftovers', at, routes: 950_000 },
      {
        level: 'info',
        event: 'kernel-leftovers',
        message:
          'the kernel still has 950000 routes of a run before this one; they stay until the upstreams have sent everything',
      },
    ],
  ],
  KernelSettled: [[{ type: 'KernelSettled', at }]],
  SignsChanged: [[{ type: 'SignsChanged', at, neighbour, signs: [] }]],
  DoubtChanged: [
    [
      { type: 'DoubtChanged', at, neighbour, doubt: DOUBT },
      {
        level: 'warn',
        event: 'upstream-doubted',
        neighbour,
        message:
          'transit-a seems to lead nowhere: no probe through it comes back (world@transit-a: no reply)',
      },
    ],
    [
      { type: 'DoubtChanged', at, neighbour, doubt: undefined },
      {
        level: 'info',
        event: 'upstream-trusted',
        neighbour,
        message: 'no sign speaks against it any more, or its session has ended',
      },
    ],
  ],
  BfdForgotten: [[{ type: 'BfdForgotten', at, neighbour }]],
  KeyMismatchFound: [
    [
      {
        type: 'KeyMismatchFound',
        at,
        neighbour,
        mismatch: { kind: 'wrong', since: at, others: ['transit-b'] },
      },
      {
        level: 'warn',
        event: 'key-mismatch',
        neighbour,
        message:
          'the session does not come up, perhaps for its password: segments with a wrong TCP MD5 signature came: the password is not the one that we have; the kernel does not say whose they were: they may be those of transit-b',
      },
    ],
  ],
  SessionUp: [
    [
      { type: 'SessionUp', neighbour, at, negotiated, direction: 'outgoing', withoutNextHop: [] },
      {
        level: 'info',
        event: 'session-up',
        neighbour,
        message:
          'session up with AS64496 (192.0.2.99), ipv4 and ipv6, hold time 90 s, outgoing connection',
      },
    ],
    [
      {
        ...{ type: 'SessionUp', neighbour, at, negotiated, direction: 'outgoing' },
        withoutNextHop: ['ipv4'],
      },
      {
        level: 'warn',
        event: 'session-up',
        neighbour,
        message:
          'session up with AS64496 (192.0.2.99), ipv4 and ipv6, hold time 90 s, outgoing connection; no ipv4 route can be sent: set next-hop, as it takes no next hop of another family (RFC 8950)',
      },
    ],
  ],
  SessionDown: [
    [
      { type: 'SessionDown', neighbour, at, wasUp: true, reason: { kind: 'holdTimerExpired' } },
      {
        level: 'warn',
        event: 'session-down',
        neighbour,
        message:
          'session down: hold timer expired: nothing came from the neighbour for the hold time',
      },
    ],
    [
      {
        type: 'SessionDown',
        neighbour,
        at,
        wasUp: true,
        reason: { kind: 'stopped', communication: 'link eth1 is down (no carrier)' },
      },
      {
        level: 'info',
        event: 'session-down',
        neighbour,
        message: 'session down: ended by us: link eth1 is down (no carrier)',
      },
    ],
    [
      {
        type: 'SessionDown',
        neighbour,
        at,
        wasUp: false,
        reason: {
          kind: 'notificationReceived',
          notification: { code: 2, subcode: 2, data: NO_DATA },
        },
      },
      {
        level: 'info',
        event: 'session-down',
        neighbour,
        message:
          'session did not come up: the neighbour sent OPEN Message Error/Bad Peer AS: it expects another AS number than ours; trying again, repeats of this are not logged',
      },
    ],
    [
      {
        type: 'SessionDown',
        neighbour,
        at,
        wasUp: false,
        reason: { kind: 'stopped', communication: '' },
      },
      {
        level: 'info',
        event: 'session-down',
        neighbour,
        message: 'session did not come up: ended by us',
      },
    ],
  ],
  ConnectFailed: [
    [
      { type: 'ConnectFailed', neighbour, at, cause: 'no answer' },
      {
        level: 'warn',
        event: 'connect-failed',
        neighbour,
        message: 'cannot connect: no answer; trying again, repeats of this are not logged',
      },
    ],
  ],
  RoutesSent: [
    [
      {
        type: 'RoutesSent',
        neighbour,
        at,
        announced: ['203.0.113.0/24', '2001:db8:113::/48'],
        withdrawn: ['198.51.100.0/24'],
        difference,
        asked: false,
      },
      {
        level: 'info',
        event: 'routes-sent',
        neighbour,
        message: 'announced 203.0.113.0/24 and 2001:db8:113::/48, withdrew 198.51.100.0/24',
      },
    ],
    [
      {
        type: 'RoutesSent',
        neighbour,
        at,
        announced: ['203.0.113.0/24'],
        withdrawn: [],
        difference,
        asked: true,
      },
      {
        level: 'debug',
        event: 'routes-sent',
        neighbour,
        message: 'announced 203.0.113.0/24, as the neighbour asked for all of them again',
      },
    ],
  ],
  PrefixLimit: [
    [
      {
        type: 'PrefixLimit',
        neighbour,
        at,
        finding: { kind: 'nearing', family: 'ipv4', count: 80, limit: 100 },
        idle: 0,
      },
      {
        level: 'warn',
        event: 'prefix-limit',
        neighbour,
        message: 'has sent 80 IPv4 prefixes; at more than 100 (max-prefixes) its session ends',
      },
    ],
    [
      {
        type: 'PrefixLimit',
        neighbour,
        at,
        finding: { kind: 'exceeded', family: 'ipv6', count: 2, limit: 1 },
        idle: 1800,
      },
      {
        level: 'error',
        event: 'prefix-limit',
        neighbour,
        message:
          'sent more than the 1 IPv6 prefix that max-prefixes lets it: session ended, the next attempt comes in 30m',
      },
    ],
  ],
  RouteTooLarge: [
    [
      { type: 'RouteTooLarge', at, receivers: ['core', 'collector'] },
      {
        level: 'warn',
        event: 'route-too-large',
        message:
          "a route's attributes do not fit into a message to core, collector: it is not sent there; repeats of this are not logged",
      },
    ],
  ],
  ReceiverOverwhelmed: [
    [
      { type: 'ReceiverOverwhelmed', at, receiver: 'core', want: 'unread', waiting: 70_000_000 },
      {
        level: 'error',
        event: 'receiver-overwhelmed',
        neighbour: 'core',
        message: 'does not read: 70 MB wait for it, the session is ended',
      },
    ],
    [
      { type: 'ReceiverOverwhelmed', at, receiver: 'core', want: 'memory', waiting: 0 },
      {
        level: 'error',
        event: 'receiver-overwhelmed',
        neighbour: 'core',
        message: 'there is no room for more routes that are sent to it: the session is ended',
      },
    ],
  ],
  RoutingError: [
    [
      { type: 'RoutingError', at, cause: 'TypeError: x', stack: 'TypeError: x\n  at y' },
      {
        level: 'error',
        event: 'routing-error',
        message:
          'internal error: TypeError: x; the sessions go on, but some learned routes may be out of date until multihomed is started again; please report this, with the log at level debug',
      },
    ],
  ],
  PathsNotKept: [
    [
      { type: 'PathsNotKept', neighbour, at },
      {
        level: 'warn',
        event: 'paths-not-kept',
        neighbour,
        message:
          'it sends more paths to a prefix than add-path takes: the others are not kept, and are counted in `show sessions --json`',
      },
    ],
  ],
  EndOfRib: [
    [
      { type: 'EndOfRib', neighbour, at, family: 'ipv6' },
      {
        level: 'debug',
        event: 'end-of-rib',
        neighbour,
        message: 'has sent all of its ipv6 routes (End-of-RIB)',
      },
    ],
  ],
  RoutesKept: [
    [
      { type: 'RoutesKept', neighbour, at, families: ['ipv4', 'ipv6'], seconds: 120 },
      {
        level: 'warn',
        event: 'routes-kept',
        neighbour,
        message: 'its ipv4 and ipv6 routes are kept for 120 s, until it has restarted (RFC 4724)',
      },
    ],
  ],
  RoutesLongLived: [
    [
      { type: 'RoutesLongLived', neighbour, at, family: 'ipv4', seconds: 3600 },
      {
        level: 'warn',
        event: 'routes-long-lived',
        neighbour,
        message:
          'is not back in time; its ipv4 routes are the last choice from now on, for 3600 s (RFC 9494)',
      },
    ],
  ],
  RoutesSwept: [
    [
      { type: 'RoutesSwept', neighbour, at, families: ['ipv4'] },
      {
        level: 'info',
        event: 'routes-swept',
        neighbour,
        message: 'what was kept of its ipv4 routes, and is not announced again, is gone',
      },
    ],
  ],
  UpdateFault: [
    [
      {
        type: 'UpdateFault',
        neighbour,
        at,
        verdict: 'treat-as-withdraw',
        fault: 'ORIGIN is missing',
      },
      {
        level: 'warn',
        event: 'update-fault',
        neighbour,
        message:
          'an UPDATE was faulty (ORIGIN is missing): treat-as-withdraw; further ones are counted in `show sessions`',
      },
    ],
  ],
  InternalError: [
    [
      {
        type: 'InternalError',
        neighbour,
        at,
        cause: 'TypeError: x',
        stack: 'TypeError: x\n  at y',
      },
      {
        level: 'error',
        event: 'internal-error',
        neighbour,
        message:
          'internal error: TypeError: x; this session is stopped, the others go on; `multihomed reload` starts it again; please report this, with the log at level debug',
      },
    ],
  ],
  ConnectionsRefused: [
    [
      { type: 'ConnectionsRefused', at, count: 1, example: '192.0.2.66' },
      {
        level: 'warn',
        event: 'connections-refused',
        message:
          'refused 1 connection (from 192.0.2.66): not a neighbour in the file, or one that is not expected now',
      },
    ],
    [
      { type: 'ConnectionsRefused', at, count: 100_000, example: '192.0.2.66' },
      {
        level: 'warn',
        event: 'connections-refused',
        message:
          'refused 100000 connections (from 192.0.2.66 and perhaps others): not a neighbour in the file, or one that is not expected now',
      },
    ],
  ],
  LinkChanged: [
    [
      {
        type: 'LinkChanged',
        link: { interface: 'eth1', state: 'down', cause: 'absent', since: at },
      },
      { level: 'warn', event: 'link-down', message: 'link eth1 is down (no such interface)' },
    ],
    [
      { type: 'LinkChanged', link: { interface: 'eth1', state: 'up', cause: 'up', since: at } },
      { level: 'info', event: 'link-up', message: 'link eth1 is up' },
    ],
  ],
  WatcherFailed: [
    [
      { type: 'WatcherFailed', at, cause: 'ip is not installed' },
      {
        level: 'error',
        event: 'link-watcher-failed',
        message:
          "the kernel's link reports do not come: ip is not installed; until they do, a dead link is noticed up to a second late",
      },
    ],
  ],
  WatcherRecovered: [
    [
      { type: 'WatcherRecovered', at },
      {
        level: 'info',
        event: 'link-watcher-recovered',
        message: "the kernel's link reports come again; every link has been looked at anew",
      },
    ],
  ],
  StateChanged: [
    [
      { type: 'StateChanged', neighbour, at, from: 'Idle', to: 'Connect' },
      { level: 'debug', event: 'state-changed', neighbour, message: 'Idle -> Connect' },
    ],
  ],
  StopRequested: [[{ type: 'StopRequested', at, why: 'being stopped (SIGTERM)' }, stopping()]],
  PathsResolved: [[{ type: 'PathsResolved', at, paths: new Map() }]],
  ConfigLoaded: [[{ type: 'ConfigLoaded', at, config }]],
  LinkForgotten: [[{ type: 'LinkForgotten', at, interface: 'eth1' }]],
  OrdersChanged: [[{ type: 'OrdersChanged', at }]],
  TimeCame: [[{ type: 'TimeCame', at }]],
  StoodStill: [
    [
      { type: 'StoodStill', at, late: 12_000.4, since: at - 15_000 },
      {
        level: 'warn',
        event: 'stood-still',
        message:
          'this process stood still for 12s or more: it could neither probe nor withdraw; what is announced stays so until its checks have been probed again',
      },
    ],
  ],
  CheckLapsed: [
    [
      { type: 'CheckLapsed', at, over: false, check: { ...verdict, state: 'stale' } },
      { level: 'warn', event: 'check-stale', message: 'check web is stale: nothing came' },
    ],
    [
      { type: 'CheckLapsed', at, over: true, check: { ...verdict, state: 'up' } },
      {
        level: 'info',
        event: 'check-heard-again',
        message: 'probed again: check web is up: nothing came',
      },
    ],
  ],
  TrafficMeasured: [[{ type: 'TrafficMeasured', at, bitsPerSecond: new Map([['eth1', 5]]) }]],
  AnnouncementHeld: [
    [
      {
        type: 'AnnouncementHeld',
        neighbour,
        at,
        prefixes: ['203.0.113.0/24'],
        reason: {
          kind: 'held',
          role: 'follower',
          until: Date.UTC(2026, 0, 2, 3, 5, 5),
          rule: 'stability',
          canary: 'transit-b',
          penalty: 1000,
          suppress: 2000,
          afterFlap: 2000,
          readySince: at,
        },
      },
      {
        level: 'info',
        event: 'announcement-held',
        neighbour,
        message:
          '203.0.113.0/24: held until 2026-01-02T03:05:05.000Z: follows transit-b; it has to be well for a while first; when it became ready, penalty 1000 of 2000, one more flap makes it 2000',
      },
    ],
  ],
  DrainAdvanced: [
    [
      { type: 'DrainAdvanced', at, drain },
      {
        level: 'info',
        event: 'drain',
        message:
          'upstream transit-a: being drained: the last choice until traffic is gone, 2026-01-02T03:05:05.000Z at the latest',
      },
    ],
    [
      { type: 'DrainAdvanced', at, drain: { ...drain, phase: 'drained' } },
      {
        level: 'info',
        event: 'drain',
        message: 'upstream transit-a: drained since 2026-01-02T03:04:05.000Z',
      },
    ],
  ],
  DrainUndone: [
    [
      { type: 'DrainUndone', at, undone: { drain, at, prefix: '203.0.113.0/24' } },
      {
        level: 'error',
        event: 'drain-undone',
        message:
          'upstream transit-a: the drain is undone, for no other upstream holds 203.0.113.0/24 any more and leads anywhere',
      },
    ],
  ],
  DrainLeavesNowhere: [
    [
      { type: 'DrainLeavesNowhere', neighbour, at, prefixes: ['203.0.113.0/24'] },
      {
        level: 'error',
        event: 'drain-leaves-nowhere',
        neighbour,
        message:
          '203.0.113.0/24: no other upstream holds it any more, and transit-a is drained by order: it is announced nowhere; `multihomed undrain transit-a` announces it there again',
      },
    ],
  ],
  FailureHeld: [
    [
      { type: 'FailureHeld', at, hold: failureHold },
      {
        level: 'warn',
        event: 'failure-held',
        message:
          'what checks would withdraw is held until 2026-01-01T00:00:10.000Z at the latest (correlated-failure): web and dns failed together with others, and gateway fails too, so the fault is probably ours',
      },
    ],
  ],
  FailureReleased: [
    [
      { type: 'FailureReleased', at, hold: failureHold },
      {
        level: 'warn',
        event: 'failure-released',
        message: 'withdrawals wait no longer: what still fails is withdrawn',
      },
    ],
  ],
  StateSetAside: [
    [
      {
        type: 'StateSetAside',
        at,
        file: '/var/lib/multihomed/state.json',
        aside: '/var/lib/multihomed/state.json.unreadable-1',
        cause: 'it is not whole JSON',
        isRead: true,
      },
      {
        level: 'error',
        event: 'state-set-aside',
        message:
          '/var/lib/multihomed/state.json cannot be used: it is not whole JSON; flaps, orders and drains from before are not known; it is now /var/lib/multihomed/state.json.unreadable-1',
      },
    ],
    [
      {
        type: 'StateSetAside',
        at,
        file: '/var/lib/multihomed/state.json',
        aside: '/var/lib/multihomed/state.json.unreadable-1',
        cause: 'EACCES: permission denied',
        isRead: false,
      },
      {
        level: 'error',
        event: 'state-set-aside',
        message:
          '/var/lib/multihomed/state.json cannot be used: EACCES: permission denied; flaps, orders and drains from before are not known; it is now /var/lib/multihomed/state.json.unreadable-1; it may be whole: to have them back, stop, make that readable for this user, rename it to /var/lib/multihomed/state.json, and start',
      },
    ],
    [
      {
        type: 'StateSetAside',
        at,
        file: '/var/lib/multihomed/state.json',
        aside: undefined,
        cause: 'EIO: i/o error',
        isRead: false,
      },
      {
        level: 'error',
        event: 'state-set-aside',
        message:
          '/var/lib/multihomed/state.json cannot be used: EIO: i/o error; flaps, orders and drains from before are not known; it could not be moved away, so it is left as it is and nothing is saved: make it readable for this user and restart, before anything else is ordered',
      },
    ],
  ],
  StateUnsaved: [
    [
      { type: 'StateUnsaved', at, cause: 'ENOSPC: no space left on device, write' },
      {
        level: 'error',
        event: 'state-unsaved',
        message:
          'the state cannot be saved: ENOSPC: no space left on device, write; announcing goes on, but a restart would not know of flaps, orders and drains; repeats of this are not logged',
      },
    ],
  ],
  StateSavedAgain: [
    [
      { type: 'StateSavedAgain', at },
      { level: 'info', event: 'state-saved-again', message: 'the state can be saved again' },
    ],
  ],
  RecordFailed: [
    [
      { type: 'RecordFailed', at, cause: 'EROFS: read-only file system, mkdir' },
      {
        level: 'warn',
        event: 'record-failed',
        message:
          'the black box cannot be written: EROFS: read-only file system, mkdir; announcing goes on, and until it can be again what happens is not written down; repeats of this are not logged',
      },
    ],
  ],
  RecordResumed: [
    [
      { type: 'RecordResumed', at },
      {
        level: 'info',
        event: 'record-resumed',
        message: 'the black box is written again, in a new file',
      },
    ],
  ],
  ClockJumped: [
    [
      { type: 'ClockJumped', at, by: 3_600_012 },
      {
        level: 'warn',
        event: 'clock-jumped',
        message:
          'the clock was set forward by 1h, or the machine slept: lines before this one have other times; sessions, holds and leases go by the time that has passed',
      },
    ],
    [
      { type: 'ClockJumped', at, by: -90_000 },
      {
        level: 'warn',
        event: 'clock-jumped',
        message:
          'the clock was set back by 90s, or the machine slept: lines before this one have other times; sessions, holds and leases go by the time that has passed',
      },
    ],
  ],
  CheckForgotten: [[{ type: 'CheckForgotten', at, name: 'web' }]],
  CheckFailed: [
    [
      { type: 'CheckFailed', at, name: 'web', cause: 'x' },
      {
        level: 'error',
        event: 'check-failed',
        message:
          'check web cannot be probed: x; unless that ends, nobody knows soon whether it passes',
      },
    ],
  ],
  CheckChanged: [
    [
      {
        type: 'CheckChanged',
        at,
        check: { name: 'web', state: 'up', since: at, leaseUntil: at + 10_000, detail: '200 OK' },
      },
      { level: 'info', event: 'check-up', message: 'check web is up: 200 OK' },
    ],
    [
      {
        type: 'CheckChanged',
        at,
        check: { name: 'web', state: 'down', since: at, leaseUntil: at, detail: 'no answer' },
      },
      { level: 'warn', event: 'check-down', message: 'check web is down: no answer' },
    ],
    [
      {
        type: 'CheckChanged',
        at,
        check: { name: 'web', state: 'unknown', since: at, leaseUntil: at, detail: 'no answer' },
      },
      {
        level: 'info',
        event: 'check-unknown',
        message: 'check web has not been up yet: no answer',
      },
    ],
    // The same again, with its lease renewed.
    [
      {
        type: 'CheckChanged',
        at,
        check: { name: 'web', state: 'up', since: at - 1, leaseUntil: at, detail: '200 OK' },
      },
    ],
  ],
  AddressesChanged: [[{ type: 'AddressesChanged', at }]],
};

function stopping(): Told {
  return { level: 'info', event: 'stopping', message: 'being stopped (SIGTERM)' };
}

for (const [type, cases] of Object.entries(EVENTS)) {
  t.test(`${type} in words`, (t) => {
    for (const [event, told] of cases) {
      const line = narrate(event);
      if (!told) t.equal(line, undefined, 'nothing to read');
      else {
        t.match(line, told);
        t.equal(line?.at, at);
        t.notMatch(line?.message, /\n|undefined|\[object/, 'one line, whole');
        t.equal(line?.neighbour, told.neighbour);
      }
    }
    t.end();
  });
}

t.test('long lists are counted, not written out', (t) => {
  const announced = Array.from({ length: 3000 }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`);
  const line = narrate({
    ...{ type: 'RoutesSent', neighbour, at, announced, withdrawn: [], difference, asked: false },
  });
  t.match(line?.message, /and 2996 more$/);
  t.ok(JSON.stringify(line).length < 5000, 'for machines, too');
  t.end();
});
