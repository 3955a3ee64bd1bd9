/** OpenBGPD: one file. */

import type { Config } from '../config/config.ts';
import { formatIdentifier } from '../net/address.ts';
import { FAMILIES, type Family } from '../net/family.ts';
import { IPV4_BOGONS, IPV6_BOGONS } from '../policy/importBogons.ts';
import { bfdLosses, commonLosses, extendedLosses, linkLosses, roleLosses } from './losses.ts';
import { keptRules, refusedRules, sentRules, sentSet, takenRules } from './openbgpdRules.ts';
import { type Plan, type PlannedNeighbour, planOf } from './plan.ts';
import { placeOf, sessionValues } from './sessionValues.ts';
import type { Generated, GenerateOptions, NotExpressible, Target } from './target.ts';

const BOGONS = { ipv4: IPV4_BOGONS, ipv6: IPV6_BOGONS } as const;

export const openbgpd: Target = {
  name: 'openbgpd',
  description: 'OpenBGPD 7 and later',
  directory: '/etc',
  generate,
};

function generate(config: Config, { render, passwords = new Map() }: GenerateOptions): Generated {
  const whole = planOf(config, passwords);
  const plan = { ...whole, neighbours: whole.neighbours.map(ofOneFamily) };
  const content = render('openbgpd/bgpd.conf', {
    asn: config.asn,
    routerId: formatIdentifier(config.routerId),
    listen: config.listen.map(({ address, port }) =>
      port === 179 ? address.text : `${address.text} port ${port}`,
    ),
    sets: [...FAMILIES.flatMap((family) => sharedSets(plan, family)), ...sentSets(plan)],
    own: config.prefixes.map(({ prefix }) => prefix.text),
    neighbours: plan.neighbours.map((planned) => ({
      name: planned.neighbour.name,
      address: planned.neighbour.address.text,
      asn: planned.neighbour.asn,
      statements: statementsOf(planned),
      refused: refusedRules(plan, planned),
      taken: takenRules(planned),
      kept: keptRules(plan, planned),
      sent: sentRules(planned),
    })),
  });
  // The daemon refuses a file that others may read.
  return {
    files: [{ path: 'bgpd.conf', mode: 0o600, comment: '#', content }],
    notExpressible: [
      ...commonLosses(config, passwords),
      ...bfdLosses(config),
      ...roleLosses(config),
      ...whole.neighbours.flatMap(familyLosses),
      ...losses(plan),
    ],
  };
}

/**
 * Of a session, the family of its addresses alone. For the other one the daemon takes a next hop of
 * its own choice, which on Linux is ::1: better no route than that one.
 */
function ofOneFamily(planned: PlannedNeighbour): PlannedNeighbour {
  const { neighbour, families } = planned;
  const { family } = neighbour.address;
  return {
    ...planned,
    neighbour: { ...neighbour, families: neighbour.families.filter((each) => each === family) },
    families: families.filter((each) => each.family === family),
  };
}

function familyLosses({ neighbour }: PlannedNeighbour): readonly NotExpressible[] {
  const session = neighbour.address.family;
  return neighbour.families
    .filter((family) => family !== session)
    .map((family) => ({
      what: `${placeOf(neighbour)}.families: ${family}`,
      why: `on an ${session} session the next hop of ${family} routes cannot be set, so none is carried; give ${family} a session of its own`,
    }));
}

function sharedSets({ own, neighbours }: Plan, family: Family) {
  const ours = own[family].map(({ text }) => text);
  const bogons = neighbours.some(
    ({ neighbour }) => neighbour.import.bogons === 'refuse' && neighbour.families.includes(family),
  );
  return [
    ...(ours.length > 0 ? [{ name: `own-${family}`, prefixes: ours }] : []),
    ...(bogons ? [{ name: `bogons-${family}`, prefixes: BOGONS[family] }] : []),
  ];
}

function sentSets({ neighbours }: Plan) {
  return neighbours.flatMap(({ neighbour, families }) =>
    families.flatMap(({ family, routes }) =>
      routes.map(({ prefixes }, i) => ({
        name: sentSet(neighbour.name, family, i),
        prefixes: prefixes.map(({ text }) => text),
      })),
    ),
  );
}

function statementsOf(planned: PlannedNeighbour): readonly string[] {
  const { neighbour, families, password } = planned;
  const session = sessionValues({ neighbour, password });
  const carried = (family: Family) =>
    families.some((planned) => planned.family === family) ? 'unicast' : 'none';
  return [
    ...(session.port === null ? [] : [`port ${session.port}`]),
    ...(session.localAddress === null ? [] : [`local-address ${session.localAddress}`]),
    ...(session.passive ? ['passive'] : []),
    ...(session.multihop === null ? [] : [`multihop ${session.multihop}`]),
    ...(session.ttlSecurity ? ['ttl-security yes'] : []),
    ...(session.password === null ? [] : [`tcp md5sig password "${session.password}"`]),
    `announce IPv4 ${carried('ipv4')}`,
    `announce IPv6 ${carried('ipv6')}`,
    `holdtime ${session.holdTime}`,
    // A path that begins with another AS is refused by a rule: the daemon would end the session.
    ...(session.internal ? [] : ['enforce neighbor-as no']),
    ...(neighbour.import.allowOwnAs > 0 ? ['enforce local-as no'] : []),
    `reject as-set ${neighbour.import.asSet === 'refuse' ? 'yes' : 'no'}`,
    ...limitOf(planned),
  ];
}

/** One limit for all families together, which is all that there is. */
function limitOf({ neighbour, families }: PlannedNeighbour): readonly string[] {
  const limits = families.map(({ family }) => neighbour.maxPrefixes[family]);
  if (limits.some((limit) => limit === undefined)) return [];
  const sum = limits.reduce<number>((total, limit) => total + (limit ?? 0), 0);
  return [`max-prefix ${sum} restart ${Math.max(1, Math.ceil(neighbour.maxPrefixes.idle / 60))}`];
}

function losses(plan: Plan): readonly NotExpressible[] {
  const { neighbours, config } = plan;
  return [
    ...extendedLosses(plan),
    ...neighbours.flatMap(({ neighbour }) => linkLosses(neighbour)),
    ...neighbours
      .filter(({ neighbour }) => neighbour.import.allowOwnAs > 0)
      .map(({ neighbour }) => ({
        what: `${placeOf(neighbour)}.import.allow-own-as`,
        why: 'our own AS may be in a path any number of times',
      })),
    ...neighbours
      .filter(({ neighbour: { maxPrefixes: limits }, families }) => {
        const unlimited = families.filter(({ family }) => limits[family] === undefined);
        return unlimited.length > 0 && unlimited.length < families.length;
      })
      .map(({ neighbour }) => ({
        what: `${placeOf(neighbour)}.max-prefixes`,
        why: 'there is one limit for both families, and one of them has none: none is set',
      })),
    ...(config.listen.length === 0
      ? [{ what: 'listen: none', why: 'it listens on every address; only neighbours get in' }]
      : []),
  ];
}
