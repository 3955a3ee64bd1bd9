/**
 * ExaBGP with its own healthcheck, which is how it is used at an edge: the prefixes that need a
 * check are announced by the healthcheck, the others by its file.
 */

import { join } from 'node:path';
import type { Config } from '../../config/config.ts';
import { formatIdentifier } from '../../net/address.ts';
import { connected } from '../daemons/connections.ts';
import type { Daemon } from '../daemons/daemon.ts';
import { configOfNode } from '../daemons/multihomed.ts';

const CURL = '/usr/bin/curl';
const PYTHON = '/usr/bin/python3';

export const exabgpPlayer: Daemon = {
  package: 'exabgp curl',
  programs: ['/usr/sbin/exabgp', CURL, PYTHON],
  files: ({ node }) => [{ name: 'exabgp.conf', text: exabgpText(configOfNode(node)) }],
  commands: ({ home }) => [
    {
      name: 'exabgp',
      argv: [
        '/usr/bin/env',
        // It runs its processes as this user, and is started in the lab's own folder.
        ...['exabgp.daemon.user=root', 'exabgp.api.cli=false', 'exabgp.log.level=INFO'],
        ...['/usr/sbin/exabgp', join(home, 'exabgp.conf')],
      ],
    },
  ],
  ready: async () => true,
  // It has no command that tells.
  established: connected,
};

function exabgpText(config: Config): string {
  const { prefixes, checks, upstreams } = config;
  const guarded = prefixes.filter(({ needs }) => needs !== undefined);
  const free = prefixes.filter(({ needs }) => needs === undefined);
  const check = checks.find(({ probe }) => probe.kind === 'http');
  const url = check?.probe.kind === 'http' ? check.probe.url : undefined;
  const hasCheck = url !== undefined && guarded.length > 0;
  const process = [
    'process healthcheck {',
    `  run ${PYTHON} -m exabgp healthcheck --no-syslog --no-ip-setup --withdraw-on-down ${[
      ...['--interval 1', '--fast-interval 1', '--timeout 1', '--rise 2', '--fall 2'],
      ...guarded.map(({ prefix }) => `--ip ${prefix.text}`),
    ].join(' ')} --command "${CURL} -fsS -m 1 -o /dev/null ${url}";`,
    '  encoder text;',
    '}',
  ];
  return [
    ...(hasCheck ? process : []),
    ...upstreams.flatMap(({ address, asn, localAddress, holdTime }) => [
      `neighbor ${address.text} {`,
      `  router-id ${formatIdentifier(config.routerId)};`,
      `  local-address ${localAddress?.text};`,
      `  local-as ${config.asn};`,
      `  peer-as ${asn};`,
      `  hold-time ${holdTime};`,
      '  family { ipv4 unicast; }',
      ...(hasCheck ? ['  api { processes [ healthcheck ]; }'] : []),
      '  announce { ipv4 {',
      ...(hasCheck ? free : prefixes).map(
        ({ prefix }) => `    unicast ${prefix.text} next-hop self;`,
      ),
      '  } }',
      '}',
    ]),
    '',
  ].join('\n');
}
