/**
 * What the Linux kernel of a multihomed edge has to be told, and why: the values that `generate
 * sysctl` writes and that `--check` compares with the running kernel.
 */

import { type Config, neighboursOf } from '../config/config.ts';
import { type Interfaces, openLinks, transitInterfaces } from './transitLinks.ts';

export interface SysctlSetting {
  /** As directories below /proc/sys: an interface's name may have a dot in it. */
  readonly path: readonly string[];
  readonly value: string;
  /** What goes wrong while it has another value. */
  readonly breaks: string;
  /** The kernel or the interface may not have it. */
  readonly optional: boolean;
}

export interface SysctlGroup {
  /** Lines of a comment. */
  readonly why: readonly string[];
  readonly settings: readonly SysctlSetting[];
}

export function sysctlGroups(config: Config, interfaces: Interfaces): readonly SysctlGroup[] {
  const links = transitInterfaces(config, interfaces);
  const ipv6 = neighboursOf(config).some((one) => one.families.includes('ipv6'));
  return [
    forwarding(ipv6),
    reversePath(config, links, interfaces),
    deadLinks(ipv6),
    redirects(links, ipv6),
    ARP,
    hashing(ipv6),
    MTU_PROBING,
    NEXTHOPS,
  ];
}

function forwarding(ipv6: boolean): SysctlGroup {
  const breaks = 'the machine does not forward: only its own addresses can be reached';
  return {
    why: [
      'An edge forwards between its upstreams and what is behind it. First of all: turning it on sets',
      'other values of IPv4 back to what is usual for routers.',
    ],
    settings: [
      setting('net.ipv4.ip_forward', '1', breaks),
      ...(ipv6 ? [setting('net.ipv6.conf.all.forwarding', '1', breaks)] : []),
    ],
  };
}

/**
 * The reverse-path filter drops packets whose source it would not reach through the interface that
 * they came in by (1), or not at all (2). With two upstreams the way out is often another one.
 */
function reversePath(
  config: Config,
  links: readonly string[],
  interfaces: Interfaces,
): SysctlGroup {
  const routed = config.upstreams.some((upstream) => upstream.import.accept !== 'none');
  const value = routed ? '2' : '0';
  // The kernel takes the greater of `all` and the interface's own.
  const all = openLinks(config, interfaces).length > 0 ? value : '0';
  const breaks = routed
    ? '1 drops what comes in by one upstream and is answered through another, 0 lets in any source'
    : '1 and 2 drop what comes in from addresses that no route leads to';
  return {
    why: [
      'The reverse-path filter (RFC 3704). Strict (1) drops what comes in by one upstream while the',
      'way back leads through another, as it does half of the time here.',
      ...(routed
        ? [
            'Loose (2) drops only what no route leads back to: the upstreams give us all routes, or a',
            'default route.',
          ]
        : [
            'Nothing is taken from the upstreams, so that no route may lead back to a source, and loose (2)',
            'would drop what comes from there: off (0). `generate nftables` keeps spoofed sources in.',
          ]),
      all === '0'
        ? "The kernel takes the greater of `all` and the interface's own: strict ones inside stay strict."
        : "The kernel takes the greater of `all` and the interface's own, and not all interfaces are known.",
    ],
    settings: [
      setting('net.ipv4.conf.all.rp_filter', all, breaks),
      setting('net.ipv4.conf.default.rp_filter', value, breaks),
      setting('net.ipv4.conf.lo.rp_filter', value, breaks),
      ...links.map((name) => ofInterface('ipv4', name, 'rp_filter', value, breaks)),
    ],
  };
}

function deadLinks(ipv6: boolean): SysctlGroup {
  const breaks = 'routes over a link without carrier are still used, and what takes them is lost';
  return {
    why: ['Routes over a link that has no carrier are not used.'],
    settings: [
      setting('net.ipv4.conf.all.ignore_routes_with_linkdown', '1', breaks),
      setting('net.ipv4.conf.default.ignore_routes_with_linkdown', '1', breaks),
      ...(ipv6
        ? [
            setting('net.ipv6.conf.all.ignore_routes_with_linkdown', '1', breaks),
            setting('net.ipv6.conf.default.ignore_routes_with_linkdown', '1', breaks),
          ]
        : []),
    ],
  };
}

function redirects(links: readonly string[], ipv6: boolean): SysctlGroup {
  const sends = 'neighbours are told to send around us, past every filter';
  const takes = 'anybody on the link can change our routes';
  return {
    why: ['Redirects are for hosts: none is taken, and none sent to who shares a link with us.'],
    settings: [
      setting('net.ipv4.conf.all.accept_redirects', '0', takes),
      setting('net.ipv4.conf.default.accept_redirects', '0', takes),
      setting('net.ipv4.conf.all.send_redirects', '0', sends),
      setting('net.ipv4.conf.default.send_redirects', '0', sends),
      ...links.map((name) => ofInterface('ipv4', name, 'send_redirects', '0', sends)),
      setting('net.ipv4.conf.all.accept_source_route', '0', 'senders choose the way through us'),
      ...(ipv6
        ? [
            setting('net.ipv6.conf.all.accept_redirects', '0', takes),
            setting('net.ipv6.conf.default.accept_redirects', '0', takes),
          ]
        : []),
    ],
  };
}

const ARP_BREAKS = 'an address of one link is answered for on another, and traffic moves there';

const ARP: SysctlGroup = {
  why: ['Addresses are answered for, and asked from, on the link that they are on.'],
  settings: [
    setting('net.ipv4.conf.all.arp_ignore', '1', ARP_BREAKS),
    setting('net.ipv4.conf.all.arp_announce', '2', ARP_BREAKS),
  ],
};

function hashing(ipv6: boolean): SysctlGroup {
  const breaks = 'all traffic between two hosts takes one of several equal ways';
  return {
    why: ['Equal ways are shared by connection, not by pair of addresses.'],
    settings: [
      setting('net.ipv4.fib_multipath_hash_policy', '1', breaks, true),
      ...(ipv6 ? [setting('net.ipv6.fib_multipath_hash_policy', '1', breaks, true)] : []),
    ],
  };
}

const MTU_PROBING: SysctlGroup = {
  why: ['Some way back swallows "packet too big": TCP finds the size out by itself.'],
  settings: [
    setting('net.ipv4.tcp_mtu_probing', '1', 'TCP hangs behind a link with a smaller MTU'),
  ],
};

const NEXTHOPS: SysctlGroup = {
  why: ['A next hop that is replaced is not announced once for each route that uses it.'],
  settings: [
    setting(
      'net.ipv4.nexthop_compat_mode',
      '0',
      'moving a full table to another next hop takes seconds instead of milliseconds',
      true,
    ),
  ],
};

function setting(key: string, value: string, breaks: string, optional = false): SysctlSetting {
  return { path: key.split('.'), value, breaks, optional };
}

/** Of an interface that may not be there yet. */
function ofInterface(
  family: 'ipv4' | 'ipv6',
  name: string,
  key: string,
  value: string,
  breaks: string,
): SysctlSetting {
  return { path: ['net', family, 'conf', name, key], value, breaks, optional: true };
}

/** As sysctl reads it: with slashes between where a dot is part of a name. */
export function settingName({ path }: Pick<SysctlSetting, 'path'>): string {
  return path.join(path.some((part) => part.includes('.')) ? '/' : '.');
}
