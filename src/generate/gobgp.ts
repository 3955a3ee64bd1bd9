/** GoBGP 3: its file, and the commands that originate what is ours, for which the file has no place. */

import type { Config } from '../config/config.ts';
import { formatIdentifier } from '../net/address.ts';
import { extendedText, policiesOf, prefixSetsOf, quotedList } from './gobgpPolicy.ts';
import { bfdLosses, commonLosses, extendedLosses, linkLosses, roleLosses } from './losses.ts';
import { type Plan, type PlannedNeighbour, planOf } from './plan.ts';
import { sessionValues } from './sessionValues.ts';
import type { Generated, GenerateOptions, NotExpressible, Target } from './target.ts';
import { refusedPaths } from './vtyImport.ts';

const EVERYWHERE = ['0.0.0.0', '::'];

export const gobgp: Target = {
  name: 'gobgp',
  description: 'GoBGP 3',
  directory: '/etc/gobgp',
  generate,
};

function generate(config: Config, { render, passwords = new Map() }: GenerateOptions): Generated {
  const plan = planOf(config, passwords);
  const policies = policiesOf(plan);
  const names = (end: string) =>
    quotedList(policies.map(({ name }) => name).filter((name) => name.endsWith(end)));
  const { listen } = config;
  const everywhere = listen.every(({ address }) => EVERYWHERE.includes(address.text));
  const content = render('gobgp/gobgpd.toml', {
    asn: config.asn,
    routerId: formatIdentifier(config.routerId),
    // -1: it does not listen.
    port: listen[0]?.port ?? -1,
    listen: everywhere ? null : quotedList(listen.map(({ address }) => address.text)),
    importPolicies: names('-in'),
    exportPolicies: names('-out'),
    neighbours: plan.neighbours.map(neighbourValues),
    prefixSets: prefixSetsOf(plan),
    pathSets: pathSetsOf(plan),
    policies,
  });
  const networks = config.prefixes.map(({ prefix: { text, family } }) => ({
    prefix: text,
    family,
  }));
  return {
    files: [
      { path: 'gobgpd.toml', mode: 0o640, comment: '#', content },
      {
        path: 'networks.sh',
        mode: 0o755,
        comment: '#',
        content: render('gobgp/networks.sh', { networks }),
      },
    ],
    notExpressible: [
      ...commonLosses(config, passwords),
      ...bfdLosses(config),
      ...roleLosses(config),
      ...losses(plan),
    ],
  };
}

function neighbourValues({ neighbour, families, password }: PlannedNeighbour) {
  return {
    ...sessionValues({ neighbour, password }),
    allowOwnAs: neighbour.import.allowOwnAs || null,
    families: families.map(({ family }) => ({
      name: family,
      limit: neighbour.maxPrefixes[family] ?? null,
      warn: neighbour.maxPrefixes.warn,
    })),
  };
}

function pathSetsOf({ neighbours }: Plan) {
  const shared = new Map(
    neighbours.flatMap(({ neighbour }) => refusedPaths(neighbour)).map((set) => [set.name, set]),
  );
  // The length of a path is a condition of its own.
  shared.delete('LONG-PATH');
  const first = neighbours
    .filter(({ neighbour }) => neighbour.import.firstAs === 'refuse')
    .map(({ neighbour: { name, asn } }) => ({
      name: `FIRST-AS-${name}`,
      why: `paths that begin with AS ${asn}`,
      expressions: [`^${asn}_`],
    }));
  return [...shared.values(), ...first].map(({ expressions, ...set }) => ({
    ...set,
    expressions: quotedList(expressions),
  }));
}

function losses(plan: Plan): readonly NotExpressible[] {
  const { neighbours, config } = plan;
  const ports = new Set(config.listen.map(({ port }) => port));
  return [
    ...extendedLosses(plan, (text) => extendedText(text) !== undefined),
    ...neighbours.flatMap(({ neighbour }) => linkLosses(neighbour)),
    ...(ports.size > 1
      ? [{ what: 'listen', why: `it listens on one port, ${config.listen[0]?.port}` }]
      : []),
  ];
}
