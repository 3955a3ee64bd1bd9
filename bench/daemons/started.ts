import type { Program } from '../../test/support/daemons/process.ts';

/** `ip netns exec` becomes the program, so that this is the daemon's own process. */
export function pidOf(program: Program): number {
  if (program.pid === undefined) throw new Error(`${program.name} did not start`);
  return program.pid;
}
