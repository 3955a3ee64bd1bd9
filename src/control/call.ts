/** One thing that a client may ask, as it is described; how it is answered is added by who answers. */

import type { Parameter } from './parameters.ts';

/** `operators`: whoever may open the unix socket. `everybody`: the TCP listener has it, too. */
export type Audience = 'operators' | 'everybody';

export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  /** Of the answer 200. */
  readonly type: string;
  /** What else it may answer, beside what any call may. */
  readonly refusals: Readonly<Record<number, string>>;
  readonly for: Audience;
}
