/**
 * What no key shows by itself: whether the file as a whole makes sense. A judgement that rests on a
 * value with an error of its own is left out, since the mended value may change it.
 */

import { judgeStability } from './dampingKeys.ts';
import type { ReadFile } from './definition.ts';
import type { Findings } from './findings.ts';
import { judgeChecks } from './judgeChecks.ts';
import { judgeCommunities } from './judgeCommunities.ts';
import { judgeCorrelatedFailure } from './judgeCorrelatedFailure.ts';
import { judgeNeighbours } from './judgeNeighbours.ts';
import { judgePrefixes } from './judgePrefixes.ts';
import { judgeReachability } from './judgeReachability.ts';
import { judgeRecord } from './recordKeys.ts';

export function judge(file: ReadFile, findings: Findings): void {
  judgeNeighbours(file, findings);
  judgePrefixes(file, findings);
  judgeCommunities(file, findings);
  judgeChecks(file, findings);
  judgeCorrelatedFailure(file, findings);
  judgeReachability(file, findings);
  judgeStability(file['flap-budget'].value, findings);
  judgeRecord(file.record, file['state-dir']?.value, findings);
}
