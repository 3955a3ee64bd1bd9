/** How V8 is to run this program; see `docs/adr/0008-engine.md` on what was measured. */

/**
 * Before the program is read. The young generation stays at the size that it begins with: V8 would grow it
 * sixteenfold for the garbage of a table that comes in, and never give that memory back; there is too
 * little garbage for it to matter how often it is collected. Sparkplug, the compiler between the
 * interpreter and the optimizing one, makes a megabyte of code for functions that a daemon calls now
 * and then; what a table needs is optimized without it just as soon.
 */
export async function settleEngine(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--no-sparkplug');
}
