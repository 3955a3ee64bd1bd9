/** What was read of a neighbour, as the configuration that its session is made from. */

import type { Asn } from '../net/asn.ts';
import { collectCommunities, NO_COMMUNITIES } from '../net/community.ts';
import { bfdOf } from './bfdKeys.ts';
import type { ReadAddPath, ReadRole } from './capabilityKeys.ts';
import type {
  AddPathConfig,
  DownstreamConfig,
  InternalConfig,
  MaxPrefixes,
  NeighbourConfig,
  RoleConfig,
  UpstreamConfig,
} from './config.ts';
import { UNKNOWN_DAMPING } from './damping.ts';
import { dampingOf } from './dampingKeys.ts';
import type { Located } from './field.ts';
import type { ReadExternalImport, ReadImport, ReadMaxPrefixes } from './importKeys.ts';
import { DEFAULT_IMPORT, type ImportPolicy, OPEN_IMPORT } from './importPolicy.ts';
import type { Named } from './mapping.ts';
import type { ReadDownstream, ReadInternal, ReadNeighbour, ReadUpstream } from './neighbourKeys.ts';
import { reachabilityOf } from './reachabilityKeys.ts';
import { restartOf } from './restartKeys.ts';

/** These are undefined only when something required is missing, which was told. */
export function upstreamOf({ name, value: read }: Named<ReadUpstream>): UpstreamConfig | undefined {
  const external = read && externalOf(name, read);
  return (
    external && {
      ...external,
      kind: 'upstream',
      prefer: read.prefer?.value,
      damping: read.damping ? dampingOf(read.damping.value) : UNKNOWN_DAMPING,
      reachability: read.reachability && reachabilityOf(read.reachability.value, name),
    }
  );
}

export function downstreamOf({
  name,
  value: read,
}: Named<ReadDownstream>): DownstreamConfig | undefined {
  const external = read && externalOf(name, read);
  return external && { ...external, kind: 'downstream', export: read.export.value };
}

/** `ours`: our AS number. */
export function internalOf(
  { name, value: read }: Named<ReadInternal>,
  ours: Asn,
): InternalConfig | undefined {
  const connection = read && connectionOf(read);
  return (
    connection && {
      ...connection,
      kind: 'internal',
      name,
      asn: ours,
      prepend: 0,
      med: undefined,
      communities: NO_COMMUNITIES,
      import: importOf(OPEN_IMPORT, read.accept.value, read.import.value),
      role: undefined,
      nextHopSelf: read['next-hop-self'].value,
    }
  );
}

function externalOf(
  name: string,
  read: ReadUpstream | ReadDownstream,
): NeighbourConfig | undefined {
  const connection = connectionOf(read);
  if (!connection || !read.asn) return undefined;
  return {
    ...connection,
    name,
    asn: read.asn.value,
    prepend: read.prepend.value,
    med: read.med?.value,
    communities: collectCommunities(values(read.communities.value)),
    import: externalImportOf(read.accept.value, read.import.value),
    role: roleOf(read.role.value),
  };
}

function connectionOf(read: ReadNeighbour) {
  if (!read.address) return undefined;
  const { address, families, 'next-hop': nextHop } = read;
  return {
    address: address.value,
    port: read.port.value,
    localAddress: read['local-address']?.value,
    interface: read.interface?.value,
    passive: read.passive.value,
    multihop: read.multihop.value,
    ttlSecurity: read['ttl-security'].value,
    password: read.password?.value,
    bindToInterface: read['bind-to-interface'].value,
    holdTime: read['hold-time'].value,
    connectRetry: read['connect-retry'].value,
    families: families ? values(families.value) : [address.value.family],
    nextHop: { ipv4: nextHop?.value.ipv4?.value, ipv6: nextHop?.value.ipv6?.value },
    maxPrefixes: maxPrefixesOf(read['max-prefixes'].value),
    addPath: addPathOf(read['add-path'].value),
    ...restartOf(read),
    bfd: bfdOf(read),
  };
}

function externalImportOf(accept: ImportPolicy['accept'], read: ReadExternalImport): ImportPolicy {
  return { ...importOf(DEFAULT_IMPORT, accept, read), firstAs: read['first-as'].value };
}

/** `rest`: where what the file cannot say of this kind of neighbour comes from. */
function importOf(
  rest: ImportPolicy,
  accept: ImportPolicy['accept'],
  read: ReadImport,
): ImportPolicy {
  const { ipv4, ipv6 } = read['max-length'].value;
  return {
    ...rest,
    accept,
    bogons: read.bogons.value,
    ownPrefixes: read['own-prefixes'].value,
    longPaths: read['long-paths'].value,
    asSet: read['as-set'].value,
    privateAs: read['private-as'].value,
    reservedAs: read['reserved-as'].value,
    maxLength: { ipv4: ipv4.value, ipv6: ipv6.value },
    allowOwnAs: read['allow-own-as'].value,
  };
}

function addPathOf({ is, paths }: ReadAddPath): AddPathConfig {
  const both = is === 'both';
  return { receive: both || is === 'receive', send: both || is === 'send', paths };
}

function roleOf({ is, strict }: ReadRole): RoleConfig | undefined {
  return is === undefined || is === 'none' ? undefined : { is, strict };
}

function maxPrefixesOf({ ipv4, ipv6, warn, idle }: ReadMaxPrefixes): MaxPrefixes {
  return {
    ipv4: limitOf(ipv4.value),
    ipv6: limitOf(ipv6.value),
    warn: warn.value,
    idle: idle.value,
  };
}

function limitOf(limit: number | 'none'): number | undefined {
  return limit === 'none' ? undefined : limit;
}

export function values<T>(located: readonly Located<T>[]): readonly T[] {
  return located.map(({ value }) => value);
}
