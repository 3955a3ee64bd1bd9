/**
 * A process that is frozen, as by `docker pause` or a machine that swaps, for longer than any check is
 * believed: nothing is withdrawn when it goes on, unless a check fails then.
 */

import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { Bird } from '../support/daemons/bird.ts';
import { Multihomed } from '../support/daemons/multihomed.ts';
import { until } from '../support/daemons/until.ts';
import { type Namespace, Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import { SOON } from './expected.ts';

const [EDGE, FAR, PREFIX] = ['198.51.100.2', '198.51.100.1', '203.0.113.0/24'];
/** In ms. Of an interval and a timeout of a second, a lease is 3 s. */
const FROZEN = 5000;

interface Lab {
  readonly edge: Namespace;
  readonly bird: Bird;
  readonly ours: Multihomed;
  /** The check passes while it is there. */
  readonly sign: string;
}

async function start(t: Test): Promise<Lab> {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const { directory } = topology;
  const [edge, far] = [await topology.namespace('edge'), await topology.namespace('bird')];
  await topology.link(
    { namespace: edge, interface: 'to-bird', addresses: [`${EDGE}/30`] },
    { namespace: far, interface: 'to-edge', addresses: [`${FAR}/30`] },
  );
  const bird = await Bird.start(far, directory, {
    ...{ asn: 64496, routerId: '192.0.2.96', originates: [] },
    neighbours: [{ address: EDGE, asn: 64500, passive: true, families: ['ipv4'] }],
  });
  const sign = join(directory, 'sign');
  await edge.exec('touch', sign);
  const ours = await Multihomed.start(edge, join(directory, 'edge.yaml'), {
    ...{ asn: 64500, 'router-id': '192.0.2.1' },
    control: { socket: join(directory, 'control.sock') },
    checks: { web: { exec: ['/usr/bin/test', '-e', sign], interval: '1s', timeout: '1s' } },
    prefixes: [{ prefix: PREFIX, needs: ['web'] }],
    upstreams: { bird: { asn: 64496, address: FAR, damping: 'cisco' } },
  });
  t.teardown(() => t.passing() || t.comment(ours.program.output));
  return { edge, bird, ours, sign };
}

async function untilHeld({ bird }: Lab, isHeld: boolean): Promise<void> {
  await until(`BIRD to ${isHeld ? 'have' : 'lose'} ${PREFIX}`, SOON, async () => {
    const routes = await bird.routes('ipv4');
    return routes.some(({ prefix }) => prefix === PREFIX) === isHeld;
  });
}

async function freeze({ ours: { program } }: Lab): Promise<void> {
  program.signal('SIGSTOP');
  await pass(FROZEN);
  program.signal('SIGCONT');
}

/** Probes since the last one that is told of: the check is looked at again, whatever comes of it. */
async function untilProbed({ ours }: Lab): Promise<void> {
  const probes = async (): Promise<string> => {
    const shown: readonly { lastProbe: { at: string } | null }[] = JSON.parse(
      await ours.run('show', 'checks', '--json'),
    ).checks;
    return shown[0]?.lastProbe?.at ?? '';
  };
  const before = await probes();
  await until('another probe', SOON, async () => (await probes()) > before);
}

t.test('a frozen process withdraws nothing when it goes on', requireOrSkip('bird'), async (t) => {
  const lab = await start(t);
  await untilHeld(lab, true);
  await freeze(lab);
  await untilProbed(lab);
  await lab.ours.program.untilSaid(/this process stood still for \ds or more/);
  t.notMatch(lab.ours.program.output, /withdrew/);
  await untilHeld(lab, true);

  // What failed meanwhile is withdrawn as soon as it is found.
  const thaw = freeze(lab);
  await lab.edge.exec('rm', lab.sign);
  await thaw;
  await untilHeld(lab, false);
  await lab.ours.program.untilSaid(/check web is down[\s\S]*\n.*withdrew 203\.0\.113\.0\/24/);
});
