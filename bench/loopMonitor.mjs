/**
 * Loaded into the daemon by `--import`, so that the product has nothing of it: how long its event
 * loop was away, measured by a timer of 1 ms in libuv's own thread of events. SIGUSR2 writes what was
 * measured since the last one, in ms, to the file that MULTIHOMED_BENCH_LOOP names.
 */

import { renameSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const histogram = monitorEventLoopDelay({ resolution: 1 });
histogram.enable();

process.on('SIGUSR2', () => {
  const file = process.env.MULTIHOMED_BENCH_LOOP ?? '';
  const [p50, p99, max] = [histogram.percentile(50), histogram.percentile(99), histogram.max];
  histogram.reset();
  // Whole or absent for who waits for it.
  const ms = { p50: p50 / 1e6, p99: p99 / 1e6, max: max / 1e6 };
  writeFileSync(`${file}.new`, JSON.stringify(ms));
  renameSync(`${file}.new`, file);
});
