/** How V8 is to run this program; see `docs/adr/0008-engine.md` on what was measured. */

import type { setFlagsFromString } from 'node:v8';

/**
 * The young generation stays at the size that it begins with: V8 would grow it sixteenfold for the garbage
 * of a table that comes in, and never give that memory back; there is too little garbage for it to
 * matter how often it is collected. It is collected by the main thread alone: a megabyte takes less time
 * than it takes until other threads have run, and while they wait for a core, so do we. Sparkplug, the
 * first of V8's two compilers, makes a megabyte of code, for what a daemon calls now and then; what
 * takes a table in is compiled by the other one as soon as with it.
 */
const ALWAYS = ['--semi-space-growth-factor=1', '--no-parallel-scavenge', '--no-sparkplug'];

/** What the start leaves behind is a megabyte less like this; later every large allocation would cost a marking. */
const AT_START = '--optimize-for-size';
const AFTER_START = '--no-optimize-for-size';

/** Before the program is read. */
export async function settleEngine(): Promise<void> {
  const set = await flagSetter();
  for (const flag of [...ALWAYS, AT_START]) set(flag);
}

/** The daemon is ready. */
export async function endEngineStart(): Promise<void> {
  (await flagSetter())(AFTER_START);
}

/** Read when it is needed: before the program, the fewer modules there are the better. */
async function flagSetter(): Promise<typeof setFlagsFromString> {
  return (await import('node:v8')).setFlagsFromString;
}
