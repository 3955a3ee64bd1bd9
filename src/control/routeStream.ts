/**
 * Routes as an answer that may be a million lines long: made as fast as it is read and no faster, a
 * slice a turn of the loop, so that neither memory nor a keepalive pays for it.
 */

import { systemClock } from '../session/clock.ts';
import type { RouteView } from './routeView.ts';
import type { Turns } from './turns.ts';

/** How long a slice may take, in ms. */
const SLICE = 1;
/** Octets after which a slice ends early: what is made and not taken yet. */
const CHUNK = 64 * 1024;

/** A line of JSON for each route. `walk` may give undefined where there is nothing to tell. */
export function routeLines(
  walk: Iterator<RouteView | undefined>,
  turns: Turns,
): ReadableStream<Uint8Array> {
  return sliceStream(linesOf(walk), turns);
}

function* linesOf(walk: Iterator<RouteView | undefined>): Generator<Uint8Array | undefined> {
  try {
    for (let step = walk.next(); !step.done; step = walk.next()) {
      yield step.value && Buffer.from(`${JSON.stringify(step.value)}\n`);
    }
  } finally {
    walk.return?.();
  }
}

/** Pieces of octets, as they come. The same for them. */
export function sliceStream(
  walk: Iterator<Uint8Array | undefined>,
  turns: Turns,
): ReadableStream<Uint8Array> {
  let cancelled = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        // Whoever resolves a pull without a chunk is not asked again, so slices go on until there is one.
        for (let slice = NOTHING; slice.octets.length === 0 && !slice.done; ) {
          await turns.next();
          if (cancelled) return;
          slice = nextSlice(walk);
          if (slice.octets.length > 0) controller.enqueue(slice.octets);
          if (slice.done) controller.close();
        }
      },
      cancel() {
        cancelled = true;
        walk.return?.();
      },
    },
    // Nothing is made before it is asked for: an answer to HEAD costs nothing.
    { highWaterMark: 0 },
  );
}

interface Slice {
  readonly octets: Uint8Array;
  readonly done: boolean;
}

const NOTHING: Slice = { octets: new Uint8Array(), done: false };

function nextSlice(walk: Iterator<Uint8Array | undefined>): Slice {
  const end = systemClock.monotonic() + SLICE;
  const pieces: Uint8Array[] = [];
  let length = 0;
  do {
    const { value, done } = walk.next();
    if (done) return { octets: Buffer.concat(pieces, length), done };
    if (value) {
      pieces.push(value);
      length += value.length;
    }
  } while (length < CHUNK && systemClock.monotonic() < end);
  return { octets: Buffer.concat(pieces, length), done: false };
}
