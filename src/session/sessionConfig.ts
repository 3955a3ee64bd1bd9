/** What one session is made from, and which changes of it a running session survives. */

import type { Neighbour } from '../config/config.ts';
import { PathDirection } from '../fsm/paths.ts';
import type { FsmConfig } from '../fsm/state.ts';
import { AS_TRANS } from '../net/asn.ts';
import { formatCommunities } from '../net/community.ts';
import { Afi, afiSafiOf } from '../net/family.ts';
import { roleCode } from '../net/role.ts';
import type { Capability } from '../wire/capability.ts';
import { BGP_VERSION } from '../wire/constants.ts';
import type { OpenMessage } from '../wire/open.ts';
import type { ConnectTarget } from './connection.ts';
import { type Restarted, restartCapabilities } from './restartOffer.ts';
import { type Secret, sameSecret } from './secret.ts';
import { tcpOptionsOf } from './tcpOptions.ts';

export interface SessionConfig {
  readonly localAs: number;
  /** BGP Identifier, unsigned 32-bit. */
  readonly routerId: number;
  readonly neighbour: Neighbour;
  /** Undefined: this process's neighbours hold nothing of one before it, or it is no matter any more. */
  readonly restarted?: Restarted | undefined;
  /** Its TCP MD5 key, where `neighbour.password` names one. */
  readonly md5?: Secret | undefined;
}

export function fsmConfigOf(config: SessionConfig): FsmConfig {
  return {
    open: openOf(config),
    localAs: config.localAs,
    peerAs: config.neighbour.asn,
    passive: config.neighbour.passive,
    connectRetryTime: config.neighbour.connectRetry,
    strictRole: config.neighbour.role?.strict ?? false,
  };
}

function openOf({ localAs, routerId, neighbour, restarted }: SessionConfig): OpenMessage {
  const capabilities: Capability[] = [
    ...neighbour.families.map((family) => ({
      kind: 'multiprotocol' as const,
      ...afiSafiOf(family),
    })),
    { kind: 'routeRefresh' },
    { kind: 'enhancedRouteRefresh' },
    ...restartCapabilities(neighbour, restarted),
    { kind: 'fourOctetAs', asn: localAs },
    { kind: 'extendedMessage' },
    ...pathsOffered(neighbour),
    ...nextHopsOffered(neighbour),
    ...roleOffered(neighbour),
  ];
  return {
    version: BGP_VERSION,
    myAs: localAs > 0xffff ? AS_TRANS : localAs,
    holdTime: neighbour.holdTime,
    bgpIdentifier: routerId,
    capabilities,
  };
}

/** RFC 7911 §4: for every family of the session. */
function pathsOffered({ families, addPath }: Neighbour): readonly Capability[] {
  const { receive, send } = PathDirection;
  const sendReceive = (addPath.receive ? receive : 0) | (addPath.send ? send : 0);
  if (sendReceive === 0) return [];
  const entries = families.map((family) => ({ ...afiSafiOf(family), sendReceive }));
  return [{ kind: 'addPath', entries }];
}

/** RFC 8950: where our address on the session is to be the next hop of IPv4 routes, and is IPv6. */
function nextHopsOffered({ families, address, nextHop }: Neighbour): readonly Capability[] {
  if (!families.includes('ipv4') || address.family === 'ipv4' || nextHop.ipv4) return [];
  const entries = [{ ...afiSafiOf('ipv4'), nextHopAfi: Afi.ipv6 }];
  return [{ kind: 'extendedNextHop', entries }];
}

function roleOffered({ role }: Neighbour): readonly Capability[] {
  return role ? [{ kind: 'role', role: roleCode(role.is) }] : [];
}

export function targetOf({ neighbour, md5 }: SessionConfig): ConnectTarget {
  const { address, port, localAddress } = neighbour;
  return { address, port, localAddress, options: tcpOptionsOf(neighbour, md5) };
}

/**
 * What a change of the file means to a running session. `reset`: the OPEN or the connection would
 * differ. `next-hops`: everything must be announced with another one. `routes`: the session itself
 * sees nothing of it; what differs reaches it as changed routes, or matters the next time.
 */
export type SessionChange = 'none' | 'routes' | 'next-hops' | 'reset';

export function changeOf(before: SessionConfig, after: SessionConfig): SessionChange {
  if (sessionKey(before) !== sessionKey(after)) return 'reset';
  if (!sameSecret(before.md5, after.md5)) return 'reset';
  if (nextHopKey(before.neighbour) !== nextHopKey(after.neighbour)) return 'next-hops';
  return routesKey(before) === routesKey(after) ? 'none' : 'routes';
}

function sessionKey(config: SessionConfig): string {
  const { neighbour: n } = config;
  const connection = [n.address.text, n.port, n.localAddress?.text, n.passive, n.multihop];
  const socket = [n.ttlSecurity, n.bindToInterface && n.interface];
  const kept = n.addPath.receive ? n.addPath.paths : 1;
  // That we have restarted is no other session: what an OPEN says of it ends by itself.
  const open = openOf({ ...config, restarted: undefined });
  const session = [n.kind, n.asn, open, n.role?.strict, kept, connection, socket];
  const restart = [n.gracefulRestart, n.longLivedStaleTime];
  return JSON.stringify([session, restart, exportKey(n)]);
}

/** What learned routes are sent by: a group's terms never change, so that members do not differ. */
function exportKey(n: Neighbour): unknown {
  if (n.kind === 'upstream') return undefined;
  const rule = n.kind === 'downstream' ? n.export : n.nextHopSelf;
  return [rule, n.prepend, n.med, formatCommunities(n.communities), nextHopKey(n)];
}

function nextHopKey({ nextHop }: Neighbour): string {
  return JSON.stringify([nextHop.ipv4?.text, nextHop.ipv6?.text]);
}

function routesKey({ neighbour: n }: SessionConfig): string {
  const sent = [n.prepend, n.med, formatCommunities(n.communities)];
  const way = [n.interface, n.bfd];
  return JSON.stringify([sent, n.import, n.maxPrefixes, way, n.connectRetry]);
}
