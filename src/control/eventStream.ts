/**
 * The timeline as it goes on, as server-sent events. A client is a place in the timeline and nothing
 * else: what it has not read waits in the one log that all share, so that a thousand of them, or one
 * that does not read, cost no more memory than their connections.
 */

import type { EventLog } from './eventLog.ts';
import type { Turns } from './turns.ts';

/** How many events a piece of the stream has at most. */
const BATCH = 100;
/** How long nothing may come before a comment shows that the connection lives, in ms. */
const HEARTBEAT = 15_000;
/** How long a client may take to read what it was given, in ms. */
const PATIENCE = 30_000;
/** How soon a client comes again, in ms. */
const RETRY = 1000;

export interface StreamStart {
  /** The client follows from here on. */
  readonly seq: number;
  /** It had followed another run of the daemon. */
  readonly restarted: boolean;
}

export interface StreamLimits {
  readonly heartbeat: number;
  readonly patience: number;
}

/** A client that is too slow gets an error, and with it the end of its connection. */
export function eventStream(
  log: EventLog,
  start: StreamStart,
  turns: Turns,
  limits: StreamLimits = { heartbeat: HEARTBEAT, patience: PATIENCE },
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let { seq } = start;
  let opening = `retry: ${RETRY}\n${start.restarted ? named('restarted', { instance: log.instance }) : ': multihomed\n\n'}`;
  let cancelled = false;
  let leave: () => void = () => {};
  let impatience: NodeJS.Timeout | undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        clearTimeout(impatience);
        let text = opening;
        opening = '';
        if (text === '' && log.last === seq && !log.closed) {
          await new Promise<void>((resolve) => {
            leave = once(log, limits.heartbeat, resolve);
          });
        }
        // Each has a turn of its own: a thousand that are told at once must not hold up a session.
        await turns.next();
        if (cancelled) return;
        if (log.missedAfter(seq) && seq > 0) text += named('missed', {});
        for (const { seq: number, view } of log.after(seq, BATCH)) {
          text += `id: ${view.id}\ndata: ${JSON.stringify(view)}\n\n`;
          seq = number;
        }
        if (text === '') {
          // What came meanwhile has been forgotten already, or nothing came.
          seq = log.last;
          text = ': nothing new\n\n';
        }
        controller.enqueue(encoder.encode(text));
        if (log.closed && log.last === seq) {
          controller.close();
          return;
        }
        impatience = setTimeout(() => {
          controller.error(new Error('the client does not read'));
        }, limits.patience);
      },
      cancel() {
        cancelled = true;
        clearTimeout(impatience);
        leave();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Calls `done` at the next event or after `wait` ms. The result calls it now. */
function once(log: EventLog, wait: number, done: () => void): () => void {
  const cancel = log.onNews(() => end());
  const timer = setTimeout(() => end(), wait);
  const end = () => {
    cancel();
    clearTimeout(timer);
    done();
  };
  return end;
}

function named(event: string, about: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(about)}\n\n`;
}
