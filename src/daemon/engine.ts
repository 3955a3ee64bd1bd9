/** How V8 is to run this program; see `docs/adr/0008-engine.md` on what was measured. */

/**
 * Before the program is read. The young generation stays at the size that it begins with: V8 would grow it
 * sixteenfold for the garbage of a table that comes in, and never give that memory back; there is too
 * little garbage for it to matter how often it is collected. It is collected by the main thread alone: a
 * megabyte takes less time than it takes until other threads have run, and while they wait for a core, so
 * do we. Sparkplug, the first of V8's two compilers, makes a megabyte of code, for what a daemon calls
 * now and then; what takes a table in is compiled by the other one as soon as with it.
 */
export async function settleEngine(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  for (const flag of FLAGS) setFlagsFromString(flag);
}

const FLAGS = [
  ...['--semi-space-growth-factor=1', '--optimize-for-size'],
  ...['--no-parallel-scavenge', '--no-sparkplug'],
];
