/** Turns an Adj-RIB-Out difference into UPDATEs for one session. Pure. */

import type { IpAddress } from '../net/address.ts';
import type { Family } from '../net/family.ts';
import { counterpartOf, isDownOrAcross } from '../net/role.ts';
import type { Difference, RouteGroup } from '../rib/adjRibOut.ts';
import { DEFAULT_LOCAL_PREF } from '../rib/attributeScan.ts';
import { nlriOf } from '../rib/prefixList.ts';
import { encodePathAttributes } from '../wire/attributeEncode.ts';
import { Origin } from '../wire/constants.ts';
import type { CodecContext } from '../wire/context.ts';
import { packUpdates, packWithdrawals } from '../wire/updateEncode.ts';
import type { SessionConfig } from './sessionConfig.ts';

/** Tells each whole message to `emit`: announcements in the difference's order, then withdrawals. */
export function exportUpdates(
  difference: Difference,
  config: SessionConfig,
  localAddress: IpAddress,
  context: CodecContext,
  emit: (message: Uint8Array) => void,
): void {
  for (const group of difference.announce) {
    exportGroup(group, config, localAddress, context, emit);
  }
  for (const family of ['ipv4', 'ipv6'] as const) {
    const gone = difference.withdraw.filter((list) => list.family === family);
    if (gone.length === 0) continue;
    packWithdrawals(family, nlriOf(gone, context.addPath[family]), context, emit);
  }
}

function exportGroup(
  group: RouteGroup,
  config: SessionConfig,
  localAddress: IpAddress,
  context: CodecContext,
  emit: (message: Uint8Array) => void,
): void {
  const { family, terms, lists } = group;
  const nextHop = nextHopFor(family, config, localAddress, context);
  if (!nextHop) return;
  const internal = config.neighbour.kind === 'internal';
  const attributes = encodePathAttributes(
    {
      origin: Origin.igp,
      asPath: internal ? [] : new Array<number>(1 + terms.prepend).fill(config.localAs),
      nextHop,
      med: terms.med,
      // RFC 4271 §5.1.5: always to an internal peer, never to an external one.
      localPref: internal ? DEFAULT_LOCAL_PREF : undefined,
      communities: terms.communities,
      onlyToCustomer: onlyToCustomer(config),
    },
    context,
  );
  const nlri = nlriOf(lists, context.addPath[family]);
  packUpdates(attributes, nextHop, family, nlri, context, emit);
}

/** RFC 9234 §5: our AS to customers, peers and clients of ours; nothing to providers. */
function onlyToCustomer({ localAs, neighbour: { role } }: SessionConfig): number | undefined {
  return role && isDownOrAcross(counterpartOf(role.is)) ? localAs : undefined;
}

/**
 * What the file says, else ourselves, in IPv6 also for IPv4 routes where that was negotiated (RFC
 * 8950). Undefined: the family has no next hop on this session.
 */
export function nextHopFor(
  family: Family,
  config: SessionConfig,
  localAddress: IpAddress,
  { extendedNextHop }: Pick<CodecContext, 'extendedNextHop'>,
): IpAddress | undefined {
  const said = config.neighbour.nextHop[family];
  if (said) return said;
  const fits = localAddress.family === family || (family === 'ipv4' && extendedNextHop);
  return fits ? localAddress : undefined;
}
