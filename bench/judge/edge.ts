/**
 * Who is judged. `naive` is an FRR that announces when the service is well and withdraws when it is
 * not; `back-off` is the same with a wait before each announcement; `ours` is the program itself,
 * whose service is a link that it watches.
 */

import { join } from 'node:path';
import { Frr } from '../../test/support/daemons/frr.ts';
import { Multihomed } from '../../test/support/daemons/multihomed.ts';
import type { Link, Namespace } from '../../test/support/netns.ts';
import { openEditor, type Vty } from '../daemons/vty.ts';
import { BackOff } from './backOff.ts';
import { type Cell, EDGE_AS, fileContent, PREFIX, type UpstreamPlan } from './cell.ts';
import type { TimeScale } from './trace.ts';

export interface Edge {
  /** The service behind it fails, or is well again. */
  service(up: boolean): Promise<void>;
  /** The link to that upstream was cut, or is there again; what it does besides. */
  linkChanged(upstream: string, up: boolean): Promise<void>;
  close(): void;
}

export interface Place {
  readonly namespace: Namespace;
  readonly directory: string;
  readonly plans: readonly UpstreamPlan[];
  /** The link to the service; the edge's is the near end. */
  readonly service: Link;
}

export function startEdge(cell: Cell, scale: TimeScale, place: Place): Promise<Edge> {
  if (cell.edge === 'naive') return startFrr(place);
  if (cell.edge === 'back-off') return startBackOff(place, scale);
  return startOurs(cell, scale, place);
}

async function startOurs(cell: Cell, scale: TimeScale, place: Place): Promise<Edge> {
  const { namespace, directory, service } = place;
  const file = join(directory, 'multihomed.yaml');
  const content = fileContent(cell, scale, join(directory, 'control.sock'));
  await Multihomed.start(namespace, file, content);
  return {
    service: (up) => (up ? service.restore() : service.cut()),
    linkChanged: async () => {},
    close: () => {},
  };
}

/** An FRR, and a terminal in its IPv4 routes. */
async function startFrr({ namespace, directory, plans }: Place): Promise<Edge & { vty: Vty }> {
  await Frr.start(namespace, directory, {
    ...{ asn: EDGE_AS, routerId: '192.0.2.1', originates: [PREFIX] },
    neighbours: plans.map(({ asn, near }) => ({
      ...{ address: near.upstream, asn, passive: false, families: ['ipv4'] as const },
    })),
  });
  const vty = await openEditor(join(directory, namespace.role, 'bgpd.vty'), EDGE_AS);
  await vty.run('address-family ipv4 unicast');
  return {
    vty,
    service: (up) => vty.run(`${up ? '' : 'no '}network ${PREFIX}`),
    linkChanged: async () => {},
    close: () => vty.close(),
  };
}

/** Something that may be done, after the wait that its withdrawals have brought about. */
class Delayed {
  readonly #backOff: BackOff;
  #isThere = true;
  #timer: NodeJS.Timeout | undefined;

  constructor(scale: TimeScale) {
    this.#backOff = new BackOff(scale);
  }

  async change(up: boolean, apply: (up: boolean) => Promise<void>): Promise<void> {
    clearTimeout(this.#timer);
    if (up) {
      this.#timer = setTimeout(() => {
        this.#isThere = true;
        // The judge sees what has not come of it.
        apply(true).catch((error) => console.error(error));
      }, this.#backOff.wait);
    } else if (this.#isThere) {
      this.#isThere = false;
      this.#backOff.withdrawn(Date.now());
      await apply(false);
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

async function startBackOff(place: Place, scale: TimeScale): Promise<Edge> {
  const { vty, service, close } = await startFrr(place);
  const prefix = new Delayed(scale);
  const sessions = new Map(place.plans.map(({ name }) => [name, new Delayed(scale)]));
  const addresses = new Map(place.plans.map(({ name, near }) => [name, near.upstream]));
  return {
    service: (up) => prefix.change(up, service),
    // RFC 4271 §8.1.1, DampPeerOscillations: a session that was lost rests longer each time.
    linkChanged: async (upstream, up) =>
      sessions.get(upstream)?.change(up, async (back) => {
        const command = `neighbor ${addresses.get(upstream)} shutdown`;
        for (const line of ['exit-address-family', back ? `no ${command}` : command]) {
          await vty.run(line);
        }
        await vty.run('address-family ipv4 unicast');
      }),
    close: () => {
      for (const delayed of [prefix, ...sessions.values()]) delayed.stop();
      close();
    },
  };
}
