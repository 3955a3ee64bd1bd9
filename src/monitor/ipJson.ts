/** The JSON of `ip -j link`, `ip -j addr` and `ip -j route get [fibmatch]`, as far as we read it. */

import { causeOfFlags, type KernelCause } from './linkState.ts';

export interface KernelLink {
  readonly name: string;
  readonly index: number;
  /** The hardware address as printed; empty where there is none. */
  readonly hardwareAddress: string;
  readonly cause: KernelCause;
}

export interface KernelInterface {
  readonly name: string;
  readonly up: boolean;
  /** Link-local ones left out: every link has the same. */
  readonly subnets: readonly KernelSubnet[];
}

export interface KernelSubnet {
  /** An address in it: on a point-to-point link that of the far end. */
  readonly address: string;
  readonly length: number;
}

export interface KernelRoute {
  readonly interface: string;
  /** Undefined: unicast. */
  readonly type: string | undefined;
  /** Whether a gateway, of either family (RFC 8950), comes first. */
  readonly viaGateway: boolean;
}

/** Entries that are not understood are left out; so is all of a text that is not JSON. */
export function linksFrom(text: string): readonly KernelLink[] {
  return records(parse(text)).flatMap((record) => {
    const { ifname, ifindex, flags, address } = record;
    if (typeof ifname !== 'string' || typeof ifindex !== 'number') return [];
    const hardwareAddress = typeof address === 'string' ? address : '';
    return [{ name: ifname, index: ifindex, hardwareAddress, cause: causeOfFlags(strings(flags)) }];
  });
}

/** Of `ip -j addr`. */
export function interfacesFrom(text: string): readonly KernelInterface[] {
  return records(parse(text)).flatMap(({ ifname, flags, addr_info: addresses }) => {
    if (typeof ifname !== 'string') return [];
    const up = causeOfFlags(strings(flags)) === 'up';
    const subnets = records(addresses).flatMap(({ local, address = local, prefixlen, scope }) =>
      typeof address === 'string' && typeof prefixlen === 'number' && scope !== 'link'
        ? [{ address, length: prefixlen }]
        : [],
    );
    return [{ name: ifname, up, subnets }];
  });
}

export function routeFrom(text: string): KernelRoute | undefined {
  const [route] = records(parse(text));
  if (typeof route?.dev !== 'string') return undefined;
  const { dev, type, gateway, via } = route;
  return {
    interface: dev,
    type: typeof type === 'string' ? type : undefined,
    viaGateway: gateway !== undefined || via !== undefined,
  };
}

/** Of `ip -j route get fibmatch`: how long the prefix of the route is that was found. */
export function routeLengthFrom(text: string): number | undefined {
  const [route] = records(parse(text));
  if (typeof route?.dst !== 'string') return undefined;
  if (route.dst === 'default') return 0;
  const [address = '', length] = route.dst.split('/');
  if (length !== undefined) return Number(length);
  return address.includes(':') ? 128 : 32;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // `ip` prints nothing at all when there is nothing to print
  }
}

function records(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
