/** What the file says of restarts (RFC 4724, RFC 9494), for every kind of neighbour. */

import type { NeighbourConfig } from './config.ts';
import { type Field, scalar, seconds } from './field.ts';
import type { Findings } from './findings.ts';
import { fallback, optional, type ReadKeys } from './mapping.ts';

type GracefulRestart = NeighbourConfig['gracefulRestart'];

const MEANINGS: ReadonlyMap<string, GracefulRestart> = new Map([
  ['true', 'both'],
  ['helper', 'helper'],
  ['false', 'none'],
]);

const gracefulRestart: Field<GracefulRestart> = scalar(
  { name: 'true, helper or false', example: 'helper', schema: { enum: [true, 'helper', false] } },
  (text) => {
    const value = MEANINGS.get(text);
    if (value !== undefined) return { value };
    return {
      wrong: {
        cause: `"${text}" is neither true nor helper nor false`,
        consequence: 'what is to become of routes at a restart is not known',
        mend: 'write helper to keep theirs, true to have ours kept as well, false for neither',
      },
    };
  },
);

/** A week. RFC 9494 §3.1 has room for half a year. */
const MAX_STALE_TIME = 7 * 24 * 3600;

export function restartKeys(who: string) {
  return {
    'graceful-restart': fallback(
      gracefulRestart,
      'helper',
      `What a restart changes (RFC 4724): helper keeps the routes of a restarting ${who}; with true it is asked to keep ours, too, for 30s when we are gone without a word: behind a switch that is into a dead link; false does neither.`,
    ),
    'long-lived-graceful-restart': optional(
      seconds('a stale time', {
        min: 1,
        max: MAX_STALE_TIME,
        because: 'a route that nobody has confirmed for a week is worth less than none',
      }),
      'How much longer, at most, routes are kept as the last choice when a restart does not end in time (RFC 9494). Default: they are not.',
    ),
  };
}

type ReadRestart = ReadKeys<ReturnType<typeof restartKeys>>;

export function restartOf(read: ReadRestart) {
  return {
    gracefulRestart: read['graceful-restart'].value,
    longLivedStaleTime: read['long-lived-graceful-restart']?.value,
  };
}

/** `stateDir`: the file says where to keep what must survive. */
export function judgeRestart(read: ReadRestart, stateDir: boolean, findings: Findings): void {
  const restart = read['graceful-restart'];
  if (restart.value === 'both' && !stateDir) {
    findings.warning(restart.place, {
      cause: 'graceful-restart is true, and there is no state-dir',
      consequence: 'after a restart we do not know of it, and pass on what is learned too soon',
      mend: 'add state-dir: /var/lib/multihomed',
    });
  }
  judgeLongLived(read, findings);
}

function judgeLongLived(read: ReadRestart, findings: Findings): void {
  const longLived = read['long-lived-graceful-restart'];
  if (!longLived || read['graceful-restart'].value !== 'none') return;
  findings.error(longLived.place, {
    cause: 'graceful-restart is false',
    consequence: 'nothing would be kept, and so nothing for longer (RFC 9494)',
    mend: 'write graceful-restart: helper, or remove this key',
  });
}
