/** Where the benches find what they measure with. */

import { fileURLToPath } from 'node:url';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

export const RESULTS = path('./results/');
/** The built program, or another build of it. */
export const PROGRAM = process.env.MULTIHOMED_PROGRAM ?? path('../dist/multihomed.js');

/** Recorded data beside the repository; not everybody has it. */
const DATA = process.env.MULTIHOMED_DATA ?? path('../../shared/data');
export const PROFILE = `${DATA}/profile.json`;
/** Two full tables of 2010. */
export const RECORDED_TABLE = `${DATA}/rib/rrc06.rib.20100701.0759.mrt.gz`;
/** All prefixes of 2026 with their origins. */
export const PREFIX_LISTS = {
  ipv4: `${DATA}/prefixes/ipasn_20260730.dat.gz`,
  ipv6: `${DATA}/prefixes/ipasn6_20260730.dat.gz`,
} as const;
