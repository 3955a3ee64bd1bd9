/** Time for a session, passed in so that tests can run on virtual time. */

export interface Clock {
  /** Milliseconds that only ever go forward, from an arbitrary start. */
  monotonic(): number;
  /** Milliseconds since the epoch, for people; may jump. */
  wall(): number;
  /** Runs `callback` once after `milliseconds`; the result cancels it. */
  after(milliseconds: number, callback: () => void): () => void;
  /**
   * Runs `callback` once every socket that has something to read has been read. A deadline that
   * passed while this process could not run is judged only then: what beats it may be waiting.
   */
  afterReads(callback: () => void): void;
  /** 0 <= x < 1, for jitter. */
  random(): number;
}

/** In ms, about 25 days: Node takes what is longer for 1 ms. */
const LONGEST = 2 ** 31 - 1;

export const systemClock: Clock = {
  // Not `performance`, with which Node loads all that it has for measuring.
  monotonic() {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1e3 + nanoseconds / 1e6;
  },
  wall: () => Date.now(),
  after(milliseconds, callback) {
    if (milliseconds > LONGEST) return afterLong(milliseconds, callback);
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
  // Timers run before the poll phase and immediates after it.
  afterReads: (callback) => setImmediate(callback),
  random: Math.random,
};

/** In several sleeps. */
function afterLong(milliseconds: number, callback: () => void): () => void {
  let cancel = systemClock.after(LONGEST, () => {
    cancel = systemClock.after(milliseconds - LONGEST, callback);
  });
  return () => cancel();
}
