/** What the templates of Quagga and FRR are given: their configurations differ in a few words. */

import type { Neighbour } from '../config/config.ts';
import { formatIdentifier } from '../net/address.ts';
import { type Communities, formatExtended, formatLarge } from '../net/community.ts';
import { FAMILIES, type Family } from '../net/family.ts';
import type { Role } from '../net/role.ts';
import { extendedLosses } from './losses.ts';
import type { Plan, PlannedFamily, PlannedNeighbour, SentAttributes } from './plan.ts';
import { placeOf, saysRoles, sessionValues } from './sessionValues.ts';
import type { NotExpressible } from './target.ts';
import { type AsPathList, bogonEntries, orLonger, refusedPaths, takenEntry } from './vtyImport.ts';

/** What `allowas-in` takes. */
const MOST_OWN_AS = 10;
const NEXT_HOP = { ipv4: 'ip next-hop', ipv6: 'ipv6 next-hop global' } as const;
const WORD = { ipv4: 'ip', ipv6: 'ipv6' } as const;

export function vtyValues(plan: Plan) {
  const { config, neighbours, own } = plan;
  const paths = new Map(
    neighbours
      .flatMap(({ neighbour }) => refusedPaths(neighbour))
      .map((list): [string, AsPathList] => [list.name, list]),
  );
  return {
    asn: config.asn,
    routerId: formatIdentifier(config.routerId),
    own: { ipv4: own.ipv4.map(({ text }) => text), ipv6: own.ipv6.map(({ text }) => text) },
    prefixLists: [
      ...FAMILIES.flatMap((family) => sharedLists(plan, family)),
      ...neighbours.flatMap((neighbour) => neighbour.families.flatMap(listsOf(neighbour))),
    ],
    pathLists: [...paths.values()],
    firstAs: neighbours
      .filter(({ neighbour }) => neighbour.import.firstAs === 'refuse')
      .map(({ neighbour: { name, asn } }) => ({ name, asn })),
    neighbours: neighbours.map((neighbour) => neighbourValues(neighbour, saysRoles(neighbours))),
    routeMaps: neighbours.flatMap((neighbour) => neighbour.families.map(mapsOf(plan, neighbour))),
  };
}

function neighbourValues({ neighbour, families, password }: PlannedNeighbour, withRoles: boolean) {
  const { warn, idle, ipv4, ipv6 } = neighbour.maxPrefixes;
  const limit = { ipv4, ipv6 };
  const session = sessionValues({ neighbour, password });
  const role = withRoles ? session.role : null;
  return {
    ...session,
    // FRR's alone: RFC 9234.
    localRole: role && `${roleWord(role.is)}${role.strict ? ' strict-mode' : ''}`,
    allowOwnAs: Math.min(MOST_OWN_AS, neighbour.import.allowOwnAs) || null,
    families: Object.fromEntries(
      FAMILIES.map((family) => [
        family,
        families.some((planned) => planned.family === family)
          ? {
              in: `${neighbour.name}-in-${family}`,
              out: `${neighbour.name}-out-${family}`,
              limit: limit[family] ?? null,
              warn,
              // The daemons count whole minutes, from one on.
              idleMinutes: Math.min(65535, Math.max(1, Math.ceil(idle / 60))),
              nextHopSelf: neighbour.kind === 'internal' && neighbour.nextHopSelf,
            }
          : null,
      ]),
    ),
  };
}

function roleWord(role: Role): string {
  return role === 'rs' ? 'rs-server' : role;
}

function list(name: string, family: Family, entries: readonly string[]) {
  return {
    name,
    word: WORD[family],
    entries: entries.map((text, i) => ({ seq: 5 * (i + 1), text })),
  };
}

/** Lists that every neighbour's maps may use. */
function sharedLists({ neighbours, own }: Plan, family: Family) {
  if (!neighbours.some(({ families }) => families.some((f) => f.family === family))) return [];
  const upper = family.toUpperCase();
  const bogons = neighbours.some(({ neighbour }) => neighbour.import.bogons === 'refuse');
  const ours = own[family];
  return [
    ...(ours.length > 0
      ? [
          list(
            `OWN-${upper}`,
            family,
            ours.map(({ text }) => text),
          ),
          list(`OWN-PARTS-${upper}`, family, ours.map(orLonger)),
        ]
      : []),
    ...(bogons ? [list(`BOGONS-${upper}`, family, bogonEntries(family))] : []),
    list(`DEFAULT-${upper}`, family, [family === 'ipv4' ? '0.0.0.0/0' : '::/0']),
  ];
}

function listsOf({ neighbour }: PlannedNeighbour) {
  return ({ family, routes }: PlannedFamily) => {
    const taken = takenEntry(neighbour.import, family);
    return [
      ...(taken === undefined ? [] : [list(`${neighbour.name}-in-${family}`, family, [taken])]),
      ...routes.map(({ prefixes }, i) =>
        list(
          `${neighbour.name}-out-${family}-${i + 1}`,
          family,
          prefixes.map(({ text }) => text),
        ),
      ),
    ];
  };
}

/** The two maps of a neighbour for a family, their terms numbered by tens. */
function mapsOf(plan: Plan, { neighbour }: PlannedNeighbour) {
  return (planned: PlannedFamily) => {
    const { family } = planned;
    const name = neighbour.name;
    return {
      neighbour: name,
      word: WORD[family],
      in: numbered(`${name}-in-${family}`, importTerms(plan, neighbour, family)),
      out: numbered(`${name}-out-${family}`, exportTerms(plan, neighbour, planned)),
    };
  };
}

const NOTHING_SET = {
  metric: null,
  prepend: null,
  communities: null,
  routeTargets: null,
  routeOrigins: null,
  large: null,
  nextHop: null,
};

interface Term {
  readonly action: 'permit' | 'deny';
  readonly prefixList: string | null;
  readonly asPath: string | null;
  readonly set: typeof NOTHING_SET | SetValues;
}

function importTerms({ own }: Plan, neighbour: Neighbour, family: Family): readonly Term[] {
  const { import: policy, name } = neighbour;
  const upper = family.toUpperCase();
  if (policy.accept === 'none') return [deny(null, null)];
  return [
    ...refusedPaths(neighbour).map((paths) => deny(null, paths.name)),
    ...(policy.ownPrefixes === 'refuse' && own[family].length > 0
      ? [deny(`OWN-PARTS-${upper}`, null)]
      : []),
    ...(policy.bogons === 'refuse' ? [deny(`BOGONS-${upper}`, null)] : []),
    {
      action: 'permit',
      prefixList: `${name}-in-${family}`,
      asPath: policy.firstAs === 'refuse' ? `FIRST-AS-${name}` : null,
      set: NOTHING_SET,
    },
  ];
}

function deny(prefixList: string | null, asPath: string | null): Term {
  return { action: 'deny', prefixList, asPath, set: NOTHING_SET };
}

/** What matches no term is not sent: both daemons have it so. */
function exportTerms(plan: Plan, neighbour: Neighbour, planned: PlannedFamily): readonly Term[] {
  const { family, routes, learned } = planned;
  const upper = family.toUpperCase();
  const own = routes.map(
    (group, i): Term => ({
      action: 'permit',
      prefixList: `${neighbour.name}-out-${family}-${i + 1}`,
      asPath: 'ONLY-OWN',
      set: setValues(plan, group, planned, false),
    }),
  );
  if (learned === 'none') return own.length > 0 ? own : [deny(null, null)];
  const { prepend, med, communities } = neighbour;
  return [
    ...own,
    // A prefix of ours that came from elsewhere stays where it is.
    ...(plan.own[family].length > 0 ? [deny(`OWN-${upper}`, null)] : []),
    {
      action: 'permit',
      prefixList: learned === 'default' ? `DEFAULT-${upper}` : null,
      asPath: null,
      set: setValues(plan, { prepend, med, communities }, planned, true),
    },
  ];
}

type SetValues = ReturnType<typeof setValues>;

/** `learned`: communities are added to those that the route came with. */
function setValues(
  { config: { asn } }: Plan,
  { prepend, med, communities }: SentAttributes,
  { family, nextHop }: PlannedFamily,
  learned: boolean,
) {
  const additive = learned ? ' additive' : '';
  const standard = communities.standard.map((value) => `${value >>> 16}:${value & 0xffff}`);
  return {
    metric: med ?? null,
    prepend: prepend > 0 ? Array(prepend).fill(asn).join(' ') : null,
    communities: standard.length > 0 ? standard.join(' ') + additive : null,
    routeTargets: extendedOf('rt', communities),
    routeOrigins: extendedOf('ro', communities),
    large:
      communities.large.length > 0 ? communities.large.map(formatLarge).join(' ') + additive : null,
    nextHop: nextHop ? `${NEXT_HOP[family]} ${nextHop.text}` : null,
  };
}

/** Those of one kind, without its name; null: there is none. */
function extendedOf(kind: 'rt' | 'ro', { extended }: Communities): string | null {
  const texts = extended.map(formatExtended).filter((text) => text.startsWith(`${kind}:`));
  return texts.length > 0 ? texts.map((text) => text.slice(3)).join(' ') : null;
}

function numbered(name: string, terms: readonly Term[]) {
  return { name, terms: terms.map((term, i) => ({ ...term, seq: 10 * (i + 1) })) };
}

/** Of what the vty has words for in one daemon or both. */
export function vtyLosses(plan: Plan): readonly NotExpressible[] {
  return [
    ...extendedLosses(plan),
    ...plan.neighbours.flatMap(({ neighbour }) =>
      neighbour.import.allowOwnAs > MOST_OWN_AS
        ? [
            {
              what: `${placeOf(neighbour)}.import.allow-own-as`,
              why: `at most ${MOST_OWN_AS} are allowed there`,
            },
          ]
        : [],
    ),
  ];
}
