/** What our daemon shows of BFD with a neighbour, and waiting for it. */

import type { Multihomed } from '../support/daemons/multihomed.ts';
import { until } from '../support/daemons/until.ts';
import { SOON } from './expected.ts';

export async function shown(multihomed: Multihomed, name: string) {
  const found = (await multihomed.bfd()).get(name);
  if (!found) throw new Error(`BFD does not watch ${name}`);
  return found;
}

export async function untilStanding(
  multihomed: Multihomed,
  name: string,
  standing: string,
): Promise<void> {
  await until(
    `BFD of ${name} to be ${standing}`,
    SOON,
    async () => (await multihomed.bfd()).get(name)?.standing === standing,
    async () => multihomed.program.output,
  );
}
