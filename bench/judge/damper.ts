/** The network behind the upstreams: an FRR that damps, and what it tells of the prefix. */

import { join } from 'node:path';
import { Frr } from '../../test/support/daemons/frr.ts';
import type { Namespace } from '../../test/support/netns.ts';
import { openVty, type Vty } from '../daemons/vty.ts';
import { type Cell, DAMPER_AS, PREFIX, type UpstreamPlan } from './cell.ts';
import type { TimeScale } from './trace.ts';
import type { Reading } from './watch.ts';

/** The parts that are used of `show bgp ipv4 unicast PREFIX json`. */
interface ShownPrefix {
  readonly paths?: readonly {
    readonly peer: { readonly peerId: string };
    readonly valid?: boolean;
    readonly dampeningPenalty?: number;
    readonly dampeningHistoryEntry?: boolean;
    readonly dampeningSuppressed?: boolean;
  }[];
}

type ShownNeighbours = Readonly<
  Record<string, { readonly messageStats: { readonly updatesRecv: number } }>
>;

export class Damper {
  readonly #vty: Vty;
  readonly #plans: readonly UpstreamPlan[];

  private constructor(vty: Vty, plans: readonly UpstreamPlan[]) {
    this.#vty = vty;
    this.#plans = plans;
  }

  static async start(
    namespace: Namespace,
    directory: string,
    cell: Cell,
    scale: TimeScale,
    plans: readonly UpstreamPlan[],
  ): Promise<Damper> {
    const { reuse, suppress, halfLife, maxSuppress } = scale.profile('cisco');
    const dampening = [halfLife / 60, reuse, suppress, maxSuppress / 60].join(' ');
    await Frr.start(namespace, directory, {
      ...{ asn: DAMPER_AS, routerId: '192.0.2.120', originates: [] },
      ...(cell.behind === 'cisco' ? { dampening } : {}),
      neighbours: plans.map(({ asn, far }) => ({
        ...{ address: far.upstream, asn, passive: false, families: ['ipv4'] as const },
      })),
    });
    const vty = await openVty(join(directory, namespace.role, 'bgpd.vty'));
    if (!vty) throw new Error('the damping FRR takes no terminal');
    return new Damper(vty, plans);
  }

  async readings(): Promise<readonly Reading[]> {
    const text = await this.#vty.show(`show bgp ipv4 unicast ${PREFIX} json`);
    const { paths = [] }: ShownPrefix = JSON.parse(text);
    return this.#plans.map(({ name, far }) => {
      const path = paths.find(({ peer }) => peer.peerId === far.upstream);
      const suppressed = path?.dampeningSuppressed === true;
      const penalty = path?.dampeningPenalty ?? 0;
      const held = path?.valid === true && path.dampeningHistoryEntry !== true;
      return { upstream: name, penalty, suppressed, used: held && !suppressed };
    });
  }

  /** UPDATEs that have come from all upstreams. */
  async updates(): Promise<number> {
    const shown: ShownNeighbours = JSON.parse(await this.#vty.show('show bgp neighbors json'));
    return this.#plans.reduce(
      (sum, { far }) => sum + (shown[far.upstream]?.messageStats.updatesRecv ?? 0),
      0,
    );
  }

  close(): void {
    this.#vty.close();
  }
}
