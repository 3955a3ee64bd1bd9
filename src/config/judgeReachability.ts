/** Probes through upstreams against the checks that they name, and whether they say anything of one. */

import type { Family } from '../net/family.ts';
import { covers } from '../net/prefix.ts';
import type { ReadCheck } from './checkKeys.ts';
import type { ReadFile } from './definition.ts';
import type { Findings, Place } from './findings.ts';
import { carriedFamilies, knownNeighbours } from './knownNeighbour.ts';
import type { Named } from './mapping.ts';
import { nearest } from './nearest.ts';
import type { ReadReachability } from './reachabilityKeys.ts';

/** What can be sent out by one interface and no other. */
const THROUGH = ['tcp', 'http', 'ping', 'exec'] as const;

interface Watched {
  readonly name: string;
  readonly interface: string | undefined;
  readonly read: ReadReachability;
  readonly place: Place;
  /** Undefined: what the file says of them is wrong. */
  readonly families: readonly Family[] | undefined;
}

export function judgeReachability(file: ReadFile, findings: Findings): void {
  const checks = new Map(file.checks.value.map((check) => [check.name, check]));
  const all = watched(file, findings);
  for (const each of all) {
    judgeProbes(each.read, checks, findings);
    judgeSigns(each, findings);
    judgeCanaries(each, file, findings);
  }
  judgeInterfaces(all, findings);
}

/** Of checks that some upstream is probed by. */
export function probeNames(file: ReadFile, findings: Findings): readonly string[] {
  return watched(file, findings).flatMap(({ read }) => read.probes.value.map(({ value }) => value));
}

function watched(file: ReadFile, findings: Findings): readonly Watched[] {
  return knownNeighbours(file).flatMap((neighbour) => {
    if (neighbour.kind !== 'upstream') return [];
    const { name, read } = neighbour;
    if (!read.reachability) return [];
    const { value, place } = read.reachability;
    const families = carriedFamilies(neighbour, findings);
    return [{ name, interface: read.interface?.value, read: value, place, families }];
  });
}

function judgeProbes(
  { probes }: ReadReachability,
  checks: ReadonlyMap<string, Named<ReadCheck>>,
  findings: Findings,
): void {
  for (const { value: name, place } of probes.value) {
    const check = checks.get(name);
    if (!check) {
      tellNoCheck(name, place, [...checks.keys()], findings);
      continue;
    }
    const { value: read } = check;
    if (!read || THROUGH.some((kind) => read[kind])) continue;
    findings.error(place, {
      cause: `${name} cannot be sent through one upstream`,
      consequence: 'it would say nothing of this upstream',
      mend: `name a check of kind ${THROUGH.join(', ')}`,
    });
  }
}

function judgeSigns({ read, place, name }: Watched, findings: Findings): void {
  const none =
    read.probes.value.length === 0 &&
    read.canaries.value.length === 0 &&
    read['table-drop'].value === 'none' &&
    !read['default-gone'].value;
  if (!none || findings.isFaulty(place.path)) return;
  findings.warning(place, {
    cause: 'nothing is looked at',
    consequence: `that ${name} leads nowhere would not be noticed`,
    mend: 'add probes: or canaries:, or remove reachability',
  });
}

/** Two signs are to be seen in two ways, and what is never sent is never missed. */
function judgeCanaries(
  { read, name, families }: Watched,
  { prefixes }: ReadFile,
  findings: Findings,
): void {
  const own = prefixes.value.flatMap(({ value }) => value.prefix?.value ?? []);
  for (const { value: canary, place } of read.canaries.value) {
    const { text, family, length } = canary;
    if (length === 0) {
      findings.error(place, {
        cause: `${text} is the default route`,
        consequence: 'its loss would count twice, as the default that is gone and as a canary',
        mend: 'remove it: default-gone looks at it',
      });
    } else if (families && !families.includes(family)) {
      findings.warning(place, {
        cause: `the session to ${name} does not carry ${family}`,
        consequence: `${text} is never sent there, and so never missed`,
        mend: `add ${family} to families, or remove it`,
      });
    } else if (own.some((each) => covers(each, canary))) {
      findings.warning(place, {
        cause: `${text} is our own`,
        consequence: 'no upstream sends it to us, and so it is never missed',
        mend: "write somebody else's prefix",
      });
    }
  }
}

/** A packet is bound to a link, and the route on it chooses whom of those behind it is sent it. */
function judgeInterfaces(all: readonly Watched[], findings: Findings): void {
  const first = new Map<string, string>();
  for (const { name, interface: device, read, place } of all) {
    if (device === undefined || read.probes.value.length === 0) continue;
    const other = first.get(device);
    if (other === undefined) {
      first.set(device, name);
      continue;
    }
    findings.warning(place, {
      cause: `${other} is on ${device} as well`,
      consequence: 'probes are bound to the interface, and may all go through one of the two',
      mend: 'give each upstream an interface of its own, as a VLAN, or probe with an exec check',
    });
  }
}

export function tellNoCheck(
  name: string,
  place: Place,
  names: readonly string[],
  findings: Findings,
): void {
  const near = nearest(name, names);
  const known = names.slice(0, 10).join(', ');
  findings.error(place, {
    cause: `there is no check ${name}`,
    consequence: 'what it was to say of the service would never be known',
    mend: near
      ? `did you mean ${near}?`
      : known === ''
        ? `add it under checks:, as ${name}: { tcp: "203.0.113.10:80" }`
        : `write one of ${known}, or add it under checks:`,
  });
}
