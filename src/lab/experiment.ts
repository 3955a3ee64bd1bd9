/** An experiment as values: a network, what happens to it and when, and what is to be seen of it. */

import type { Degradation } from './relay/fate.ts';

/** Times and durations are milliseconds, from the moment at which everything is steady. */
export interface Experiment {
  readonly name: string;
  readonly title: string;
  /** A topology's name, or a path from the experiment's folder. */
  readonly topology: string;
  /** Features without which it cannot be played. */
  readonly needs: readonly Need[];
  /** It belongs to the short round. */
  readonly quick: boolean;
  /** The prefix that expectations are about where they name no other. */
  readonly prefix: string;
  /** Who runs at a node instead of what its label says. */
  readonly players: ReadonlyMap<string, string>;
  /** Other files for nodes that run multihomed; from the experiment's folder. */
  readonly configs: ReadonlyMap<string, string>;
  readonly client: ClientPlan | undefined;
  readonly steps: readonly Step[];
  readonly duration: number;
  readonly expectations: readonly Expectation[];
}

export interface ClientPlan {
  readonly node: string;
  readonly url: string;
}

/** What not every machine has. */
export const NEEDS = ['bfd', 'degraded-links', 'password', 'quagga', 'ttl-security'] as const;

export type Need = (typeof NEEDS)[number];

export const DEEDS = [
  'cut',
  'restore',
  'freeze',
  'thaw',
  'kill',
  'stop',
  'start',
  'reset',
  'degrade',
] as const;

export type Deed = (typeof DEEDS)[number];

export interface Step {
  readonly at: number;
  readonly deed: Deed;
  /** Of cut, restore, reset and degrade: both ends, that which keeps its interface first. */
  readonly link: readonly [string, string] | undefined;
  /** Of the others. */
  readonly node: string | undefined;
  /** One program of the node; undefined: all. */
  readonly program: string | undefined;
  /** Of degrade, until the link is restored. */
  readonly degradation: Degradation;
}

export const SIGHTS = [
  'outage',
  'path',
  'updates',
  'withdrawn',
  'announced',
  'damped',
  'session',
] as const;

export type Sight = (typeof SIGHTS)[number];

/** Which of these are needed depends on the sight; `experimentFile.ts` sees to it. */
export interface Expectation {
  readonly that: Sight;
  /** The collector's neighbour, or the node that is asked. */
  readonly from: string;
  readonly prefix: string;
  /** Of session: the other end. */
  readonly with: string;
  readonly at: number;
  readonly within: number;
  readonly atLeast: number;
  readonly atMost: number;
  /** A path as AS numbers, `none`, `any`; yes or no; up or down. */
  readonly is: string;
}

export function stepText({ deed, link, node, program, degradation }: Step): string {
  const { loss, delay } = degradation;
  const what = deed === 'degrade' ? `: ${loss} % lost, the rest ${delay} ms late` : '';
  if (link) return `${deed} ${link.join(' - ')}${what}`;
  return program === undefined ? `${deed} ${node}` : `${deed} ${program} at ${node}`;
}
