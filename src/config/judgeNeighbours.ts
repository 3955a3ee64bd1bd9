/** Neighbours among themselves and against our own addresses and AS number. */

import { type IpAddress, sameAddress } from '../net/address.ts';
import { USUAL_PATHS } from './capabilityKeys.ts';
import type { ReadFile } from './definition.ts';
import type { Located } from './field.ts';
import type { Findings, Place } from './findings.ts';
import { judgeBfd } from './judgeBfd.ts';
import { judgeImport } from './judgeImport.ts';
import { judgeSocket } from './judgeSocket.ts';
import { carriedFamilies, type KnownNeighbour, knownNeighbours } from './knownNeighbour.ts';
import type { ReadNeighbour } from './neighbourKeys.ts';
import { judgeRestart } from './restartKeys.ts';

/**
 * A prefix's paths stand in columns, one a neighbour, or as many as it may send, and 255 fit beside
 * it (`rib`); a session that comes back may find its old columns not swept yet.
 */
const MAX_COLUMNS = 255;
const MAX_NEIGHBOURS = 250;

export function judgeNeighbours(file: ReadFile, findings: Findings): void {
  if (file.upstreams?.value.length === 0) {
    findings.error(file.upstreams.place, {
      cause: 'there is no upstream',
      consequence: 'nothing would be announced to the world',
      mend: 'add one, as transit-a: { asn: 64496, address: 198.51.100.1 }',
    });
  }
  judgeNames(file, findings);
  const neighbours = knownNeighbours(file);
  judgeNumber(neighbours, findings);
  judgePaths(neighbours, findings);
  judgeAddresses(file, neighbours, findings);
  for (const neighbour of neighbours) {
    judgeAsn(file, neighbour, findings);
    judgeLocalAddress(neighbour.read, findings);
    judgePassive(file, neighbour.read, findings);
    judgeMultihop(neighbour, findings);
    judgeRestart(neighbour.read, file['state-dir'] !== undefined, findings);
    judgeSocket(neighbour.read, findings);
    judgeSending(neighbour, findings);
  }
  for (const neighbour of neighbours) judgeFamilies(neighbour, findings);
  judgeOnExit(file, neighbours, findings);
  judgeImport(neighbours, findings);
}

function judgeOnExit(
  file: ReadFile,
  neighbours: readonly KnownNeighbour[],
  findings: Findings,
): void {
  const { value, place } = file['on-exit'];
  if (value !== 'keep') return;
  if (neighbours.some(({ read }) => read['graceful-restart'].value === 'both')) return;
  findings.warning(place, {
    cause: 'on-exit is keep, and no neighbour is asked to keep our routes',
    consequence: 'a stop withdraws them, as with on-exit: withdraw',
    mend: 'write graceful-restart: true where they are to be kept, or on-exit: withdraw',
  });
}

function judgeNumber(neighbours: readonly KnownNeighbour[], findings: Findings): void {
  const excess = neighbours[MAX_NEIGHBOURS];
  if (!excess) return;
  findings.error(excess.place, {
    cause: `there are ${neighbours.length} neighbours, more than ${MAX_NEIGHBOURS}`,
    consequence: 'the routing table has no room for the paths of all of them',
    mend: 'spread them over several routers, or let a route server stand for many',
  });
}

/** With room for the widest of those that several paths are taken from to come back. */
function judgePaths(neighbours: readonly KnownNeighbour[], findings: Findings): void {
  const taken = neighbours.map(({ read }) => pathsTaken(read));
  const sum = taken.reduce((all, each) => all + each, 0);
  const widest = neighbours.find(({ read }) => pathsTaken(read) === Math.max(...taken));
  const limit = MAX_COLUMNS - Math.max(1, ...taken);
  if (!widest || pathsTaken(widest.read) === 1 || sum <= limit) return;
  findings.error(widest.read['add-path'].place, {
    cause: `the neighbours may send ${sum} paths to one prefix, more than ${limit}`,
    consequence: 'the routing table has no room for all of them beside a prefix',
    mend: `take fewer from this one, as { is: receive, paths: ${USUAL_PATHS} }, or from others`,
  });
}

function pathsTaken({ 'add-path': { value } }: ReadNeighbour): number {
  return value.is === 'receive' || value.is === 'both' ? value.paths : 1;
}

/** A prefix of ours has one path to an upstream, and nothing else goes there. */
function judgeSending({ kind, read }: KnownNeighbour, findings: Findings): void {
  const { value, place } = read['add-path'];
  if (kind !== 'upstream' || value.is === 'none' || value.is === 'receive') return;
  findings.warning(place, {
    cause: 'an upstream is sent our own prefixes alone, by one path each',
    consequence: 'they have path identifiers, and nothing else is different',
    mend: value.is === 'both' ? 'write receive' : 'remove it',
  });
}

/** Within one kind, two of one name are one key twice. */
function judgeNames(file: ReadFile, findings: Findings): void {
  const kinds = [
    ['an upstream', file.upstreams?.value ?? []],
    ['a downstream', file.downstreams.value],
    ['an internal neighbour', file.internal.value],
  ] as const;
  const first = new Map<string, string>();
  for (const [kind, named] of kinds) {
    for (const { name, place } of named) {
      const other = first.get(name);
      if (other === undefined) first.set(name, kind);
      else {
        findings.error(place, {
          cause: `${name} is the name of ${other} already`,
          consequence: 'commands, logs and metrics could not tell them apart',
          mend: 'give one of them another name',
        });
      }
    }
  }
}

/**
 * Incoming connections are told apart by their address alone; without them, ports do as well. BFD
 * (RFC 5881 §2) knows one session to an address.
 */
function judgeAddresses(
  file: ReadFile,
  neighbours: readonly KnownNeighbour[],
  findings: Findings,
): void {
  const first = new Map<string, string>();
  const watched = new Map<string, string>();
  for (const { name, read } of neighbours) {
    if (!read.address) continue;
    const { value: address, place } = read.address;
    judgeBfd(name, read, watched, findings);
    const key = file.listen.value.length > 0 ? address.text : `${address.text} ${read.port.value}`;
    const other = first.get(key);
    if (other === undefined) first.set(key, name);
    else {
      findings.error(place, {
        cause: `${address.text} is the address of ${other} already`,
        consequence: 'which of them connects could not be told',
        mend: 'correct one of them, or remove it; one session carries both families if `families` says so',
      });
    }
    if (listensOn(file, address, read.port.value)) {
      findings.error(place, {
        cause: `${address.text} port ${read.port.value} is one that we listen on`,
        consequence: 'we would connect to ourselves',
        mend: "write the neighbour's end of the link, not ours",
      });
    }
  }
}

function listensOn(file: ReadFile, address: IpAddress, port: number): boolean {
  return file.listen.value.some(
    ({ value }) => value.port === port && sameAddress(value.address, address),
  );
}

function judgeAsn(file: ReadFile, { kind, read: { asn } }: KnownNeighbour, findings: Findings) {
  if (!asn || !file.asn) return;
  const isOurs = asn.value === file.asn.value;
  if (kind === 'internal' && !isOurs) {
    findings.error(asn.place, {
      cause: `${asn.value} is not our own AS number`,
      consequence:
        'a session with another AS is not internal (iBGP), and its OPEN would be refused',
      mend: 'remove asn if the router is ours; else move it to upstreams or downstreams',
    });
  } else if (kind !== 'internal' && isOurs) {
    findings.error(asn.place, {
      cause: `${asn.value} is our own AS number`,
      consequence: 'a session within one AS is internal (iBGP), and other rules hold for it',
      mend: `write the ${kind}'s AS number, or move it to internal if it is a router of ours`,
    });
  }
}

function judgeLocalAddress(read: ReadNeighbour, findings: Findings): void {
  const { address, 'local-address': local } = read;
  if (!address || !local) return;
  if (local.value.family !== address.value.family) {
    findings.error(local.place, {
      cause: `${local.value.text} and ${address.value.text} are of different families`,
      consequence: 'no connection can have both at its ends',
      mend: `write an ${address.value.family === 'ipv4' ? 'IPv4' : 'IPv6'} address of ours`,
    });
  } else if (sameAddress(local.value, address.value)) {
    findings.error(local.place, {
      cause: `${local.value.text} is the neighbour's address as well`,
      consequence: 'we would connect to ourselves',
      mend: 'write our end of the link here',
    });
  }
}

function judgePassive(file: ReadFile, read: ReadNeighbour, findings: Findings): void {
  if (!read.passive.value || !read.address || findings.isFaulty('listen')) return;
  const { family } = read.address.value;
  if (file.listen.value.some(({ value }) => value.address.family === family)) return;
  const listening = file.listen.value.length > 0 ? `on no ${family} address` : 'on nothing';
  findings.error(read.passive.place, {
    cause: `we wait for this neighbour, and listen ${listening}`,
    consequence: 'neither side would connect, and the session would never come up',
    mend: 'remove passive, or add an address of that family to listen',
  });
}

/** Internal neighbours are rarely on one link, and there is a way around its loss. */
function judgeMultihop({ kind, read }: KnownNeighbour, findings: Findings): void {
  if (kind === 'internal' || read.multihop.value === 1 || read.interface) return;
  findings.warning(read.multihop.place, {
    cause: `the ${kind} is not on a link of ours, and no interface is named`,
    consequence: 'only the hold timer notices that it cannot be reached any more',
    mend: 'add interface: if all ways to it lead over one link; else lower hold-time',
  });
}

/** A route of a family needs a next hop, and the session has one address of ours. */
function judgeFamilies(neighbour: KnownNeighbour, findings: Findings): void {
  const { place, read } = neighbour;
  const carried = carriedFamilies(neighbour, findings);
  if (!carried || !read.address || findings.isFaulty(`${place.path}.next-hop`)) return;
  if (carried.length === 0 && read.families) {
    findings.error(read.families.place, {
      cause: 'no family is listed',
      consequence: 'the session could carry no route',
      mend: 'write [ipv4], [ipv6] or [ipv4, ipv6], or remove the key',
    });
  }
  const session = read.address.value;
  const hops = read['next-hop']?.value;
  for (const family of ['ipv4', 'ipv6'] as const) {
    const hop = hops?.[family];
    if (carried.includes(family)) {
      if (hop) judgeNextHop(hop, session, findings);
      // IPv4 routes may have our IPv6 address as their next hop, if the neighbour can (RFC 8950).
      else if (family === 'ipv6' && session.family === 'ipv4') tellNoNextHop(read, place, findings);
    } else if (hop) {
      findings.warning(hop.place, {
        cause: `the session does not carry ${family}`,
        consequence: 'this next hop is never used',
        mend: `add ${family} to families, or remove it`,
      });
    }
  }
}

function judgeNextHop(hop: Located<IpAddress>, session: IpAddress, findings: Findings): void {
  if (!sameAddress(hop.value, session)) return;
  // RFC 4271 §5.1.3: a peer's own address must not be sent to it as a next hop.
  findings.error(hop.place, {
    cause: `${hop.value.text} is the neighbour's own address`,
    consequence:
      'it would send our traffic to itself, so it ignores such a route (RFC 4271 §5.1.3)',
    mend: 'write our end of the link, or remove the key',
  });
}

function tellNoNextHop({ families }: ReadNeighbour, place: Place, findings: Findings): void {
  const at = families?.value.find(({ value }) => value === 'ipv6')?.place ?? place;
  findings.error(at, {
    cause: 'ipv6 routes have no next hop on this session',
    consequence: 'our address on the session is IPv4, so no ipv6 route could be sent',
    mend: 'add next-hop: { ipv6: "2001:db8::2" } with our ipv6 address on that link',
  });
}
