/** What sessions, routes and the listeners tell, as log lines: see `narrate.ts`. */

import { match } from 'ts-pattern';
import { formatDuration } from '../config/duration.ts';
import { downReasonText, noNextHopText, prefixList } from '../control/words.ts';
import { formatIdentifier } from '../net/address.ts';
import type { Family } from '../net/family.ts';
import { type LimitFinding, prefixCount } from '../session/prefixLimit.ts';
import type { SpeakerEvent } from '../speaker/speaker.ts';
import type { LogLine } from './log.ts';

export function narrateSession(event: SpeakerEvent): LogLine | undefined {
  const { at } = event;
  return match(event)
    .with({ type: 'SessionUp' }, (e) => ({
      at,
      level: e.withoutNextHop.length > 0 ? ('warn' as const) : ('info' as const),
      event: 'session-up',
      neighbour: e.neighbour,
      message: `session up with AS${e.negotiated.peerAs} (${formatIdentifier(e.negotiated.peerIdentifier)}), ${e.negotiated.families.join(' and ')}, hold time ${e.negotiated.holdTime} s, ${e.direction} connection${withoutNextHop(e.withoutNextHop)}`,
      fields: { peerAs: e.negotiated.peerAs, holdTime: e.negotiated.holdTime },
    }))
    .with({ type: 'SessionDown' }, (e) => ({
      at,
      // What we end ourselves has its own line: the link that died, the stop, the changed file.
      level: e.wasUp && e.reason.kind !== 'stopped' ? ('warn' as const) : ('info' as const),
      event: 'session-down',
      neighbour: e.neighbour,
      message: downText(e),
      fields: { reason: e.reason.kind, wasUp: e.wasUp },
    }))
    .with({ type: 'ConnectFailed' }, (e) => ({
      at,
      level: 'warn' as const,
      event: 'connect-failed',
      neighbour: e.neighbour,
      message: `cannot connect: ${e.cause}; trying again, repeats of this are not logged`,
    }))
    .with({ type: 'RoutesSent' }, (e) => ({
      at,
      // Nothing is new to anyone, and how often it comes is the neighbour's choice.
      level: e.asked ? ('debug' as const) : ('info' as const),
      event: 'routes-sent',
      neighbour: e.neighbour,
      message: [
        e.announced.length > 0 ? `announced ${prefixList(e.announced)}` : '',
        e.asked ? 'as the neighbour asked for all of them again' : '',
        e.withdrawn.length > 0 ? `withdrew ${prefixList(e.withdrawn)}` : '',
      ]
        .filter((part) => part !== '')
        .join(', '),
      fields: { announced: e.announced.slice(0, 50), withdrawn: e.withdrawn.slice(0, 50) },
    }))
    .with({ type: 'EndOfRib' }, (e) => ({
      at,
      level: 'debug' as const,
      event: 'end-of-rib',
      neighbour: e.neighbour,
      message: `has sent all of its ${e.family} routes (End-of-RIB)`,
    }))
    .with({ type: 'RoutesKept' }, (e) => ({
      at,
      level: 'warn' as const,
      event: 'routes-kept',
      neighbour: e.neighbour,
      message: `its ${e.families.join(' and ')} routes are kept for ${e.seconds} s, until it has restarted (RFC 4724)`,
      fields: { families: e.families, seconds: e.seconds },
    }))
    .with({ type: 'RoutesLongLived' }, (e) => ({
      at,
      level: 'warn' as const,
      event: 'routes-long-lived',
      neighbour: e.neighbour,
      message: `is not back in time; its ${e.family} routes are the last choice from now on, for ${e.seconds} s (RFC 9494)`,
      fields: { family: e.family, seconds: e.seconds },
    }))
    .with({ type: 'RoutesSwept' }, (e) => ({
      at,
      level: 'info' as const,
      event: 'routes-swept',
      neighbour: e.neighbour,
      message: `what was kept of its ${e.families.join(' and ')} routes, and is not announced again, is gone`,
      fields: { families: e.families },
    }))
    .with({ type: 'UpdateFault' }, (e) => ({
      at,
      level: 'warn' as const,
      event: 'update-fault',
      neighbour: e.neighbour,
      message: `an UPDATE was faulty (${e.fault}): ${e.verdict}; further ones are counted in \`show sessions\``,
      fields: { verdict: e.verdict, fault: e.fault },
    }))
    .with({ type: 'PathsNotKept' }, (e) => ({
      at,
      level: 'warn' as const,
      event: 'paths-not-kept',
      neighbour: e.neighbour,
      message:
        'it sends more paths to a prefix than add-path takes: the others are not kept, and are counted in `show sessions --json`',
    }))
    .with({ type: 'InternalError' }, (e) => ({
      at,
      level: 'error' as const,
      event: 'internal-error',
      neighbour: e.neighbour,
      message: `internal error: ${e.cause}; this session is stopped, the others go on; \`multihomed reload\` starts it again; please report this, with the log at level debug`,
      fields: { cause: e.cause },
      trace: e.stack,
    }))
    .with({ type: 'RoutingError' }, (e) => ({
      at,
      level: 'error' as const,
      event: 'routing-error',
      message: `internal error: ${e.cause}; the sessions go on, but some learned routes may be out of date until multihomed is started again; please report this, with the log at level debug`,
      fields: { cause: e.cause },
      trace: e.stack,
    }))
    .with({ type: 'PrefixLimit' }, (e) => ({
      at,
      level: e.idle > 0 ? ('error' as const) : ('warn' as const),
      event: 'prefix-limit',
      neighbour: e.neighbour,
      message: limitText(e.finding, e.idle),
      fields: { ...e.finding },
    }))
    .with({ type: 'RouteTooLarge' }, (e) => ({
      at,
      level: 'warn' as const,
      event: 'route-too-large',
      message: `a route's attributes do not fit into a message to ${e.receivers.join(', ')}: it is not sent there; repeats of this are not logged`,
    }))
    .with({ type: 'ReceiverOverwhelmed' }, (e) => ({
      at,
      level: 'error' as const,
      event: 'receiver-overwhelmed',
      neighbour: e.receiver,
      message:
        e.want === 'memory'
          ? 'there is no room for more routes that are sent to it: the session is ended'
          : `does not read: ${Math.round(e.waiting / 1e6)} MB wait for it, the session is ended`,
    }))
    .with({ type: 'ConnectionsRefused' }, (e) => ({
      at,
      level: 'warn' as const,
      event: 'connections-refused',
      message: `refused ${e.count} connection${e.count === 1 ? '' : 's'} (from ${e.example}${e.count > 1 ? ' and perhaps others' : ''}): not a neighbour in the file, or one that is not expected now`,
      fields: { count: e.count, example: e.example },
    }))
    .with({ type: 'StateChanged' }, (e) => ({
      at,
      level: 'debug' as const,
      event: 'state-changed',
      neighbour: e.neighbour,
      message: `${e.from} -> ${e.to}`,
    }))
    .exhaustive();
}

function downText({ wasUp, reason }: SpeakerEvent & { type: 'SessionDown' }): string {
  const why = downReasonText(reason);
  if (wasUp) return `session down: ${why}`;
  const next = reason.kind === 'stopped' ? '' : '; trying again, repeats of this are not logged';
  return `session did not come up: ${why}${next}`;
}

function limitText({ count, family, limit }: LimitFinding, idle: number): string {
  return idle > 0
    ? `sent more than the ${prefixCount(limit, family)} that max-prefixes lets it: session ended, the next attempt comes in ${formatDuration(idle * 1000)}`
    : `has sent ${prefixCount(count, family)}; at more than ${limit} (max-prefixes) its session ends`;
}

function withoutNextHop(families: readonly Family[]): string {
  if (families.length === 0) return '';
  return `; ${noNextHopText(families.join(' and '))}`;
}
