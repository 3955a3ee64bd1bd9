/** Every target, in the order in which help lists them. */

import { bird } from './bird.ts';
import { exabgp } from './exabgp.ts';
import { frr } from './frr.ts';
import { gobgp } from './gobgp.ts';
import { haproxy } from './haproxy.ts';
import { keepalived } from './keepalived.ts';
import { nftables } from './nftables.ts';
import { openbgpd } from './openbgpd.ts';
import { quagga } from './quagga.ts';
import { sysctl } from './sysctl.ts';
import { systemd } from './systemd.ts';
import type { Target } from './target.ts';

export const TARGETS: readonly Target[] = [
  quagga,
  frr,
  bird,
  openbgpd,
  exabgp,
  gobgp,
  sysctl,
  nftables,
  systemd,
  keepalived,
  haproxy,
];

export function targetOf(name: string): Target | undefined {
  return TARGETS.find((target) => target.name === name);
}
