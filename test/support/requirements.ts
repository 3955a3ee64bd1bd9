/** What a test with real daemons needs of the machine, and what happens where it is missing. */

import { accessSync, constants } from 'node:fs';

/** Full paths: OpenBGPD's daemon and FRR's have the same name. */
export const PROGRAMS = {
  ip: '/usr/sbin/ip',
  frr: '/usr/lib/frr/bgpd',
  bird: '/usr/sbin/bird',
  openbgpd: '/usr/sbin/bgpd',
  gobgp: '/usr/bin/gobgpd',
  exabgp: '/usr/sbin/exabgp',
  tshark: '/usr/bin/tshark',
  tcpdump: '/usr/bin/tcpdump',
  haproxy: '/usr/sbin/haproxy',
  knot: '/usr/sbin/knotd',
  nft: '/usr/sbin/nft',
  ping: '/usr/bin/ping',
  keepalived: '/usr/sbin/keepalived',
  faketime: '/usr/bin/faketime',
  systemdAnalyze: '/usr/bin/systemd-analyze',
} as const;

export type Requirement = keyof typeof PROGRAMS;

/**
 * Options for `t.test`: skips with the reason where the test cannot run. Throws instead when the
 * environment says MULTIHOMED_REQUIRE_PEERS=1, as CI does, so that nothing is skipped unnoticed.
 */
export function requireOrSkip(...needed: readonly Requirement[]): {
  readonly skip: string | false;
} {
  const reasons = missingOf((['ip', ...needed] as const).map((name) => PROGRAMS[name]));
  if (reasons.length === 0) return { skip: false };
  const reason = reasons.join('; ');
  if (process.env.MULTIHOMED_REQUIRE_PEERS === '1') throw new Error(`required, but ${reason}`);
  return { skip: reason };
}

/** The same for a program that needs no namespace and no root. */
export function programOrSkip(path: string): { readonly skip: string | false } {
  if (isExecutable(path)) return { skip: false };
  const reason = `missing: ${path}`;
  if (process.env.MULTIHOMED_REQUIRE_PEERS === '1') throw new Error(`required, but ${reason}`);
  return { skip: reason };
}

/** What the machine lacks for `npm run interop` as a whole; empty: nothing. */
export function missingForInterop(): readonly string[] {
  return missingOf(Object.values(PROGRAMS));
}

function missingOf(needed: readonly string[]): readonly string[] {
  const programs = needed.filter((path) => !isExecutable(path));
  return [
    ...(process.getuid?.() === 0 ? [] : ['needs root for network namespaces']),
    ...(programs.length > 0 ? [`missing: ${programs.join(', ')}`] : []),
  ];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
