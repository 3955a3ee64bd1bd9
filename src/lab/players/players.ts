/**
 * Other daemons in the place of multihomed: each runs on what `multihomed generate` makes of the
 * node's file, so that what differs is the daemon.
 */

import { join } from 'node:path';
import { targetOf } from '../../generate/targets.ts';
import type { Render } from '../../generate/template.ts';
import { bird, birdCommands } from '../daemons/bird.ts';
import { answerOf, type Daemon, type LabFile, type Place } from '../daemons/daemon.ts';
import { frr, frrCommands, vtysh } from '../daemons/frr.ts';
import { gobgp, gobgpCommands } from '../daemons/gobgp.ts';
import { configOfNode, multihomed } from '../daemons/multihomed.ts';
import { LabError } from '../labError.ts';
import { exabgpPlayer } from './exabgp.ts';
import { quaggaPlayer } from './quagga.ts';

export const PLAYER_NAMES = ['multihomed', 'frr', 'bird', 'exabgp', 'gobgp'] as const;

export type PlayerName = (typeof PLAYER_NAMES)[number];

/** Beside those that are compared, Quagga. Throws LabError for a name that it does not know. */
export function playerOf(name: string, render: Render): Daemon {
  switch (name) {
    case 'multihomed':
      return multihomed;
    case 'frr':
      return frrPlayer(render);
    case 'bird':
      return {
        ...bird,
        commands: birdCommands,
        files: (place) => generated('bird', place, render),
      };
    case 'exabgp':
      return exabgpPlayer;
    case 'gobgp':
      return gobgpPlayer(render);
    case 'quagga':
      return quaggaPlayer(process.env.QUAGGA_SBIN, (place) => generated('quagga', place, render));
    default:
      throw new LabError(`${name} cannot play the edge; ${PLAYER_NAMES.join(', ')}, quagga can`);
  }
}

function generated(target: string, { node }: Place, render: Render): readonly LabFile[] {
  const files = targetOf(target)?.generate(configOfNode(node), { render }).files ?? [];
  return files.map(({ path, content }) => ({ name: path, text: content }));
}

const STATICD = '/usr/lib/frr/staticd';

/** The whole of frr.conf goes to its daemons through vtysh, as the service does it. */
function frrPlayer(render: Render): Daemon {
  return {
    ...frr,
    programs: [...frr.programs, STATICD],
    files: (place) => [
      ...generated('frr', place, render),
      { name: 'zebra.conf', text: '' },
      { name: 'bgpd.conf', text: '' },
      { name: 'staticd.conf', text: '' },
    ],
    commands: (place) => {
      const [zebra, bgpd] = frrCommands(place);
      if (!zebra || !bgpd) return [];
      const staticd = bgpd.argv.map((word) =>
        word.replace(/bgpd(\.pid|\.conf)?$/, (_all, ending) => `staticd${ending ?? ''}`),
      );
      return [zebra, { name: 'staticd', argv: staticd }, bgpd];
    },
    ready: async (place, ask, program) => {
      if (!(await frr.ready(place, ask, program))) return false;
      if (program !== 'bgpd') return true;
      const running = await answerOf(vtysh(place, ask, 'bgpd', 'show running-config'));
      if (running.includes('router bgp')) return true;
      await ask('/usr/bin/vtysh', '--vty_socket', place.home, '-f', join(place.home, 'frr.conf'));
      return false;
    },
  };
}

/** Its networks are given over its API, each time it starts. */
function gobgpPlayer(render: Render): Daemon {
  return {
    ...gobgp,
    files: (place) => generated('gobgp', place, render),
    commands: gobgpCommands,
    ready: async (place, ask, program) => {
      if (!(await gobgp.ready(place, ask, program))) return false;
      return (await ask('/bin/sh', join(place.home, 'networks.sh'))).ok;
    },
  };
}
