/** Prefixes against the neighbours that they go to, and against what the world takes. */

import {
  type Communities,
  type Community,
  collectCommunities,
  mergeCommunities,
  NO_COMMUNITIES,
  WELL_KNOWN,
} from '../net/community.ts';
import type { Family } from '../net/family.ts';
import type { ReadFile, ReadPrefix } from './definition.ts';
import type { Located } from './field.ts';
import type { Findings, Place } from './findings.ts';
import { carriedFamilies, type KnownNeighbour, knownNeighbours } from './knownNeighbour.ts';
import { nearest } from './nearest.ts';

/** The longest prefix that most networks take from others. */
const LONGEST = { ipv4: 24, ipv6: 48 } as const;
/** The shortest that any registry has given to one holder, with room to spare. */
const SHORTEST = { ipv4: 8, ipv6: 16 } as const;

/**
 * Octets of communities that one UPDATE surely has room for: 4096 less header, the other attributes
 * at their longest (AS_PATH and AS4_PATH with every prepend, MP_REACH_NLRI) and one prefix.
 */
const COMMUNITY_ROOM = 3840;

/** What judging prefixes needs of a neighbour. */
interface Target {
  readonly name: string;
  /** Undefined: not known, since the file has an error there. */
  readonly families: readonly Family[] | undefined;
  readonly communities: Communities;
}

/** By name; undefined: there is one of that name, which could not be read. */
type Targets = ReadonlyMap<string, Target | undefined>;

/** Whom prefixes go to. */
interface Audience {
  readonly upstreams: Targets;
  /** Downstreams and internal neighbours: they get every prefix. */
  readonly others: Targets;
}

export function judgePrefixes(file: ReadFile, findings: Findings): void {
  const { place, value: prefixes } = file.prefixes;
  if (prefixes.length === 0 && !findings.isFaulty('prefixes')) {
    findings.warning(place, {
      cause: 'there are no prefixes',
      consequence: 'sessions come up, and nothing is announced over them',
      mend: 'add prefixes: with what is assigned to you',
    });
  }
  const audience = file.upstreams && audienceOf(file, findings);
  for (const { place: at, value: read } of prefixes) {
    if (!read.prefix) continue;
    judgeLength(read, findings);
    judgeSpace(read, file.asn?.value, findings);
    if (audience) judgeTargets(read, at, audience, findings);
  }
}

function audienceOf(file: ReadFile, findings: Findings): Audience {
  const named = (names: readonly { readonly name: string }[]) =>
    new Map<string, Target | undefined>(names.map(({ name }) => [name, undefined]));
  const upstreams = named(file.upstreams?.value ?? []);
  const others = named([...file.downstreams.value, ...file.internal.value]);
  for (const neighbour of knownNeighbours(file)) {
    const targets = neighbour.kind === 'upstream' ? upstreams : others;
    targets.set(neighbour.name, targetOf(neighbour, findings));
  }
  return { upstreams, others };
}

function targetOf(neighbour: KnownNeighbour, findings: Findings): Target {
  return {
    name: neighbour.name,
    families: carriedFamilies(neighbour, findings),
    communities:
      neighbour.kind === 'internal' ? NO_COMMUNITIES : setOf(neighbour.read.communities.value),
  };
}

function judgeLength({ prefix, communities }: ReadPrefix, findings: Findings): void {
  if (!prefix) return;
  const { text, family, length } = prefix.value;
  const blackhole = WELL_KNOWN.get('blackhole');
  // RFC 7999 §3.3: what asks to be discarded may be longer than what is routed.
  const discarded = communities.value.some(({ value }) => value.value === blackhole);
  if (length > LONGEST[family] && !discarded) {
    findings.warning(prefix.place, {
      cause: `${text} is longer than /${LONGEST[family]}`,
      consequence: 'it is filtered by most networks: upstreams may take it, the Internet will not',
      mend: `announce a /${LONGEST[family]} or shorter, unless it is meant for the upstream alone`,
    });
  }
  if (length < SHORTEST[family]) {
    findings.warning(prefix.place, {
      cause: `${text} is shorter than /${SHORTEST[family]}`,
      consequence: 'no holder has so much, and upstreams filter it',
      mend: 'check the length',
    });
  }
}

function judgeSpace(
  { prefix, space }: ReadPrefix,
  asn: number | undefined,
  findings: Findings,
): void {
  if (!prefix || space.value !== 'pa') return;
  findings.warning(space.place, {
    cause: `${prefix.value.text} is part of a block that a provider holds`,
    consequence:
      "the holder's aggregate still draws its traffic when we withdraw it, and upstreams filter a more-specific that no ROA and route object allows us",
    mend: `have the holder agree, create a ROA and a route object for AS ${asn ?? 'ours'}, and announce it itself as long as we do`,
  });
}

function judgeTargets(
  read: ReadPrefix,
  place: Place,
  { upstreams, others }: Audience,
  findings: Findings,
): void {
  if (!read.upstreams) {
    const targets = [...upstreams.values()].map((target) => ({ place, target }));
    judgeCarried(read, place, targets, others, findings);
    judgeRoom(read, [...upstreams.values(), ...others.values()], findings);
    return;
  }
  const listed = read.upstreams.value;
  if (listed.length === 0 && others.size === 0 && !findings.isFaulty(read.upstreams.place.path)) {
    findings.warning(read.upstreams.place, {
      cause: 'no upstream is listed',
      consequence: 'the prefix is announced to nobody',
      mend: 'name upstreams, or remove the key for all',
    });
    return;
  }
  const known = listed.filter((name) => isKnown(name, { upstreams, others }, findings));
  if (known.length < listed.length) return;
  const targets = known.map(({ value, place: at }) => ({
    place: at,
    target: upstreams.get(value),
  }));
  judgeCarried(read, read.upstreams.place, targets, others, findings);
  judgeRoom(read, [...targets.map(({ target }) => target), ...others.values()], findings);
}

function isKnown(
  { value: name, place }: Located<string>,
  { upstreams, others }: Audience,
  findings: Findings,
): boolean {
  if (upstreams.has(name)) return true;
  if (others.has(name)) {
    findings.error(place, {
      cause: `${name} is not an upstream`,
      consequence: 'downstreams and internal neighbours get every prefix of ours: none is chosen',
      mend: 'remove it from this list',
    });
    return false;
  }
  const near = nearest(name, upstreams.keys());
  const names = [...upstreams.keys()].slice(0, 10).join(', ');
  findings.error(place, {
    cause: `there is no upstream ${name}`,
    consequence: 'the prefix would not be announced where it is meant to be',
    mend: near ? `did you mean ${near}?` : `write one of ${names}`,
  });
  return false;
}

interface PlacedTarget {
  readonly place: Place;
  readonly target: Target | undefined;
}

function judgeCarried(
  { prefix, upstreams }: ReadPrefix,
  place: Place,
  targets: readonly PlacedTarget[],
  others: Targets,
  findings: Findings,
): void {
  if (!prefix || targets.length === 0) return;
  const { family, text } = prefix.value;
  const lacks = (target: Target | undefined) => target?.families?.includes(family) === false;
  const without = targets.filter(({ target }) => lacks(target));
  if (without.length === targets.length) {
    const inside = [...others.values()].some((target) => !lacks(target));
    findings[inside ? 'warning' : 'error'](place, {
      cause: `no upstream that ${text} goes to carries ${family}`,
      consequence: inside
        ? 'only downstreams and internal neighbours would get it'
        : 'it would never be announced',
      mend: `add ${family} to the families of one, or an upstream with an ${family} address`,
    });
    return;
  }
  // Of those that the file does not name, some may well carry the other family only.
  for (const { place: at, target } of upstreams ? without : []) {
    findings.warning(at, {
      cause: `${target?.name} does not carry ${family}`,
      consequence: `${text} is not announced to it`,
      mend: `add ${family} to its families, or leave it out here`,
    });
  }
}

/** One route must fit into one UPDATE. */
function judgeRoom(
  { communities }: ReadPrefix,
  targets: readonly (Target | undefined)[],
  findings: Findings,
): void {
  const own = setOf(communities.value);
  for (const target of targets) {
    if (!target || octetsOf(own) + octetsOf(target.communities) <= COMMUNITY_ROOM) continue;
    const octets = octetsOf(mergeCommunities(own, target.communities));
    if (octets <= COMMUNITY_ROOM) continue;
    findings.error(communities.place, {
      cause: `with those of ${target.name}, the communities have ${octets} octets`,
      consequence: `an UPDATE has room for ${COMMUNITY_ROOM}, so the route could not be sent`,
      mend: 'leave some out',
    });
    return;
  }
}

function setOf(located: readonly Located<Community>[]): Communities {
  return collectCommunities(located.map(({ value }) => value));
}

function octetsOf({ standard, extended, large }: Communities): number {
  return standard.length * 4 + extended.length * 8 + large.length * 12;
}
