/**
 * GoBGP's policies: import and export are global there, so that each statement names its neighbour.
 * A statement whose conditions all hold decides; behind the last one everything is refused.
 */

import type { Neighbour } from '../config/config.ts';
import { type Communities, formatExtended, formatLarge } from '../net/community.ts';
import { FAMILIES, type Family } from '../net/family.ts';
import { maxLength } from '../net/prefix.ts';
import { IPV4_BOGONS, IPV6_BOGONS } from '../policy/importBogons.ts';
import {
  ownAddresses,
  type Plan,
  type PlannedFamily,
  type PlannedNeighbour,
  type SentAttributes,
} from './plan.ts';
import { refusedPaths } from './vtyImport.ts';

const BOGONS = { ipv4: IPV4_BOGONS, ipv6: IPV6_BOGONS } as const;
const EVERYTHING = { ipv4: '0.0.0.0/0', ipv6: '::/0' } as const;

const REJECT = { disposition: 'reject-route' } as const;
const ACCEPT = { disposition: 'accept-route' } as const;

/** Null, 0 or empty: no such condition or action. */
const ANY = {
  prefixSet: null,
  pathSet: null,
  pathMatch: 'any',
  longerThan: null,
  nextHops: null,
  routeType: null,
  med: null,
  nextHop: null,
  prepend: null,
  prependAs: null,
  communities: [] as readonly { readonly kind: string; readonly list: string }[],
};

type Conditions = {
  readonly [K in keyof typeof ANY]: (typeof ANY)[K] | string | number;
};

interface Statement extends Partial<Conditions> {
  readonly disposition: 'accept-route' | 'reject-route';
}

export function policiesOf(plan: Plan) {
  const own = plan.neighbours.flatMap((planned) => {
    const { name } = planned.neighbour;
    return [
      policy(`${name}-in`, name, importStatements(plan, planned)),
      policy(`${name}-out`, name, exportStatements(plan, planned)),
    ];
  });
  // What is ours passes the import policy too, and comes from no neighbour.
  return [policy('OWN-in', null, [{ ...ACCEPT, routeType: 'local' }]), ...own];
}

function policy(name: string, neighbour: string | null, statements: readonly Statement[]) {
  const named = statements.map((statement, i) => ({
    ...ANY,
    ...statement,
    neighbour,
    name: `${name}-${i + 1}`,
  }));
  return { name, statements: named };
}

function importStatements(plan: Plan, { neighbour }: PlannedNeighbour): readonly Statement[] {
  const { own } = plan;
  const { import: rules, name } = neighbour;
  if (rules.accept === 'none') return [REJECT];
  const paths = refusedPaths(neighbour).map(({ name: pathSet }) =>
    pathSet === 'LONG-PATH' ? { ...REJECT, longerThan: 65 } : { ...REJECT, pathSet },
  );
  const firstAs =
    rules.firstAs === 'refuse'
      ? [{ ...REJECT, pathSet: `FIRST-AS-${name}`, pathMatch: 'invert' }]
      : [];
  const families = FAMILIES.filter((family) => neighbour.families.includes(family));
  const prefixes = families.flatMap((family) => [
    ...(rules.accept === 'full' && rules.ownPrefixes === 'refuse' && own[family].length > 0
      ? [{ ...REJECT, prefixSet: `own-parts-${family}` }]
      : []),
    ...(rules.accept === 'full' && rules.bogons === 'refuse'
      ? [{ ...REJECT, prefixSet: `bogons-${family}` }]
      : []),
    { ...ACCEPT, prefixSet: `${name}-in-${family}` },
  ]);
  const hops = families.flatMap((family) =>
    ownAddresses(plan, family).map((text) => `${text}/${maxLength(family)}`),
  );
  const toOurselves = hops.length > 0 ? [{ ...REJECT, nextHops: quotedList(hops) }] : [];
  return [...paths, ...firstAs, ...toOurselves, ...prefixes];
}

function exportStatements(plan: Plan, planned: PlannedNeighbour): readonly Statement[] {
  const { neighbour, families } = planned;
  return families.flatMap((family) => {
    const own = family.routes.map((group, i) => ({
      ...ACCEPT,
      prefixSet: `${neighbour.name}-out-${family.family}-${i + 1}`,
      routeType: 'local',
      ...actions(plan, group, family),
    }));
    if (family.learned === 'none') return own;
    const all = family.learned === 'all' ? 'everything' : 'default';
    return [
      ...own,
      ...(plan.own[family.family].length > 0
        ? [{ ...REJECT, prefixSet: `own-${family.family}` }]
        : []),
      {
        ...ACCEPT,
        prefixSet: `${all}-${family.family}`,
        ...actions(plan, neighbour, family),
      },
    ];
  });
}

function actions(
  { config }: Plan,
  { prepend, med, communities }: SentAttributes,
  { nextHop }: PlannedFamily,
) {
  return {
    med: med ?? null,
    nextHop: nextHop?.text ?? null,
    prepend: prepend || null,
    prependAs: config.asn,
    communities: communityLists(communities),
  };
}

function communityLists({ standard, extended, large }: Communities) {
  const kinds = [
    ['community', standard.map((value) => `${value >>> 16}:${value & 0xffff}`)],
    ['ext-community', extended.flatMap((value) => extendedText(formatExtended(value)) ?? [])],
    ['large-community', large.map(formatLarge)],
  ] as const;
  return kinds
    .filter(([, values]) => values.length > 0)
    .map(([kind, values]) => ({ kind, list: quotedList(values) }));
}

/**
 * `rt:64500:5`, `soo:1.4464:5`; undefined: there are no words for it. An AS number of four octets that
 * is not dotted becomes 65535 there without a word.
 */
export function extendedText(text: string): string | undefined {
  const [, kind, admin, value] = /^(rt|ro):(\d+):(\d+)$/.exec(text) ?? [];
  if (kind === undefined) return undefined;
  const asn = Number(admin);
  const shown = asn > 0xffff ? `${asn >>> 16}.${asn & 0xffff}` : admin;
  return `${kind === 'rt' ? 'rt' : 'soo'}:${shown}:${value}`;
}

export function quotedList(values: readonly string[]): string {
  return values.map((value) => JSON.stringify(value)).join(', ');
}

/** Every set of prefixes that a statement may name. */
export function prefixSetsOf(plan: Plan) {
  const carried = FAMILIES.filter((family) =>
    plan.neighbours.some(({ neighbour }) => neighbour.families.includes(family)),
  );
  return [
    ...carried.flatMap((family) => sharedSets(plan, family)),
    ...plan.neighbours.flatMap(({ neighbour, families }) =>
      families.flatMap((planned) => ownSets(neighbour, planned)),
    ),
  ];
}

function sharedSets({ own }: Plan, family: Family) {
  const ours = own[family].map(({ text }) => text);
  const longest = maxLength(family);
  return [
    ...(ours.length > 0
      ? [set(`own-${family}`, ours), set(`own-parts-${family}`, ours, longest)]
      : []),
    set(`bogons-${family}`, BOGONS[family], longest),
    set(`everything-${family}`, [EVERYTHING[family]], longest),
    set(`default-${family}`, [EVERYTHING[family]]),
  ];
}

function ownSets({ name, import: rules }: Neighbour, { family, routes }: PlannedFamily) {
  const longest = rules.accept === 'full' ? rules.maxLength[family] : undefined;
  return [
    ...(rules.accept === 'none'
      ? []
      : [set(`${name}-in-${family}`, [EVERYTHING[family]], longest)]),
    ...routes.map(({ prefixes }, i) =>
      set(
        `${name}-out-${family}-${i + 1}`,
        prefixes.map(({ text }) => text),
      ),
    ),
  ];
}

/** `longest`: of the parts that are meant as well; undefined: none. */
function set(name: string, prefixes: readonly string[], longest?: number) {
  const entries = prefixes.map((prefix) => {
    const length = Number(prefix.split('/')[1]);
    return { prefix, range: `${length}..${longest ?? length}` };
  });
  return { name, entries };
}
