/** How V8 is to run this program; see `docs/adr/0008-engine.md` on what was measured. */

/**
 * Before the program is read. The young generation stays at the size that it begins with: V8 would grow it
 * sixteenfold for the garbage of a table that comes in, and never give that memory back; there is too
 * little garbage for it to matter how often it is collected. Nor is it worth it to compile, in the first
 * of V8's two ways, what is called some hundred times in a start and seldom after it.
 */
export async function settleEngine(): Promise<void> {
  await setFlags('--semi-space-growth-factor=1', '--no-sparkplug');
}

/** What a table calls is compiled in both ways: that saves a twentieth of its CPU. */
export function engineStarted(): Promise<void> {
  return setFlags('--sparkplug');
}

async function setFlags(...flags: readonly string[]): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  for (const flag of flags) setFlagsFromString(flag);
}
