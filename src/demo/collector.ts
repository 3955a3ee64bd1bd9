/**
 * The route collector behind both upstreams: what the rest of the Internet sees of the edge's
 * prefix. It listens at one port for each neighbour, since on loopback their addresses are equal.
 */

import { createServer, type Server } from 'node:net';
import { downReasonText } from '../control/words.ts';
import type { PeerIndex } from '../rib/ribIn.ts';
import { encodeEndOfRib } from '../wire/updateEncode.ts';
import { type LearnedRoute, LearnedRoutes, type RouteChange } from './learnedRoutes.ts';
import { listenOnLoopback } from './loopback.ts';
import { Peering } from './peering.ts';
import {
  COLLECTOR_AS,
  COLLECTOR_IDENTIFIER,
  PREFIX,
  sessionBetween,
  type TransitPlan,
} from './plan.ts';
import type { Timeline } from './timeline.ts';

/** A path as it is shown. */
export interface CollectorPath {
  readonly prefix: string;
  readonly asPath: string;
  readonly from: string;
  readonly best: boolean;
}

interface Neighbour {
  readonly plan: TransitPlan;
  readonly peering: Peering;
  readonly server: Server;
}

export class Collector {
  readonly #timeline: Timeline;
  readonly #learned: LearnedRoutes;
  readonly #neighbours: readonly Neighbour[];
  #best: string | undefined;

  constructor(plans: readonly TransitPlan[], timeline: Timeline) {
    this.#timeline = timeline;
    this.#learned = new LearnedRoutes({
      updated: (change) => this.#updated(change),
      lost: ({ peer }) => this.#decide(this.#at(peer)),
    });
    this.#neighbours = plans.map((plan, index) => this.#neighbour(plan, index as PeerIndex));
  }

  /** Resolves with the port for each neighbour, in the order of the plans. */
  async start(): Promise<readonly number[]> {
    for (const { peering } of this.#neighbours) peering.start();
    return Promise.all(this.#neighbours.map(({ server }) => listenOnLoopback(server)));
  }

  close(): void {
    for (const { peering, server } of this.#neighbours) {
      server.close();
      peering.crash();
    }
  }

  /** Every path that it holds, the best first. */
  paths(): readonly CollectorPath[] {
    return this.#ranked().map(([peer, { prefix, asPath }], rank) => ({
      prefix: prefix.text,
      asPath: asPath.join(' '),
      from: this.#neighbours[peer]?.plan.name ?? '',
      best: rank === 0,
    }));
  }

  #neighbour(plan: TransitPlan, peer: PeerIndex): Neighbour {
    const peering = new Peering({
      fsm: sessionBetween({ asn: COLLECTOR_AS, identifier: COLLECTOR_IDENTIFIER }, plan.asn, true),
      port: () => 0,
      peer,
      rib: this.#learned,
      onUp: () => {
        this.#timeline.note('collector', `session with ${plan.name} is up`, peering.at);
        peering.send(encodeEndOfRib('ipv4'));
      },
      onReady: () => {},
      onDown: (reason) =>
        this.#timeline.note(
          'collector',
          `loses ${plan.name}: ${downReasonText(reason)}`,
          peering.at,
        ),
    });
    return { plan, peering, server: createServer((socket) => peering.accept(socket)) };
  }

  #updated({ peer, announced, withdrawn }: RouteChange): void {
    const neighbour = this.#neighbours[peer];
    if (!neighbour) return;
    const { at } = neighbour.peering;
    const source = `reads UPDATE from ${neighbour.plan.name}`;
    for (const { asPath } of announced) {
      this.#timeline.note('collector', `${source}: path ${asPath.join(' ')}`, at);
    }
    for (const { text } of withdrawn) {
      this.#timeline.note('collector', `${source}: withdraw ${text}`, at);
    }
    this.#decide(at);
  }

  #at(peer: PeerIndex): number {
    return this.#neighbours[peer]?.peering.at ?? performance.now();
  }

  /** There is one prefix in the demo, so there is one decision. */
  #decide(at: number): void {
    const best = this.paths()[0]?.asPath;
    if (best === this.#best) return;
    this.#best = best;
    const what = best === undefined ? `has no path to ${PREFIX}` : `best path is now ${best}`;
    this.#timeline.note('collector', what, at);
  }

  /** RFC 4271 §9.1.2.2: (a) the shorter AS_PATH, (f) the lower BGP Identifier; nothing else differs. */
  #ranked(): readonly (readonly [PeerIndex, LearnedRoute])[] {
    const identifier = (peer: PeerIndex) => this.#neighbours[peer]?.plan.identifier ?? 0;
    return [...this.#learned.all()].sort(
      ([peerA, a], [peerB, b]) =>
        a.asPath.length - b.asPath.length || identifier(peerA) - identifier(peerB),
    );
  }
}
