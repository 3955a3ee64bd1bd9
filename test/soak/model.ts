/** What must be in every table, from what the upstreams have announced: RFC 4271 §9.1.2.2, naively. */

import type { ModelRoute } from './route.ts';
import type { Upstream } from './upstream.ts';

const GRACEFUL_SHUTDOWN = 0xffff0000;
const LLGR_STALE = 0xffff0006;
/** NO_EXPORT, NO_ADVERTISE, NO_EXPORT_SUBCONFED. */
const KEPT_IN: readonly number[] = [0xffffff01, 0xffffff02, 0xffffff03];

interface Candidate {
  readonly upstream: Upstream;
  readonly route: ModelRoute;
}

/** By prefix: `NAME AS-PATH MED`, a line a path, the best one marked. */
export function expectedRoutes(upstreams: readonly Upstream[]): Map<string, string> {
  const expected = new Map<string, string>();
  for (const [prefix, candidates] of byPrefix(upstreams)) {
    const best = bestOf(candidates);
    const lines = candidates.map(
      ({ upstream, route }) =>
        `${upstream.name} ${JSON.stringify(route.asPath)} ${route.med}${upstream === best.upstream ? ' best' : ''}`,
    );
    expected.set(prefix, lines.sort().join('\n'));
  }
  return expected;
}

/** What a downstream in this AS must have been sent of it: prefix to AS path, ours in front. */
export function expectedExport(
  upstreams: readonly Upstream[],
  receiver: number,
  ours: number,
): Map<string, string> {
  const expected = new Map<string, string>();
  for (const [prefix, candidates] of byPrefix(upstreams)) {
    const { route } = bestOf(candidates);
    if (route.communities.some((community) => KEPT_IN.includes(community))) continue;
    // RFC 9774 §3: a path with an AS_SET is passed on to nobody.
    if (route.asPath.some((each) => typeof each !== 'number' || each === receiver)) continue;
    expected.set(prefix, JSON.stringify([ours, ...route.asPath]));
  }
  return expected;
}

function byPrefix(upstreams: readonly Upstream[]): Map<string, Candidate[]> {
  const all = new Map<string, Candidate[]>();
  for (const upstream of upstreams) {
    for (const route of upstream.table.values()) {
      const candidates = all.get(route.prefix);
      if (candidates) candidates.push({ upstream, route });
      else all.set(route.prefix, [{ upstream, route }]);
    }
  }
  return all;
}

/** The first upstream has the lowest identifier. */
function bestOf(candidates: readonly Candidate[]): Candidate {
  const left = [
    ({ route }: Candidate) => Number(route.communities.includes(LLGR_STALE)),
    ({ route }: Candidate) => Number(route.communities.includes(GRACEFUL_SHUTDOWN)),
    // An AS_SET counts as one hop.
    ({ route }: Candidate) => route.asPath.length,
    ({ route }: Candidate) => route.origin,
  ].reduce(least, candidates);
  return left.filter((one) => !left.some((other) => hasLowerMed(other, one)))[0]!;
}

function least(
  candidates: readonly Candidate[],
  value: (candidate: Candidate) => number,
): readonly Candidate[] {
  const lowest = Math.min(...candidates.map(value));
  return candidates.filter((candidate) => value(candidate) === lowest);
}

function hasLowerMed(other: Candidate, one: Candidate): boolean {
  return neighbourAs(other) === neighbourAs(one) && other.route.med < one.route.med;
}

function neighbourAs({ upstream, route }: Candidate): number {
  const [first] = route.asPath;
  return typeof first === 'number' ? first : upstream.asn;
}

/** The first differences, in words; empty: none. */
export function differences(
  what: string,
  expected: ReadonlyMap<string, string>,
  seen: ReadonlyMap<string, string>,
): readonly string[] {
  const prefixes = new Set([...expected.keys(), ...seen.keys()]);
  return [...prefixes]
    .filter((prefix) => expected.get(prefix) !== seen.get(prefix))
    .slice(0, 5)
    .map(
      (prefix) =>
        `${what}: ${prefix}: expected\n${expected.get(prefix)}\nseen\n${seen.get(prefix)}`,
    );
}
