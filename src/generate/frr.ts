/** FRR 8 and later: one file for all its daemons, and the two by which they are started. */

import type { Config } from '../config/config.ts';
import { bfdOf } from './frrBfd.ts';
import { listenLosses, listenOption } from './listenOption.ts';
import { commonLosses } from './losses.ts';
import { planOf } from './plan.ts';
import type { Generated, GenerateOptions, Target } from './target.ts';
import { judgeReferences } from './vtyReferences.ts';
import { vtyLosses, vtyValues } from './vtyValues.ts';

export const frr: Target = {
  name: 'frr',
  description: 'FRR 8 and later, roles from 8.4 on: bgpd, zebra, staticd and bfdd in one file',
  directory: '/etc/frr',
  generate,
};

function generate(config: Config, { render, passwords = new Map() }: GenerateOptions): Generated {
  const plan = planOf(config, passwords);
  const policy = vtyValues(plan);
  const bfd = bfdOf(config);
  const bfdd = bfd.profiles.length > 0 ? 'yes' : 'no';
  const values = { ...policy, policy, listen: listenOption(config), bfd, bfdd };
  const file = (path: string, comment: '!' | '#', group = 'frr') => ({
    path,
    mode: 0o640,
    owner: { user: 'frr', group },
    comment,
    content: render(`frr/${path}`, values),
  });
  const main = file('frr.conf', '!');
  judgeReferences(main.content);
  return {
    files: [main, file('vtysh.conf', '!', 'frrvty'), file('daemons', '#')],
    notExpressible: [
      ...commonLosses(config, passwords),
      ...bfd.losses,
      ...listenLosses(config),
      ...vtyLosses(plan),
    ],
  };
}
