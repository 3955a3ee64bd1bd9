/**
 * Everything that plays in the demo, joined over loopback:
 *
 *                  eth1  relay   transit-a  AS64496
 *   edge AS64500 <                                  > collector AS64510
 *                  eth2  relay   transit-b  AS64497
 *
 * The edge is the daemon's own announcing half (`daemon/announcing.ts`) with a configuration read
 * from a file's text. Only the watcher of the kernel's links is replaced: by the relays.
 */

import { EventLog } from '../control/eventLog.ts';
import type { ControlPort } from '../control/port.ts';
import { linkText } from '../control/words.ts';
import { Announcing } from '../daemon/announcing.ts';
import { narrate } from '../daemon/narrate.ts';
import type { LinkFact } from '../monitor/link.ts';
import { systemClock } from '../session/clock.ts';
import { Collector, type CollectorPath } from './collector.ts';
import { EdgePort } from './edgePort.ts';
import { edgeWords } from './edgeWords.ts';
import { edgeConfig, TRANSIT_A, TRANSIT_B, type TransitPlan } from './plan.ts';
import { Relay } from './relay.ts';
import type { Timeline } from './timeline.ts';
import { Transit } from './transit.ts';

/** Where a link fails, and so who can tell. */
type Failure =
  /** The edge's own carrier; TCP still gets through another way, as over a second switch. */
  | 'edge-only'
  /** The wire: no octet passes, and both ends lose their carrier. */
  | 'wire';

interface Link {
  readonly plan: TransitPlan;
  readonly relay: Relay;
  readonly collectorPort: number;
  transit: Transit;
}

export class Stage {
  readonly #timeline: Timeline;
  readonly #collector: Collector;
  readonly #links: Readonly<Record<'a' | 'b', Link>>;
  readonly #edge: Announcing;
  readonly #startedAt = systemClock.wall();
  readonly #events = new EventLog(this.#startedAt);
  #stopped = false;

  private constructor(timeline: Timeline, collector: Collector, a: Link, b: Link) {
    this.#timeline = timeline;
    this.#collector = collector;
    this.#links = { a, b };
    this.#edge = new Announcing({
      config: edgeConfig(a.relay.port, b.relay.port),
      clock: systemClock,
      onEvent: (event) => {
        const words = edgeWords(event);
        if (words !== undefined) timeline.note('edge', words);
        const line = narrate(event);
        if (line) this.#events.add(line);
      },
    });
  }

  /** Upstreams and collector with their sessions; the edge is not started yet. */
  static async build(timeline: Timeline): Promise<Stage> {
    const collector = new Collector([TRANSIT_A, TRANSIT_B], timeline);
    const [portA = 0, portB = 0] = await collector.start();
    const a = await openLink(TRANSIT_A, portA, timeline);
    const b = await openLink(TRANSIT_B, portB, timeline);
    return new Stage(timeline, collector, a, b);
  }

  /** The edge, for a looking glass. */
  port(version: string): ControlPort {
    const startedAt = this.#startedAt;
    return new EdgePort({ edge: this.#edge, timeline: this.#events, version, startedAt });
  }

  async startEdge(): Promise<void> {
    await this.#edge.start();
  }

  /** Withdraws and says why; resolves when the edge's sockets are closed. */
  async stopEdge(why: string): Promise<void> {
    this.#timeline.note('edge', `stops: ${why}`);
    this.#stopped = true;
    await this.#edge.stop(why);
  }

  linkDown(which: 'a' | 'b', failure: Failure): void {
    const { relay, transit } = this.#links[which];
    if (failure === 'wire') relay.cut();
    this.#tellEdge(which, 'down');
    if (failure === 'wire') transit.linkDown();
  }

  linkUp(which: 'a' | 'b', failure: Failure): void {
    const { relay, transit } = this.#links[which];
    if (failure === 'wire') relay.mend();
    this.#tellEdge(which, 'up');
    if (failure === 'wire') transit.linkUp();
  }

  crash(which: 'a' | 'b'): void {
    const { plan, transit } = this.#links[which];
    this.#timeline.note(plan.name, 'crashes: its sockets are reset');
    transit.crash();
  }

  async restart(which: 'a' | 'b'): Promise<void> {
    const link = this.#links[which];
    this.#timeline.note(link.plan.name, 'starts again, knowing nothing');
    link.transit = new Transit(link.plan, link.collectorPort, this.#timeline);
    await link.transit.start();
    link.relay.leadTo(link.transit.port);
  }

  paths(): readonly CollectorPath[] {
    return this.#collector.paths();
  }

  /** Takes away whatever is still there, wherever the story was. */
  async close(): Promise<void> {
    if (!this.#stopped) await this.stopEdge('the demo ended early');
    for (const { relay, transit } of Object.values(this.#links)) {
      transit.crash();
      relay.close();
    }
    this.#collector.close();
  }

  /** What the link watcher would push, into the same queue. */
  #tellEdge(which: 'a' | 'b', state: 'up' | 'down'): void {
    const link: LinkFact = {
      interface: this.#links[which].plan.interface,
      state,
      cause: state === 'up' ? 'up' : 'simulated',
      since: systemClock.wall(),
    };
    this.#timeline.note('edge', linkText(link));
    this.#edge.push({ type: 'LinkChanged', link });
  }
}

async function openLink(
  plan: TransitPlan,
  collectorPort: number,
  timeline: Timeline,
): Promise<Link> {
  const transit = new Transit(plan, collectorPort, timeline);
  await transit.start();
  return { plan, relay: await Relay.open(transit.port), collectorPort, transit };
}
