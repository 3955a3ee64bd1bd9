/**
 * UPDATEs all the way: decoded, taken into a RIB with neighbours of several kinds, decided on, and
 * taken away again; every now and then all its structures are held against each other.
 */

import { RibFullError } from '../../src/rib/memory.ts';
import type { PeerIndex } from '../../src/rib/ribIn.ts';
import type { CodecContext } from '../../src/wire/context.ts';
import { UpdateView, Verdict } from '../../src/wire/update.ts';
import { decodeUpdate } from '../../src/wire/updateDecode.ts';
import { bringUp, drain, finish, makeRib } from '../rib/fixture.ts';
import { mutateMessage } from './messageMutator.ts';
import type { Target } from './target.ts';
import { CONTEXTS, isWhole, updateSeeds } from './wireTargets.ts';

/** Inputs between two comparisons; each takes longer than thousands of inputs. */
const CHECK_EVERY = 20_000;
/** Inputs between two sessions' ends. */
const END_EVERY = 2000;

export function ribTarget(): Target {
  const rib = makeRib({ routeWords: 1 << 22, attributeWords: 1 << 22 });
  const view = new UpdateView();
  const up = CONTEXTS.map((context, i) => bringUp(rib, i, options(context)));
  let count = 0;
  const end = (peer: PeerIndex) => {
    rib.peerDown(peer);
    finish(rib);
    bringUp(rib, peer, options(CONTEXTS[peer]!));
  };
  return {
    name: 'RIB',
    seeds: updateSeeds(),
    // A turn of `finish` sweeps a whole table.
    allowance: 500,
    microsecondsPerOctet: 20,
    mutate: mutateMessage,
    run(input) {
      count++;
      if (count % CHECK_EVERY === 0) {
        drain(rib);
        rib.checkInvariants();
      }
      if (count % END_EVERY === 0) end(up[(count / END_EVERY) % up.length]!);
      if (!isWhole(input)) return 'cut';
      const which = (input[input.length - 1] ?? 0) % up.length;
      decodeUpdate(input, 0, input.length, CONTEXTS[which]!, view);
      if (view.verdict === Verdict.sessionReset) return 'reset';
      try {
        rib.feed(up[which]!, input, view);
      } catch (error) {
        if (!(error instanceof RibFullError)) throw error;
        end(up[which]!);
        return 'full';
      }
      rib.drainChanges(8, () => {});
      return `${view.verdict} ${view.fault} ${view.recognised}`;
    },
  };
}

function options(context: CodecContext) {
  return { context, maxPaths: context.addPath.ipv4 ? 3 : 1 };
}
