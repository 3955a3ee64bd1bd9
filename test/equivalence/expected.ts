/** What the file of `lab.ts` means on the wire, event by event, and what is taken of the feeds. */

import type { EventName, Sent } from './events.ts';

const A4 = 'next-hop 198.51.100.2, origin igp';
const A6 = 'next-hop 2001:db8:ff:1::2, origin igp';
const B4 = 'next-hop 198.51.100.6, origin igp';
const C6 = 'next-hop 2001:db8:ff:3::2, origin igp';
const THRICE = '64500 64500 64500';
const TO_A = 'extended-communities ro:70000:5 rt:64500:9';
const MED_A = 'med 100';
const STANDARD_A = 'communities 64496:100 graceful-shutdown';
const LARGE_A = 'large-communities 64496:70000:2';

const WHOLE_A = [
  `+ 20.77.0.0/22 path ${THRICE}, ${STANDARD_A}, ${TO_A}, ${LARGE_A}, ${MED_A}, ${A4}`,
  `+ 20.79.0.0/24 path ${THRICE}, communities 64496:100 64496:666 graceful-shutdown no-export, ${TO_A}, ${LARGE_A}, ${MED_A}, ${A4}`,
  `+ 2a01:77::/44 path ${THRICE}, ${STANDARD_A}, ${TO_A}, ${LARGE_A}, ${MED_A}, ${A6}`,
  `+ 2a01:79::/48 path ${THRICE}, ${STANDARD_A}, ${TO_A}, large-communities 64496:70000:2 64500:1:1, ${MED_A}, ${A6}`,
];
const WITHDRAWN_A = `+ 20.78.0.0/24 path ${THRICE}, ${STANDARD_A}, ${TO_A}, ${LARGE_A}, ${MED_A}, ${A4}`;
const WHOLE_B = [`+ 20.77.0.0/22 path 64500, ${B4}`];
const WITHDRAWN_B = `+ 20.78.0.0/24 path 64500, ${B4}`;
const WHOLE_C = [
  `+ 2a01:77::/44 path 64500, med 4000000000, ${C6}`,
  `+ 2a01:79::/48 path 64500, large-communities 64500:1:1, med 4000000000, ${C6}`,
];

function sorted(...lines: readonly string[]): readonly string[] {
  return [...lines].sort();
}

export const EXPECTED: Readonly<Record<EventName, Sent>> = {
  'start-up': {
    a: sorted('up', WITHDRAWN_A, ...WHOLE_A),
    b: sorted('up', WITHDRAWN_B, ...WHOLE_B),
    c: sorted('up', ...WHOLE_C),
  },
  'link loss': { a: ['down'], b: [], c: [] },
  restoration: { a: sorted('up', WITHDRAWN_A, ...WHOLE_A), b: [], c: [] },
  withdrawal: { a: ['- 20.78.0.0/24'], b: ['- 20.78.0.0/24'], c: [] },
  restart: {
    a: sorted('down', 'up', ...WHOLE_A),
    b: sorted('down', 'up', ...WHOLE_B),
    c: sorted('down', 'up', ...WHOLE_C),
  },
};

/** In the order of their texts. */
export const ACCEPTED = {
  a: [
    '0.0.0.0/0',
    '20.2.1.0/24',
    '20.2.2.0/23',
    '20.2.216.0/24',
    '20.2.4.0/24',
    '2a02:1::/48',
    '2a02:2::/47',
    '::/0',
  ],
  b: ['0.0.0.0/0'],
  c: [
    '2001:db8:5::/48',
    '2a04:1::/48',
    '2a04:200::/49',
    '2a04:201::/64',
    '2a04:210::/48',
    '2a04:2::/47',
    '::/0',
    'fc00:1::/48',
  ],
} as const;

/** Documented in docs/equivalence.md: what a daemon sends otherwise, and nothing else. */
export const DIFFERENCES: Readonly<Record<string, Partial<Record<EventName, Partial<Sent>>>>> = {
  // OpenBGPD cannot be told the IPv6 next hop of an IPv4 session: nothing is announced with a wrong one.
  openbgpd: {
    'start-up': { a: sorted('up', WITHDRAWN_A, ...WHOLE_A.filter(isIpv4)) },
    restoration: { a: sorted('up', WITHDRAWN_A, ...WHOLE_A.filter(isIpv4)) },
    restart: { a: sorted('down', 'up', ...WHOLE_A.filter(isIpv4)) },
  },
};

function isIpv4(line: string): boolean {
  return !line.includes('::');
}

/** The same of what is taken. */
export const TAKEN_OTHERWISE: Readonly<Record<string, Partial<Sent>>> = {
  openbgpd: { a: ACCEPTED.a.filter(isIpv4) },
};
