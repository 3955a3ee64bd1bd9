/** What is compared: a BGP daemon at the edge, made from the same file as all the others. */

import type { FileContent } from '../support/daemons/multihomed.ts';
import type { Namespace } from '../support/netns.ts';
import type { UpstreamName } from './lab.ts';

export interface Stage {
  readonly edge: Namespace;
  /** Of the daemon alone; exists. */
  readonly directory: string;
}

export interface Subject {
  readonly name: string;
  /** Starts it on what is generated from the file. */
  start(stage: Stage, content: FileContent): Promise<Running>;
}

export interface Running {
  /** Takes what is generated from this file instead, which lacks a prefix, without a restart. */
  withdraw(content: FileContent, prefix: string): Promise<void>;
  /** Prefixes that it took from an upstream, sorted; undefined: it keeps no table. */
  accepted(upstream: UpstreamName): Promise<readonly string[] | undefined>;
  stop(): Promise<void>;
  /** For when a test fails. */
  output(): string;
}
