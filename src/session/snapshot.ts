/** One neighbour's session, as it is shown. Times are milliseconds since the epoch. */

import type { Neighbour } from '../config/config.ts';
import type { DownReason } from '../fsm/actions.ts';
import type { RestartTerms } from '../fsm/gracefulRestart.ts';
import type { Negotiated } from '../fsm/negotiated.ts';
import type { StateName } from '../fsm/state.ts';
import { formatIdentifier } from '../net/address.ts';
import type { Family } from '../net/family.ts';
import type { PathCounts } from '../rib/ribIn.ts';
import type { Capability } from '../wire/capability.ts';
import { type Established, familiesWithoutNextHop } from './established.ts';
import type { ExportMembership } from './exportMember.ts';
import type { Outflow } from './outflow.ts';
import type { UpdateCounts } from './receiver.ts';
import type { StaleRoutes } from './retention.ts';
import type { SessionConfig } from './sessionConfig.ts';
import type { SessionTally } from './tally.ts';
import { type Protection, protectionOf } from './tcpOptions.ts';

export interface MessageCounts {
  readonly open: number;
  readonly update: number;
  readonly notification: number;
  readonly keepalive: number;
  readonly routeRefresh: number;
}

export interface SessionSnapshot {
  readonly name: string;
  readonly kind: Neighbour['kind'];
  readonly address: string;
  readonly port: number;
  readonly peerAs: number;
  /** As the file asks for it; no session is without. */
  readonly protection: readonly Protection[];
  readonly state: StateName;
  /** Since when it is in `state`. */
  readonly since: number;
  /** Undefined until connected. */
  readonly localAddress: string | undefined;
  readonly direction: 'outgoing' | 'incoming' | undefined;
  /** Dotted quad; undefined until an OPEN has come. */
  readonly peerIdentifier: string | undefined;
  /** Seconds, as negotiated. */
  readonly holdTime: number | undefined;
  readonly families: readonly Family[];
  /** Those of them whose routes of ours cannot be sent: see `nextHopFor`. */
  readonly withoutNextHop: readonly Family[];
  /** Undefined unless Established. */
  readonly capabilities:
    | { readonly offered: readonly Capability[]; readonly negotiated: Negotiated }
    | undefined;
  /** RFC 2918, RFC 7313; undefined until an OPEN has come. */
  readonly routeRefresh: 'none' | 'plain' | 'enhanced' | undefined;
  /** RFC 4724; undefined: not negotiated, or not up. */
  readonly gracefulRestart: RestartTerms | undefined;
  /** What is kept of its routes and not announced again yet, by family. */
  readonly stale: readonly StaleRoutes[];
  readonly sent: MessageCounts;
  readonly received: MessageCounts;
  /** Prefixes that the neighbour has been sent and not withdrawn, by family. */
  readonly advertised: { readonly ipv4: number; readonly ipv6: number };
  /** The same of learned prefixes; undefined: it is sent none, or not up. */
  readonly exported: { readonly ipv4: number; readonly ipv6: number } | undefined;
  /** It went over `max-prefixes` and is kept down until then; undefined: it is not. */
  readonly restingUntil: number | undefined;
  readonly learned: LearnedCounts;
  /** How often Established was reached and left since the process started. */
  readonly established: number;
  readonly dropped: number;
  readonly lastDown: { readonly at: number; readonly reason: DownReason } | undefined;
  /** Why connecting failed last; undefined: it has not since the last session. */
  readonly lastConnectFault: { readonly at: number; readonly cause: string } | undefined;
}

/** What came of the neighbour's routes: what is held now, and UPDATEs since the session came up. */
export interface LearnedCounts extends UpdateCounts {
  readonly ipv4: PathCounts;
  readonly ipv6: PathCounts;
  /** Paths that were not kept: more to one prefix than `add-path` takes. */
  readonly overflow: number;
}

export interface SnapshotParts {
  readonly config: SessionConfig;
  /** Undefined unless Established. */
  readonly established: Established | undefined;
  readonly tally: SessionTally;
  readonly outflow: Outflow;
  readonly stale: readonly StaleRoutes[];
  readonly learned: LearnedCounts;
  readonly exported: Pick<ExportMembership, 'advertised'> | undefined;
  readonly resting: number | undefined;
}

export function snapshotOf(parts: SnapshotParts): SessionSnapshot {
  const { config, established, tally, outflow, stale, learned, exported, resting } = parts;
  const { name, kind, address, port, asn } = config.neighbour;
  return {
    name,
    kind,
    address: address.text,
    port,
    peerAs: asn,
    protection: protectionOf(config.neighbour),
    state: tally.state,
    since: tally.since,
    localAddress: established?.localAddress.text,
    direction: established?.leg.side,
    peerIdentifier: established && formatIdentifier(established.negotiated.peerIdentifier),
    holdTime: established?.negotiated.holdTime,
    families: established?.negotiated.families ?? [],
    withoutNextHop: established ? familiesWithoutNextHop(established, config) : [],
    capabilities: established && {
      offered: established.offered,
      negotiated: established.negotiated,
    },
    routeRefresh: established && refreshKind(established.negotiated),
    gracefulRestart: established?.negotiated.gracefulRestart,
    stale,
    sent: tally.sent.counts(),
    received: tally.received.counts(),
    advertised: { ipv4: outflow.count('ipv4'), ipv6: outflow.count('ipv6') },
    exported: exported && {
      ipv4: exported.advertised('ipv4'),
      ipv6: exported.advertised('ipv6'),
    },
    restingUntil: resting,
    learned,
    established: tally.established,
    dropped: tally.dropped,
    lastDown: tally.lastDown,
    lastConnectFault: tally.lastConnectFault,
  };
}

function refreshKind({ routeRefresh, enhancedRouteRefresh }: Negotiated) {
  // RFC 7313 §3.1 has it stand on RFC 2918's, which some leave out beside it.
  if (enhancedRouteRefresh) return 'enhanced';
  return routeRefresh ? 'plain' : 'none';
}
