/**
 * What the lab has to know of a daemon to run it at a node: its files, its programs, and how it
 * tells that it is ready and which of its sessions are up. `daemons.ts` has one of each.
 */

import type { IpAnswer } from '../../monitor/ipCommand.ts';
import type { LabNode, Neighbour } from '../topology.ts';

/** A node and what the lab has made for it. */
export interface Place {
  readonly node: LabNode;
  readonly neighbours: readonly Neighbour[];
  /** The node's own folder, absolute. */
  readonly home: string;
  /** How this program is started: `node`, its options, its entry. */
  readonly self: readonly string[];
}

export interface LabFile {
  readonly name: string;
  readonly text: string;
}

export interface LabProgram {
  readonly name: string;
  readonly argv: readonly string[];
  /** Folders that it finds empty, and its own; what it leaves there goes with it. They must exist. */
  readonly scratch?: readonly string[];
}

/** Runs a command in the node's namespace. Never rejects. */
export type Ask = (...argv: readonly string[]) => Promise<IpAnswer>;

export interface Daemon {
  /** What brings it, in Debian; undefined: this program itself. */
  readonly package: string | undefined;
  /** Full paths of what is run: OpenBGPD's daemon and FRR's have the same name. */
  readonly programs: readonly string[];
  /** Who must own the node's folder, since the daemon gives up root. */
  readonly owner?: string;
  /** A folder that must exist. */
  readonly folder?: string;
  /** Their texts, by name in the node's folder. Throws LabError. */
  files(place: Place): readonly LabFile[];
  /** In the order in which they are started, each once the one before it is ready. */
  commands(place: Place): readonly LabProgram[];
  ready(place: Place, ask: Ask, program: string): Promise<boolean>;
  /** The addresses of the neighbours whose sessions are up. */
  established(place: Place, ask: Ask): Promise<ReadonlySet<string>>;
}

/** What answered, as text; empty where nobody did. */
export async function answerOf(asked: Promise<IpAnswer>): Promise<string> {
  const answer = await asked;
  return answer.ok ? answer.output : '';
}

/** What answered, as JSON; `otherwise` where nobody did, or not in JSON. */
export async function jsonOf<T>(asked: Promise<IpAnswer>, otherwise: T): Promise<T> {
  try {
    const read: T = JSON.parse(await answerOf(asked));
    return read;
  } catch {
    return otherwise;
  }
}
