/** What a configuration would announce to whom, over which link: `check --json` has it. Pure. */

import { decideAfresh } from '../announcer/decide.ts';
import { announcementsIn, type Intent } from '../announcer/desired.ts';
import { type Config, type Neighbour, neighboursOf, type OwnPrefix } from '../config/config.ts';
import { type AttributesView, attributesView } from '../control/announcementView.ts';
import type { CheckFact } from '../monitor/check.ts';
import type { PathFact } from '../monitor/link.ts';
import { formatIdentifier } from '../net/address.ts';
import type { Family } from '../net/family.ts';
import { exportPolicy } from '../policy/exportLearned.ts';

export interface PlanView {
  readonly asn: number;
  readonly routerId: string;
  /** In the file's order. */
  readonly neighbours: readonly PlannedNeighbour[];
}

export interface PlannedNeighbour {
  readonly name: string;
  readonly kind: Neighbour['kind'];
  readonly asn: number;
  /** Null: not known. */
  readonly interface: string | null;
  readonly origin: PathFact['origin'];
  /** Of what was learned, what it would be sent as well. */
  readonly learned: 'all' | 'default' | 'none';
  /** What of ours it would be sent once its session is up. */
  readonly announcements: readonly {
    readonly prefix: string;
    readonly family: Family;
    readonly attributes: AttributesView;
  }[];
}

/** `paths`: what was derived, by neighbour name. */
export function planView(config: Config, paths: ReadonlyMap<string, PathFact>): PlanView {
  // The announcer itself is asked, with every link and check up: this can never say something else than `run`.
  const desired = decideAfresh(config, { paths, checks: allUp(config) });
  const prefixes = config.prefixes.map(({ prefix }) => prefix);
  return {
    asn: config.asn,
    routerId: formatIdentifier(config.routerId),
    neighbours: neighboursOf(config).map((neighbour) => ({
      name: neighbour.name,
      kind: neighbour.kind,
      asn: neighbour.asn,
      ...linkView(neighbour, paths.get(neighbour.name)),
      learned: learnedFor(neighbour),
      announcements: plannedAt(desired.get(neighbour.name), prefixes),
    })),
  };
}

function plannedAt(
  intent: Intent | undefined,
  prefixes: readonly OwnPrefix[],
): PlannedNeighbour['announcements'] {
  if (!intent) return [];
  return [...announcementsIn(intent, prefixes)].flatMap(({ prefix: { text, family }, route }) =>
    route ? [{ prefix: text, family, attributes: attributesView(route) }] : [],
  );
}

/** Every check, as if it had been up for ever. */
export function allUp({ checks }: Config): ReadonlyMap<string, CheckFact> {
  const up = { state: 'up', since: 0, leaseUntil: Number.POSITIVE_INFINITY, detail: '' } as const;
  return new Map(checks.map(({ name }) => [name, { name, ...up }]));
}

function learnedFor(neighbour: Neighbour): PlannedNeighbour['learned'] {
  if (neighbour.kind === 'upstream') return 'none';
  const { export: exported } = exportPolicy(neighbour, false);
  return exported === 'own' ? 'none' : exported;
}

function linkView(
  { interface: configured }: Neighbour,
  path: PathFact | undefined,
): Pick<PlannedNeighbour, 'interface' | 'origin'> {
  if (configured !== undefined) return { interface: configured, origin: 'configured' };
  return { interface: path?.interface ?? null, origin: path?.origin ?? 'none' };
}
