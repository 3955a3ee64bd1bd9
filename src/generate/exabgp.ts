/** ExaBGP 4: it announces, and keeps no table of what it learns. */

import type { Config, Neighbour } from '../config/config.ts';
import { formatIdentifier, type IpAddress } from '../net/address.ts';
import { formatExtended, formatLarge } from '../net/community.ts';
import { bfdLosses, commonLosses, linkLosses, roleLosses } from './losses.ts';
import { type PlannedNeighbour, planOf, type SentAttributes } from './plan.ts';
import { placeOf, sessionValues } from './sessionValues.ts';
import {
  type Generated,
  type GenerateOptions,
  type NotExpressible,
  type Target,
  TargetError,
} from './target.ts';

export const exabgp: Target = {
  name: 'exabgp',
  description: 'ExaBGP 4',
  directory: '/etc/exabgp',
  generate,
};

function generate(config: Config, { render, passwords = new Map() }: GenerateOptions): Generated {
  const plan = planOf(config, passwords);
  const lacking = plan.neighbours.filter(({ neighbour }) => neighbour.localAddress === undefined);
  if (lacking.length > 0) {
    throw new TargetError(lacking.map(({ neighbour }) => noLocalAddress(neighbour)));
  }
  const content = render('exabgp/exabgp.conf', {
    asn: config.asn,
    routerId: formatIdentifier(config.routerId),
    neighbours: plan.neighbours.map((planned) => neighbourValues(planned, config)),
  });
  return {
    files: [
      {
        path: 'exabgp.conf',
        mode: 0o640,
        owner: { user: 'root', group: 'exabgp' },
        comment: '#',
        content,
      },
    ],
    notExpressible: [
      ...commonLosses(config, passwords),
      ...bfdLosses(config),
      ...roleLosses(config),
      ...plan.neighbours.flatMap(losses),
    ],
  };
}

/** It reads a file with `local-address auto`, and then refuses it. */
function noLocalAddress(neighbour: Neighbour): string {
  return `${placeOf(neighbour)} has no local-address, without which ExaBGP takes no neighbour; add local-address: with our address on that link`;
}

function neighbourValues({ neighbour, families, password }: PlannedNeighbour, { asn }: Config) {
  const session = sessionValues({ neighbour, password });
  return {
    ...session,
    statements: [
      ...(session.port === null ? [] : [`connect ${session.port}`]),
      ...(session.passive ? ['passive true'] : []),
      ...ttlStatements(session.ttlSecurity, session.internal ? undefined : neighbour.multihop),
      ...(session.password === null ? [] : [`md5-password "${session.password}"`]),
    ],
    families: families.map((family) => ({
      name: family.family,
      routes:
        family.routes.length === 0
          ? null
          : family.routes.flatMap((group) =>
              group.prefixes.map(({ text }) => ({
                prefix: text,
                attributes: attributesText(group, family.nextHop ?? neighbour.localAddress, asn),
              })),
            ),
    })),
  };
}

/** It puts our AS in front once, and the rest of the path is what is written. */
function attributesText(
  { prepend, med, communities }: SentAttributes,
  nextHop: IpAddress | undefined,
  asn: number,
): string {
  const { standard, extended, large } = communities;
  const texts = standard.map((value) => `${value >>> 16}:${value & 0xffff}`);
  return [
    `next-hop ${nextHop?.text ?? 'self'}`,
    'origin igp',
    ...(prepend > 0
      ? [
          `as-path [ ${Array(prepend + 1)
            .fill(asn)
            .join(' ')} ]`,
        ]
      : []),
    ...(med === undefined ? [] : [`med ${med}`]),
    ...(texts.length > 0 ? [`community [ ${texts.join(' ')} ]`] : []),
    ...(extended.length > 0
      ? [`extended-community [ ${extended.map(extendedText).join(' ')} ]`]
      : []),
    ...(large.length > 0 ? [`large-community [ ${large.map(formatLarge).join(' ')} ]`] : []),
  ].join(' ');
}

function extendedText(value: bigint): string {
  const [, kind, rest] = /^(rt|ro):(.+)$/.exec(formatExtended(value)) ?? [];
  return kind === undefined
    ? `0x${value.toString(16).padStart(16, '0')}`
    : `${kind === 'rt' ? 'target' : 'origin'}:${rest}`;
}

function ttlStatements(security: boolean, ttl: number | undefined): readonly string[] {
  if (security) return ['outgoing-ttl 255', 'incoming-ttl 255'];
  return ttl === undefined ? [] : [`outgoing-ttl ${ttl}`];
}

function losses({ neighbour, families }: PlannedNeighbour): readonly NotExpressible[] {
  const at = placeOf(neighbour);
  return [
    ...(families.some(({ learned }) => learned !== 'none')
      ? [{ what: `${at}.export`, why: 'it passes nothing on: it sends our own prefixes alone' }]
      : []),
    ...linkLosses(neighbour),
  ];
}
