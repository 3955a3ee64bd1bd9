/**
 * A link through a process, where the kernel has no netem: it carries the frames of two interfaces
 * over to each other, and loses or delays some. It runs in a namespace of its own between the two
 * nodes, and reads its plan again at each SIGHUP.
 */

import { readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { chance, type Degradation, isLost } from './fate.ts';
import { openPacketSocket, type PacketSocket } from './packetSocket.ts';

export interface RelayPlan extends Degradation {
  readonly seed: number;
}

/** Its interfaces, named for the link's first and second end. */
export const RELAY_ENDS = ['near', 'far'] as const;

/** What it prints when it carries frames. */
export const RELAY_READY = 'carries frames';

/** Runs until the process ends. `file` has a RelayPlan. Throws LabError. */
export async function runRelay(file: string): Promise<void> {
  // A cable does not wait for its turn. Before the first frame: the threads that wait for them inherit it.
  setPriority(constants.priority.PRIORITY_HIGH);
  const read = (): RelayPlan => JSON.parse(readFileSync(file, 'utf8'));
  let plan = read();
  process.on('SIGHUP', () => {
    plan = read();
  });
  const [near, far] = [openPacketSocket(RELAY_ENDS[0]), openPacketSocket(RELAY_ENDS[1])];
  const current = () => plan;
  process.stdout.write(`${RELAY_READY}\n`);
  // Each direction has its own chances: what goes one way does not depend on what comes the other.
  await Promise.all([
    carry(near, far, chance(plan.seed), current),
    carry(far, near, chance(plan.seed + 1), current),
  ]);
}

async function carry(
  from: PacketSocket,
  to: PacketSocket,
  next: () => number,
  current: () => Degradation,
): Promise<never> {
  for (;;) {
    const frame = await from.receive();
    if (!frame) continue;
    const degradation = current();
    if (isLost(next, degradation)) continue;
    if (degradation.delay === 0) to.send(frame);
    else {
      const kept = frame.slice();
      setTimeout(() => to.send(kept), degradation.delay);
    }
  }
}
