/** What no BGP daemon does of the file: what depends on services, and what counts flaps. */

import { type Config, type Neighbour, neighboursOf } from '../config/config.ts';
import { formatExtended } from '../net/community.ts';
import type { Plan } from './plan.ts';
import { heardRole, placeOf } from './sessionValues.ts';
import type { NotExpressible, Passwords } from './target.ts';

export function commonLosses(config: Config, passwords: Passwords): readonly NotExpressible[] {
  return [
    ...prefixLosses(config),
    ...exitLosses(config),
    ...dampingLosses(config),
    ...capabilityLosses(config),
    ...restartLosses(config),
    ...socketLosses(config, passwords),
  ];
}

function prefixLosses({ prefixes }: Config): readonly NotExpressible[] {
  return prefixes.flatMap(({ prefix, needs }) =>
    needs === undefined
      ? []
      : [
          {
            what: `prefixes ${prefix.text} needs`,
            why: 'no check is made: the prefix is announced whether its services work or not',
          },
        ],
  );
}

function exitLosses({ onExit }: Config): readonly NotExpressible[] {
  if (onExit === 'withdraw') return [];
  return [{ what: `on-exit: ${onExit}`, why: 'a stop of the daemon withdraws everything' }];
}

function dampingLosses({ upstreams }: Config): readonly NotExpressible[] {
  return upstreams
    .filter(({ damping }) => damping.name !== 'unknown' && damping.name !== 'none')
    .map(({ name }) => ({
      what: `upstreams.${name}.damping`,
      why: 'flaps are not counted, and none is spared',
    }));
}

function capabilityLosses(config: Config): readonly NotExpressible[] {
  return neighboursOf(config).flatMap((neighbour) => {
    const { addPath } = neighbour;
    const where = placeOf(neighbour);
    return [
      ...(wantsIpv6NextHops(neighbour) ? [{ what: `${where}.families`, why: HOPS_LOST }] : []),
      ...(addPath.receive || addPath.send ? [{ what: `${where}.add-path`, why: PATHS_LOST }] : []),
    ];
  });
}

/** IPv4 routes over an IPv6 session, our address on that being their next hop. */
function wantsIpv6NextHops({ address, families, nextHop }: Neighbour): boolean {
  return address.family === 'ipv6' && families.includes('ipv4') && nextHop.ipv4 === undefined;
}

/** Of daemons that have no roles. */
export function roleLosses(config: Config): readonly NotExpressible[] {
  return neighboursOf(config)
    .filter(heardRole)
    .map((neighbour) => ({ what: `${placeOf(neighbour)}.role`, why: ROLE_LOST }));
}

const ROLE_LOST = 'no role is said, and no route is marked with ONLY_TO_CUSTOMER (RFC 9234)';
const HOPS_LOST =
  'IPv6 next hops of IPv4 routes (RFC 8950) are not asked for: set next-hop, or no IPv4 route goes out';
const PATHS_LOST = 'one path to each prefix is sent and taken (RFC 7911)';

/** That a neighbour's routes may be kept (`helper`, the default) is the daemons' own choice. */
function restartLosses(config: Config): readonly NotExpressible[] {
  return neighboursOf(config)
    .filter(({ gracefulRestart }) => gracefulRestart === 'both')
    .map((neighbour) => ({
      what: `${placeOf(neighbour)}.graceful-restart`,
      why: 'a restart of the daemon withdraws what is announced',
    }));
}

/** Of daemons that do not look at links. */
export function linkLosses(neighbour: Neighbour): readonly NotExpressible[] {
  if (neighbour.interface === undefined) return [];
  return [
    {
      what: `${placeOf(neighbour)}.interface`,
      why: 'links are not looked at: a dead one is noticed by the hold timer',
    },
  ];
}

/** Of daemons that have no words for all kinds of extended communities: see `formatExtended`. */
export function extendedLosses(
  { neighbours, config }: Plan,
  hasWords = (text: string) => /^r[to]:/.test(text),
): readonly NotExpressible[] {
  const all = [...neighbours.map(({ neighbour }) => neighbour), ...config.prefixes];
  return all
    .flatMap(({ communities }) => communities.extended.map(formatExtended))
    .filter((text) => !hasWords(text))
    .map((text) => ({
      what: `communities ${text}`,
      why: 'only route targets and route origins can be set: it is not sent',
    }));
}

/** A secret is in no text that was not asked for it: the file has only its place. */
function socketLosses(config: Config, passwords: Passwords): readonly NotExpressible[] {
  return neighboursOf(config).flatMap((neighbour) => [
    ...(neighbour.password && !passwords.has(neighbour.name)
      ? [
          {
            what: `${placeOf(neighbour)}.password`,
            why: 'no password is written: without it the session does not come up; --with-secrets writes it',
          },
        ]
      : []),
    ...(neighbour.bindToInterface
      ? [
          {
            what: `${placeOf(neighbour)}.bind-to-interface`,
            why: 'the connection uses whichever interface the routes lead to',
          },
        ]
      : []),
  ]);
}

/** Of daemons that are generated nothing for it. */
export function bfdLosses(config: Config): readonly NotExpressible[] {
  return neighboursOf(config).flatMap((neighbour) => {
    if (!neighbour.bfd) return [];
    const what = `${placeOf(neighbour)}.bfd`;
    const { authentication } = neighbour.bfd;
    return [
      {
        what,
        why: 'the way to it is not watched by packets: a dead one is noticed by its link or the hold timer',
      },
      ...(authentication ? [{ what: `${what}.password`, why: 'nor is BFD authenticated' }] : []),
    ];
  });
}
