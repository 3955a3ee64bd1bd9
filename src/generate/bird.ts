/** BIRD 2: one file. */

import type { Config } from '../config/config.ts';
import { formatEndpoint, formatIdentifier } from '../net/address.ts';
import type { Communities } from '../net/community.ts';
import { FAMILIES, type Family } from '../net/family.ts';
import type { Role } from '../net/role.ts';
import { IPV4_BOGONS, IPV6_BOGONS } from '../policy/importBogons.ts';
import { bfdOf, bfdStatement } from './birdBfd.ts';
import { AS_SETS, orLonger, pathRefusals, prefixRefusals } from './birdImport.ts';
import { commonLosses } from './losses.ts';
import {
  judgePasswords,
  type Plan,
  type PlannedFamily,
  type PlannedNeighbour,
  planOf,
  type SentAttributes,
} from './plan.ts';
import { placeOf, type SessionValues, saysRoles, sessionValues } from './sessionValues.ts';
import type { Generated, GenerateOptions, NotExpressible, Target } from './target.ts';

const BOGONS = { ipv4: IPV4_BOGONS, ipv6: IPV6_BOGONS } as const;
const EVERYWHERE = ['0.0.0.0', '::'];

export const bird: Target = {
  name: 'bird',
  description: 'BIRD 2; roles from 2.0.11 on',
  directory: '/etc/bird',
  generate,
};

const NONE: ReadonlyMap<string, string> = new Map();

function generate(config: Config, options: GenerateOptions): Generated {
  const { render, passwords = NONE, bfdPasswords = NONE, interfaces = NONE } = options;
  const plan = planOf(config, passwords);
  judgePasswords(bfdPasswords);
  const bfd = bfdOf(config, { bfdPasswords, interfaces });
  const content = render('bird/bird.conf', {
    asn: config.asn,
    routerId: formatIdentifier(config.routerId),
    sets: [...AS_SETS, ...FAMILIES.flatMap((family) => prefixSets(plan, family))],
    own: FAMILIES.filter((family) => plan.own[family].length > 0).map((family) => ({
      family,
      prefixes: plan.own[family].map(({ text }) => text),
    })),
    filters: plan.neighbours.flatMap((planned) =>
      planned.families.map((family) => filtersOf(plan, planned, family)),
    ),
    bfd,
    neighbours: plan.neighbours.map((planned) =>
      protocolOf(planned, config, saysRoles(plan.neighbours)),
    ),
  });
  const owner = { user: 'root', group: 'bird' };
  return {
    files: [{ path: 'bird.conf', mode: 0o640, owner, comment: '#', content }],
    notExpressible: [
      ...commonLosses(config, passwords),
      ...listenLosses(config),
      ...pathLosses(plan),
      ...bfd.losses,
    ],
  };
}

function prefixSets({ own, neighbours }: Plan, family: Family) {
  if (!neighbours.some(({ families }) => families.some((f) => f.family === family))) return [];
  const upper = family.toUpperCase();
  const parts = own[family].map(orLonger).join(', ');
  const exact = own[family].map(({ text }) => text).join(', ');
  return [
    ...(parts === ''
      ? []
      : [
          { name: `OWN_${upper}`, entries: exact },
          { name: `OWN_PARTS_${upper}`, entries: parts },
        ]),
    {
      name: `BOGONS_${upper}`,
      entries: BOGONS[family].map((text) => orLonger({ text })).join(', '),
    },
  ];
}

/** In apostrophes, a name may have hyphens and dots. With a hyphen it is no reserved word. */
function quoted(name: string): string {
  return `'${name}'`;
}

function filtersOf({ own }: Plan, { neighbour }: PlannedNeighbour, planned: PlannedFamily) {
  const { family, routes, learned } = planned;
  const upper = family.toUpperCase();
  const ours = own[family].length > 0;
  const { accept } = neighbour.import;
  const notOurs = ours ? [`!(net ~ OWN_${upper})`] : [];
  const defaultOnly = learned === 'default' ? ['net.len = 0'] : [];
  return {
    in: {
      name: quoted(`${neighbour.name}-in-${family}`),
      refusals:
        accept === 'none'
          ? []
          : [...pathRefusals(neighbour), ...prefixRefusals(neighbour, family, ours)],
      last: accept === 'none' ? 'reject' : 'accept',
    },
    out: {
      name: quoted(`${neighbour.name}-out-${family}`),
      groups: routes.map((group) => ({
        prefixes: group.prefixes.map(({ text }) => text).join(', '),
        statements: statementsOf(group),
      })),
      learned:
        learned === 'none'
          ? []
          : [
              {
                condition: [...notOurs, ...defaultOnly].join(' && ') || 'true',
                statements: statementsOf(neighbour),
              },
            ],
    },
  };
}

function statementsOf(attributes: SentAttributes): readonly string[] {
  const { prepend, med, communities } = attributes;
  return [
    ...Array<string>(prepend).fill('bgp_path.prepend(OWN_AS)'),
    ...(med === undefined ? [] : [`bgp_med = ${med}`]),
    ...communityStatements(communities),
  ];
}

function communityStatements({ standard, extended, large }: Communities): readonly string[] {
  return [
    ...standard.map((value) => `bgp_community.add((${value >>> 16}, ${value & 0xffff}))`),
    ...extended.map((value) => `bgp_ext_community.add(${extendedValue(value)})`),
    ...large.map((parts) => `bgp_large_community.add((${parts.join(', ')}))`),
  ];
}

/** `(rt, 64500, 5)`; what is neither a target nor an origin, by its two halves. */
function extendedValue(value: bigint): string {
  const [type, subtype] = [value >> 56n, (value >> 48n) & 0xffn];
  const kind = subtype === 2n ? 'rt' : subtype === 3n ? 'ro' : undefined;
  if (kind && type === 0n) return `(${kind}, ${(value >> 32n) & 0xffffn}, ${value & 0xffff_ffffn})`;
  if (kind && type === 2n) return `(${kind}, ${(value >> 16n) & 0xffff_ffffn}, ${value & 0xffffn})`;
  return `(generic, 0x${(value >> 32n).toString(16)}, 0x${(value & 0xffff_ffffn).toString(16)})`;
}

function protocolOf(
  { neighbour, families, password }: PlannedNeighbour,
  { listen }: Config,
  withRoles: boolean,
) {
  const session = sessionValues({ neighbour, password });
  const { ipv4, ipv6 } = neighbour.maxPrefixes;
  const limit = { ipv4, ipv6 };
  const bfd = bfdStatement(neighbour);
  const port = listen[0]?.port ?? 179;
  return {
    ...session,
    protocol: quoted(`${neighbour.kind}-${neighbour.name}`),
    local: session.localAddress === null ? '' : ` ${session.localAddress}`,
    portWords: session.port === null ? '' : ` port ${session.port}`,
    listenPort: port === 179 ? null : port,
    // After an error it waits, each time twice as long.
    errorWait: `${session.connectRetry}, ${Math.max(300, session.connectRetry)}`,
    statements: [
      ...(session.multihop === null ? [] : [`multihop ${session.multihop}`]),
      ...(session.passive ? ['passive on'] : []),
      ...(session.ttlSecurity ? ['ttl security on'] : []),
      ...(session.password === null ? [] : [`password "${session.password}"`]),
      ...(neighbour.import.allowOwnAs > 0 ? [`allow local as ${neighbour.import.allowOwnAs}`] : []),
      ...(bfd === undefined ? [] : [bfd]),
      ...(withRoles ? roleStatements(session.role) : []),
      // A dead link ends the session at once.
      ...(session.multihop === null && !session.internal ? ['direct', 'check link on'] : []),
    ],
    channels: families.map(({ family, nextHop }) => ({
      family,
      in: quoted(`${neighbour.name}-in-${family}`),
      out: quoted(`${neighbour.name}-out-${family}`),
      limit: limit[family] ?? null,
      nextHop: nextHop?.text ?? null,
      nextHopSelf: neighbour.kind === 'internal' && neighbour.nextHopSelf,
    })),
  };
}

const ROLES: Readonly<Record<Role, string>> = {
  provider: 'provider',
  rs: 'rs_server',
  'rs-client': 'rs_client',
  customer: 'customer',
  peer: 'peer',
};

/** RFC 9234. */
function roleStatements(role: SessionValues['role']): readonly string[] {
  if (!role) return [];
  const says = `local role ${ROLES[role.is]}`;
  return role.strict ? [says, 'require roles on'] : [says];
}

function listenLosses({ listen }: Config): readonly NotExpressible[] {
  if (listen.length === 0) {
    const why = 'BIRD listens; only configured neighbours get further than TCP';
    return [{ what: 'listen: none', why }];
  }
  const ports = new Set(listen.map(({ port }) => port));
  if (ports.size === 1 && listen.every(({ address: a }) => EVERYWHERE.includes(a.text))) return [];
  const where = listen.map(({ address, port }) => formatEndpoint(address.text, port)).join(', ');
  const why = `BIRD listens on every address, on port ${listen[0]?.port}`;
  return [{ what: `listen: ${where}`, why }];
}

/** A set behind which the path goes on with the number before it cannot be told from none. */
function pathLosses({ neighbours }: Plan): readonly NotExpressible[] {
  return neighbours
    .filter(({ neighbour: { import: p } }) => p.asSet === 'refuse' && p.firstAs === 'accept')
    .map(({ neighbour }) => ({
      what: `${placeOf(neighbour)}.import.as-set`,
      why: 'a path that is one AS_SET alone is not told from an empty one, and is taken',
    }));
}
