/** Quagga 1.2: a file for each daemon, and those by which Debian starts them. */

import type { Config } from '../config/config.ts';
import { listenLosses, listenOption } from './listenOption.ts';
import { bfdLosses, commonLosses, roleLosses } from './losses.ts';
import { planOf } from './plan.ts';
import type { Generated, GenerateOptions, Target } from './target.ts';
import { judgeReferences } from './vtyReferences.ts';
import { vtyLosses, vtyValues } from './vtyValues.ts';

export const quagga: Target = {
  name: 'quagga',
  description: 'Quagga 1.2: bgpd, zebra and what starts them',
  directory: '/etc/quagga',
  generate,
};

function generate(config: Config, { render, passwords = new Map() }: GenerateOptions): Generated {
  const plan = planOf(config, passwords);
  const policy = vtyValues(plan);
  const values = { ...policy, policy, listen: listenOption(config) };
  const file = (path: string, comment: '!' | '#', group = 'quagga') => ({
    path,
    mode: 0o640,
    owner: { user: 'quagga', group },
    comment,
    content: render(`quagga/${path}`, values),
  });
  const bgpd = file('bgpd.conf', '!');
  judgeReferences(bgpd.content);
  return {
    files: [
      bgpd,
      file('zebra.conf', '!'),
      file('ospfd.conf', '!'),
      file('vtysh.conf', '!', 'quaggavty'),
      file('daemons', '#'),
      file('debian.conf', '#'),
    ],
    notExpressible: [
      ...commonLosses(config, passwords),
      ...bfdLosses(config),
      ...roleLosses(config),
      ...listenLosses(config),
      ...vtyLosses(plan),
    ],
  };
}
