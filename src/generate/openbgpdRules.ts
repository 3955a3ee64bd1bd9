/** OpenBGPD's filter rules for one neighbour: what is taken from it and what is sent to it. */

import { isPrivateAsn } from '../net/asn.ts';
import { type Communities, formatExtended, formatLarge } from '../net/community.ts';
import { FAMILIES, type Family } from '../net/family.ts';
import { maxLength } from '../net/prefix.ts';
import {
  ownAddresses,
  type Plan,
  type PlannedFamily,
  type PlannedNeighbour,
  type SentAttributes,
} from './plan.ts';

const EVERYTHING = { ipv4: '0.0.0.0/0', ipv6: '::/0' } as const;
const WORD = { ipv4: 'inet', ipv6: 'inet6' } as const;

/** In their order; behind `deny quick from ADDRESS`. */
export function refusedRules(plan: Plan, { neighbour }: PlannedNeighbour): readonly string[] {
  const { own, config } = plan;
  const { import: policy, asn, kind } = neighbour;
  const privateAs = policy.privateAs === 'refuse' && (kind === 'internal' || !isPrivateAsn(asn));
  const rules = [
    'AS 0',
    ...when(policy.allowOwnAs === 0, `AS ${config.asn}`),
    ...FAMILIES.flatMap((family) => ownAddresses(plan, family)).map((own) => `nexthop ${own}`),
    ...when(policy.longPaths === 'refuse', 'max-as-len 64'),
    ...when(policy.reservedAs === 'refuse', 'AS { 23456, 65535, 4294967295 }'),
    ...when(privateAs, 'AS 64512 - 65534', 'AS 4200000000 - 4294967294'),
    ...when(policy.firstAs === 'refuse', `peer-as != ${asn}`),
  ];
  if (policy.accept !== 'full') return rules;
  const byPrefix = FAMILIES.filter((family) => neighbour.families.includes(family)).flatMap(
    (family) => [
      ...when(
        policy.ownPrefixes === 'refuse' && own[family].length > 0,
        `prefix-set "own-${family}" or-longer`,
      ),
      ...when(policy.bogons === 'refuse', `prefix-set "bogons-${family}" or-longer`),
      ...when(
        policy.maxLength[family] < maxLength(family),
        `prefix ${EVERYTHING[family]} prefixlen > ${policy.maxLength[family]}`,
      ),
    ],
  );
  return [...rules, ...byPrefix];
}

/** What is taken of what was not refused; behind `allow quick from ADDRESS`. */
export function takenRules({ neighbour }: PlannedNeighbour): readonly string[] {
  const families = FAMILIES.filter((family) => neighbour.families.includes(family));
  switch (neighbour.import.accept) {
    case 'full':
      return families.map((family) => WORD[family]);
    case 'default':
      return families.map((family) => `prefix ${EVERYTHING[family]}`);
    case 'none':
      return [];
  }
}

/** What is never sent, behind `deny quick to ADDRESS`: only what is originated here has no path. */
export function keptRules({ own }: Plan, { families }: PlannedNeighbour): readonly string[] {
  if (families.every(({ learned }) => learned === 'none')) return ['max-as-len 0'];
  return families
    .filter(({ family }) => own[family].length > 0)
    .map(({ family }) => `prefix-set "own-${family}" max-as-len 0`);
}

export interface SentRule {
  /** Behind `allow quick to ADDRESS`. */
  readonly rule: string;
  /** Attributes that are set; null: none. */
  readonly set: readonly string[] | null;
}

export function sentRules({ neighbour, families }: PlannedNeighbour): readonly SentRule[] {
  const own = families.flatMap((family) =>
    family.routes.map((group, i) => ({
      rule: `prefix-set "${sentSet(neighbour.name, family.family, i)}"`,
      set: setLines(group, family),
    })),
  );
  const learned = families
    .filter((family) => family.learned !== 'none')
    .map((family) => ({
      rule:
        family.learned === 'default' ? `prefix ${EVERYTHING[family.family]}` : WORD[family.family],
      set: setLines(neighbour, family),
    }));
  return [...own, ...learned];
}

/** The name of the set of a neighbour's group of routes. */
export function sentSet(neighbour: string, family: Family, index: number): string {
  return `${neighbour}-out-${family}-${index + 1}`;
}

function setLines(
  { prepend, med, communities }: SentAttributes,
  { nextHop }: PlannedFamily,
): readonly string[] | null {
  const lines = [
    ...when(prepend > 0, `prepend-self ${prepend}`),
    ...(med === undefined ? [] : [`med ${med}`]),
    ...communityLines(communities),
    ...(nextHop ? [`nexthop ${nextHop.text}`] : []),
  ];
  return lines.length > 0 ? lines : null;
}

function communityLines({ standard, extended, large }: Communities): readonly string[] {
  return [
    ...standard.map((value) => `community ${value >>> 16}:${value & 0xffff}`),
    ...extended.flatMap((value) => extendedLine(formatExtended(value)) ?? []),
    ...large.map((value) => `large-community ${formatLarge(value)}`),
  ];
}

/** Undefined: there are no words for it. */
function extendedLine(text: string): string | undefined {
  const [, kind, value] = /^(rt|ro):(.+)$/.exec(text) ?? [];
  return kind && `ext-community ${kind === 'rt' ? 'rt' : 'soo'} ${value}`;
}

function when(applies: boolean, ...rules: readonly string[]): readonly string[] {
  return applies ? rules : [];
}
