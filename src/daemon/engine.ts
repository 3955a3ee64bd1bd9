/** How V8 is to run this program; see `docs/adr` on what was measured. */

/**
 * The young generation stays at the size that it begins with. V8 would grow it sixteenfold for the
 * garbage of a table that comes in, and never give that memory back; there is too little garbage
 * for it to matter how often it is collected. It grows while the program is read, so before that.
 */
export async function settleEngine(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--semi-space-growth-factor=1');
}
