/**
 * What an export group is made for: receivers with equal terms are sent the same octets, so that
 * they are encoded once.
 */

import { formatCommunities } from '../net/community.ts';
import { FAMILIES, type Family } from '../net/family.ts';
import { isDownOrAcross } from '../net/role.ts';
import { type ExportPolicy, exportPolicy } from '../policy/exportLearned.ts';
import type { ExportOutlet } from '../session/exportMember.ts';
import type { OutgoingEncoding } from '../wire/outgoingAttributes.ts';

export interface ExportTerms {
  /** Equal exactly for receivers that are sent the same. */
  readonly key: string;
  readonly policy: ExportPolicy;
  readonly encoding: OutgoingEncoding;
  /** As negotiated: End-of-RIB is sent for each. */
  readonly families: readonly Family[];
  /** Those of which routes can be sent: there is a next hop for them. */
  readonly carried: readonly Family[];
}

export function exportTerms(outlet: ExportOutlet): ExportTerms {
  const families = FAMILIES.filter((family) => outlet.families.includes(family));
  const policy = exportPolicy(outlet.receiver, outlet.longLived);
  const encoding = encodingOf(outlet, policy);
  const { nextHop, nextHopSelf } = encoding;
  const carried = families.filter((family) => !nextHopSelf || nextHop[family]);
  const key = keyOf(policy, encoding, families);
  return { key, policy, encoding, families, carried };
}

function encodingOf(outlet: ExportOutlet, { internal, role }: ExportPolicy): OutgoingEncoding {
  const { receiver, localAs } = outlet;
  const nextHopSelf = receiver.kind === 'downstream' || receiver.nextHopSelf;
  const nextHop = nextHopSelf
    ? { ipv4: ownNextHop(outlet, 'ipv4'), ipv6: ownNextHop(outlet, 'ipv6') }
    : { ipv4: undefined, ipv6: undefined };
  const { prepend, med, communities } = receiver;
  const context = { ...outlet.context, internal };
  const onlyToCustomer = isDownOrAcross(role) ? localAs : undefined;
  return {
    ...{ context, localAs, prepend, nextHop, nextHopSelf },
    ...{ med, communities, onlyToCustomer },
  };
}

/** Ours towards the receiver; undefined: the file says none and the session is of the other family. */
function ownNextHop({ receiver, localAddress, context }: ExportOutlet, family: Family) {
  const said = receiver.nextHop[family];
  if (said) return said;
  // RFC 8950.
  const fits = localAddress.family === family || (family === 'ipv4' && context.extendedNextHop);
  return fits ? localAddress : undefined;
}

function keyOf(
  policy: ExportPolicy,
  { context, localAs, prepend, nextHop, nextHopSelf, med, communities }: OutgoingEncoding,
  families: readonly Family[],
): string {
  const { fourOctetAs, addPath, extendedMessages, extendedNextHop } = context;
  return JSON.stringify([
    [policy.internal, policy.peerAs, policy.role, policy.export, policy.longLived, families],
    [localAs, prepend, med, formatCommunities(communities)],
    [nextHopSelf, nextHop.ipv4?.text, nextHop.ipv6?.text],
    [fourOctetAs, addPath.ipv4, addPath.ipv6, extendedMessages, extendedNextHop],
  ]);
}
