/** What the collector is started with, as a file. */

import type { Family } from '../../net/family.ts';

export interface CollectorPlan {
  readonly asn: number;
  readonly routerId: string;
  /** Where it writes down what it sees, a JSON object a line. */
  readonly events: string;
  readonly neighbours: readonly CollectorNeighbour[];
}

export interface CollectorNeighbour {
  /** The node. */
  readonly name: string;
  readonly asn: number;
  readonly family: Family;
  readonly address: string;
}
