/**
 * A RIB as one would write it without a thought for speed, to hold the real one against: maps of
 * objects, and the decision process by striking out, step by step, as RFC 4271 §9.1.2.2 is worded.
 */

import { attributeBytes, type SetSpec } from './updates.ts';

export interface ModelPeer {
  readonly peerAs: number;
  readonly bgpIdentifier: number;
  /** The last octet of its address. */
  readonly address: number;
  readonly internal: boolean;
  readonly nextHopCost: number;
  /** Which of its routes are refused. */
  refuses: (prefix: string, set: SetSpec) => boolean;
}

export interface ModelPath {
  readonly peer: number;
  readonly pathId: number;
  readonly set: SetSpec;
  stale: boolean;
}

export class ModelRib {
  readonly peers = new Map<number, ModelPeer>();
  /** Prefix -> peer and path identifier -> path. */
  readonly routes = new Map<string, Map<string, ModelPath>>();

  announce(peer: number, pathId: number, prefix: string, set: SetSpec): void {
    const paths = this.routes.get(prefix) ?? new Map<string, ModelPath>();
    paths.set(`${peer} ${pathId}`, { peer, pathId, set, stale: false });
    this.routes.set(prefix, paths);
  }

  withdraw(peer: number, pathId: number, prefix: string): void {
    this.#remove(prefix, `${peer} ${pathId}`);
  }

  peerDown(peer: number): void {
    this.#removeWhere((_, path) => path.peer === peer);
  }

  refreshBegin(peer: number, family: 'ipv4' | 'ipv6'): void {
    for (const [prefix, paths] of this.routes) {
      if (prefix.includes(':') !== (family === 'ipv6')) continue;
      for (const path of paths.values()) if (path.peer === peer) path.stale = true;
    }
  }

  refreshEnd(peer: number, family: 'ipv4' | 'ipv6'): void {
    this.#removeWhere(
      (prefix, path) =>
        path.peer === peer && path.stale && prefix.includes(':') === (family === 'ipv6'),
    );
  }

  isEligible(prefix: string, path: ModelPath): boolean {
    return !this.#peer(path).refuses(prefix, path.set);
  }

  best(prefix: string): ModelPath | undefined {
    const all = [...(this.routes.get(prefix)?.values() ?? [])];
    let left = all.filter((path) => this.isEligible(prefix, path));
    const keepLeast = (value: (path: ModelPath) => number) => {
      const least = Math.min(...left.map(value));
      left = left.filter((path) => value(path) === least);
    };
    keepLeast((path) => -this.#preference(path));
    keepLeast(({ set }) => (set.path ?? []).length);
    keepLeast(({ set }) => set.origin ?? 0);
    left = left.filter(
      (path) =>
        !left.some(
          (other) =>
            this.#neighbourAs(other) === this.#neighbourAs(path) &&
            (other.set.med ?? 0) < (path.set.med ?? 0),
        ),
    );
    keepLeast((path) => Number(this.#peer(path).internal));
    keepLeast((path) => this.#peer(path).nextHopCost);
    keepLeast((path) => path.set.originatorId ?? this.#peer(path).bgpIdentifier);
    keepLeast(({ set }) => (set.clusterList ?? []).length);
    keepLeast((path) => this.#peer(path).address);
    keepLeast(({ pathId }) => pathId);
    return left[0];
  }

  #preference(path: ModelPath): number {
    return this.#peer(path).internal ? (path.set.localPref ?? 100) : 100;
  }

  #neighbourAs(path: ModelPath): number {
    const first = path.set.path?.[0];
    if (typeof first === 'number') return first;
    return this.#peer(path).internal ? 0 : this.#peer(path).peerAs;
  }

  #peer({ peer }: ModelPath): ModelPeer {
    const known = this.peers.get(peer);
    if (!known) throw new Error(`no peer ${peer}`);
    return known;
  }

  #removeWhere(matches: (prefix: string, path: ModelPath) => boolean): void {
    for (const [prefix, paths] of [...this.routes]) {
      for (const [key, path] of [...paths]) if (matches(prefix, path)) this.#remove(prefix, key);
    }
  }

  #remove(prefix: string, key: string): void {
    const paths = this.routes.get(prefix);
    paths?.delete(key);
    if (paths?.size === 0) this.routes.delete(prefix);
  }
}

/** What the RIB keeps of a set: for IPv6 the next hop is in MP_REACH_NLRI, cut short. */
export function keptOctets(prefix: string, set: SetSpec): number[] {
  if (!prefix.includes(':')) return attributeBytes(set, true);
  const nextHop = [0x20, 0x01, 0x0d, 0xb8, ...new Array(11).fill(0), 1];
  return [...attributeBytes(set, false), 0x80, 14, 20, 0, 2, 1, 16, ...nextHop];
}
