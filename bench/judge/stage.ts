/**
 * One cell's network, of real daemons:
 *
 *   service --- edge ---+--- up-0 (BIRD) ---+--- damper (FRR)
 *                       +--- up-1 (BIRD) ---+
 *
 * The upstreams pass on what they are told and damp nothing.
 */

import { Bird } from '../../test/support/daemons/bird.ts';
import { until } from '../../test/support/daemons/until.ts';
import type { Link, LinkEnd, Namespace, Topology } from '../../test/support/netns.ts';
import {
  type Cell,
  DAMPER_AS,
  EDGE_AS,
  SERVICE,
  type UpstreamPlan,
  upstreamPlans,
} from './cell.ts';
import { Damper } from './damper.ts';
import { type Edge, startEdge } from './edge.ts';
import type { TimeScale } from './trace.ts';

/** How long everything may take to be there at first, in ms. */
const UP_LIMIT = 60_000;

export interface Stage {
  readonly edge: Edge;
  readonly damper: Damper;
  /** By upstream: between the edge and it. */
  readonly links: ReadonlyMap<string, Link>;
}

/** Everything is up, and the damper uses the prefix at all upstreams. */
export async function setUp(topology: Topology, cell: Cell, scale: TimeScale): Promise<Stage> {
  const { directory } = topology;
  const plans = upstreamPlans(cell);
  const [near, far] = [await topology.namespace('edge'), await topology.namespace('damper')];
  const inside = await topology.namespace('service');
  const service = await topology.link(
    end(near, SERVICE, '203.0.113.1/24'),
    end(inside, 'edge', '203.0.113.10/24'),
  );
  const links = new Map<string, Link>();
  for (const plan of plans) links.set(plan.name, await startUpstream(topology, plan, near, far));
  const damper = await Damper.start(far, directory, cell, scale, plans);
  const edge = await startEdge(cell, scale, { namespace: near, directory, plans, service });
  await until('everything to be announced', UP_LIMIT, async () =>
    (await damper.readings()).every(({ used }) => used),
  );
  return { edge, damper, links };
}

function end(namespace: Namespace, name: string, address: string): LinkEnd {
  return { namespace, interface: name, addresses: [address] };
}

async function startUpstream(
  topology: Topology,
  { name, asn, near, far }: UpstreamPlan,
  edge: Namespace,
  damper: Namespace,
): Promise<Link> {
  const namespace = await topology.namespace(name);
  const link = await topology.link(
    end(edge, name, `${near.edge}/30`),
    end(namespace, 'to-edge', `${near.upstream}/30`),
  );
  await topology.link(
    end(damper, name, `${far.damper}/30`),
    end(namespace, 'to-damper', `${far.upstream}/30`),
  );
  const families = ['ipv4'] as const;
  await Bird.start(namespace, topology.directory, {
    ...{ asn, routerId: `192.0.2.${asn - 64400}`, originates: [] },
    neighbours: [
      { address: near.edge, asn: EDGE_AS, passive: true, families },
      // What comes from there is no way to the prefix, and must not become one.
      {
        address: far.damper,
        asn: DAMPER_AS,
        passive: true,
        families,
        familyLines: ['import none;'],
      },
    ],
  });
  return link;
}
