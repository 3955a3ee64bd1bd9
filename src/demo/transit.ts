/**
 * An upstream of the demo: takes what the edge announces and passes it to the collector with its
 * own AS in front. No policy and no decision is in between: the story is the edge's.
 */

import { createServer, type Server } from 'node:net';
import type { DownReason } from '../fsm/actions.ts';
import { NO_COMMUNITIES } from '../net/community.ts';
import type { Prefix } from '../net/prefix.ts';
import type { PeerIndex } from '../rib/ribIn.ts';
import { encodePathAttributes } from '../wire/attributeEncode.ts';
import { CeaseSubcode, Origin } from '../wire/constants.ts';
import { encodePrefixes } from '../wire/nlri.ts';
import { formatNotification } from '../wire/notification.ts';
import { encodeEndOfRib, packUpdates, packWithdrawals } from '../wire/updateEncode.ts';
import { type LearnedRoute, LearnedRoutes, type RouteChange } from './learnedRoutes.ts';
import { listenOnLoopback } from './loopback.ts';
import { Peering } from './peering.ts';
import { COLLECTOR_AS, EDGE_AS, sessionBetween, type TransitPlan } from './plan.ts';
import type { Timeline } from './timeline.ts';

const EDGE = 0 as PeerIndex;
const COLLECTOR = 1 as PeerIndex;

export class Transit {
  readonly #plan: TransitPlan;
  readonly #timeline: Timeline;
  readonly #server: Server;
  readonly #learned: LearnedRoutes;
  readonly #edge: Peering;
  readonly #collector: Peering;
  #port = 0;

  constructor(plan: TransitPlan, collectorPort: number, timeline: Timeline) {
    this.#plan = plan;
    this.#timeline = timeline;
    this.#learned = new LearnedRoutes({
      updated: (change) => this.#edgeSent(change),
      lost: (change) => this.#passOn(change),
    });
    this.#edge = new Peering({
      fsm: sessionBetween(plan, EDGE_AS, true),
      port: () => 0,
      peer: EDGE,
      rib: this.#learned,
      onUp: () => this.#edgeUp(),
      onReady: () => this.#note('ends its idle hold: the edge may connect again'),
      onDown: (reason) => this.#edgeDown(reason),
    });
    this.#collector = new Peering({
      fsm: sessionBetween(plan, COLLECTOR_AS, false),
      port: () => collectorPort,
      peer: COLLECTOR,
      // It sends nothing; were it to, the edge would not be told.
      rib: new LearnedRoutes({ updated: () => {}, lost: () => {} }),
      onUp: () => this.#collectorUp(),
      onReady: () => {},
      onDown: () => {},
    });
    this.#server = createServer((socket) => this.#edge.accept(socket));
  }

  /** Where the edge's link ends; another one after each start. */
  get port(): number {
    return this.#port;
  }

  async start(): Promise<void> {
    this.#port = await listenOnLoopback(this.#server);
    this.#edge.start();
    this.#collector.start();
  }

  /** Its end of the link to the edge lost its carrier. */
  linkDown(): void {
    this.#note('its end of the link is down (simulated carrier)');
    this.#edge.drop({ subcode: CeaseSubcode.administrativeReset, communication: 'link down' });
  }

  linkUp(): void {
    this.#note('its end of the link is up');
    this.#edge.start();
  }

  /** As when the process is killed: sockets are reset, nothing is said. It cannot be used again. */
  crash(): void {
    this.#server.close();
    this.#edge.crash();
    this.#collector.crash();
  }

  #edgeUp(): void {
    this.#note('session with the edge is up');
    this.#edge.send(encodeEndOfRib('ipv4'));
  }

  #edgeDown(reason: DownReason): void {
    const what =
      reason.kind === 'notificationReceived'
        ? `reads NOTIFICATION: ${formatNotification(reason.notification)}`
        : 'drops the session with the edge';
    this.#note(what);
  }

  #edgeSent(change: RouteChange): void {
    for (const { prefix, asPath } of change.announced) {
      this.#note(`reads UPDATE: announce ${prefix.text}, path ${asPath.join(' ')}`);
    }
    for (const prefix of change.withdrawn) {
      this.#note(`reads UPDATE: withdraw ${prefix.text}`);
    }
    this.#passOn(change);
  }

  #note(what: string): void {
    this.#timeline.note(this.#plan.name, what, this.#edge.at);
  }

  #collectorUp(): void {
    for (const [, route] of this.#learned.all()) this.#announce(route);
    this.#collector.send(encodeEndOfRib('ipv4'));
  }

  /** At once: RFC 4271 §9.2.1.1's minimum interval between advertisements is not kept here. */
  #passOn({ announced, withdrawn }: RouteChange): void {
    for (const route of announced) this.#announce(route);
    this.#withdraw(withdrawn);
  }

  #announce({ prefix, asPath }: LearnedRoute): void {
    const { outlet } = this.#collector;
    if (!outlet || asPath.includes(this.#plan.asn)) return; // RFC 4271 §9.1.2: a loop
    const { localAddress: nextHop, context } = outlet;
    const attributes = encodePathAttributes(
      {
        origin: Origin.igp,
        asPath: [this.#plan.asn, ...asPath],
        nextHop,
        med: undefined, // RFC 4271 §5.1.4: not to other neighbouring ASes
        localPref: undefined,
        communities: NO_COMMUNITIES,
        onlyToCustomer: undefined,
      },
      context,
    );
    const nlri = encodePrefixes([prefix], context.addPath.ipv4);
    packUpdates(attributes, nextHop, 'ipv4', nlri, context, (m) => this.#collector.send(m));
  }

  #withdraw(prefixes: readonly Prefix[]): void {
    const { outlet } = this.#collector;
    if (!outlet || prefixes.length === 0) return;
    const { context } = outlet;
    const nlri = encodePrefixes(prefixes, context.addPath.ipv4);
    packWithdrawals('ipv4', nlri, context, (m) => this.#collector.send(m));
  }
}
