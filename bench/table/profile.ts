/**
 * What real tables look like in numbers, for the synthetic ones: measured (`profile.json` beside the
 * other data, where that is present), else the same figures rounded. Both follow RouteViews of 2026.
 */

import { existsSync, readFileSync } from 'node:fs';
import { PROFILE } from '../paths.ts';
import type { Histogram } from './random.ts';

export interface FamilyProfile {
  /** Of the prefixes. Nothing longer than /24 or /48: sane import policies refuse that. */
  readonly lengths: Histogram;
  /** The share of prefixes that lie within another one of the table. */
  readonly covered: number;
  readonly pathLengths: Histogram;
  readonly communities: Histogram;
  readonly largeCommunities: Histogram;
  /** Shares of the routes that have the attribute. */
  readonly med: number;
  readonly atomicAggregate: number;
  readonly aggregator: number;
  readonly incomplete: number;
}

export interface TableProfile {
  readonly ipv4: FamilyProfile;
  readonly ipv6: FamilyProfile;
}

const LONGEST = { ipv4: 24, ipv6: 48 } as const;

/** The parts of `profile.json` that are used. */
interface Measured {
  readonly full_table_2026_07_30: Readonly<Record<'ipv4' | 'ipv6', MeasuredPrefixes>>;
  readonly ribs: Readonly<Record<string, MeasuredRib>>;
}

interface MeasuredPrefixes {
  readonly prefix_length_histogram: Readonly<Record<string, number>>;
  readonly covered_by_less_specific_fraction: number;
}

interface MeasuredRib {
  readonly as_path_length_histogram: Readonly<Record<string, number>>;
  readonly communities_per_route_histogram: Readonly<Record<string, number>>;
  readonly large_communities_per_route_histogram: Readonly<Record<string, number>>;
  /** By type code. */
  readonly attribute_presence_fraction: Readonly<Record<string, number>>;
  readonly origin_code_fraction: Readonly<Record<string, number>>;
}

const RIBS = {
  ipv4: 'route_views2_2026_07_30_ipv4_head',
  ipv6: 'route_views6_2026_07_30_ipv6_head',
} as const;

const BUILT_IN: TableProfile = {
  ipv4: {
    lengths: [
      ...([
        [24, 636],
        [23, 104],
        [22, 105],
        [21, 50],
        [20, 43],
        [19, 24],
        [18, 12],
      ] as const),
      ...([
        [17, 8],
        [16, 13],
        [15, 2],
        [14, 1],
        [13, 1],
        [12, 1],
      ] as const),
    ],
    covered: 0.53,
    pathLengths: [
      [2, 9],
      [3, 32],
      [4, 30],
      [5, 15],
      [6, 8],
      [7, 3],
      [8, 1],
      [9, 1],
      [12, 1],
    ],
    communities: [
      [0, 30],
      [1, 15],
      [2, 9],
      [3, 5],
      [4, 7],
      [5, 7],
      [7, 8],
      [9, 6],
      [12, 8],
      [15, 5],
    ],
    largeCommunities: [
      [0, 930],
      [2, 8],
      [4, 60],
      [12, 2],
    ],
    med: 0.3,
    atomicAggregate: 0.07,
    aggregator: 0.11,
    incomplete: 0.045,
  },
  ipv6: {
    lengths: [
      ...([
        [48, 465],
        [47, 36],
        [46, 23],
        [45, 18],
        [44, 102],
        [42, 12],
        [40, 92],
      ] as const),
      ...([
        [38, 11],
        [36, 37],
        [34, 21],
        [33, 23],
        [32, 105],
        [30, 3],
        [29, 22],
        [28, 1],
      ] as const),
    ],
    covered: 0.57,
    pathLengths: [
      [2, 4],
      [3, 29],
      [4, 45],
      [5, 13],
      [6, 4],
      [7, 2],
      [8, 1],
      [9, 1],
    ],
    communities: [
      [0, 26],
      [1, 17],
      [2, 13],
      [3, 5],
      [4, 6],
      [5, 5],
      [8, 10],
      [10, 8],
      [14, 4],
    ],
    largeCommunities: [
      [0, 825],
      [1, 50],
      [4, 55],
      [6, 66],
      [12, 4],
    ],
    med: 0.26,
    atomicAggregate: 0.03,
    aggregator: 0.06,
    incomplete: 0.017,
  },
};

export function tableProfile(): TableProfile {
  if (!existsSync(PROFILE)) return BUILT_IN;
  const measured: Measured = JSON.parse(readFileSync(PROFILE, 'utf8'));
  return { ipv4: familyProfile(measured, 'ipv4'), ipv6: familyProfile(measured, 'ipv6') };
}

function familyProfile(measured: Measured, family: 'ipv4' | 'ipv6'): FamilyProfile {
  const prefixes = measured.full_table_2026_07_30[family];
  const rib = measured.ribs[RIBS[family]];
  if (!rib) throw new Error(`${PROFILE} has no ${RIBS[family]}`);
  const present = (type: number) => rib.attribute_presence_fraction[type] ?? 0;
  return {
    lengths: histogram(prefixes.prefix_length_histogram, LONGEST[family]),
    covered: prefixes.covered_by_less_specific_fraction,
    pathLengths: histogram(rib.as_path_length_histogram, 40),
    communities: histogram(rib.communities_per_route_histogram, 60),
    largeCommunities: histogram(rib.large_communities_per_route_histogram, 20),
    med: present(4),
    atomicAggregate: present(6),
    aggregator: present(7),
    incomplete: rib.origin_code_fraction.INCOMPLETE ?? 0,
  };
}

/** The commonest first, so that a draw ends soon; values above `most` are left out. */
function histogram(counts: Readonly<Record<string, number>>, most: number): Histogram {
  return Object.entries(counts)
    .map(([value, count]) => [Number(value), count] as const)
    .filter(([value]) => value <= most)
    .sort((a, b) => b[1] - a[1]);
}
