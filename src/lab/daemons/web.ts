/** A web server that says where it is, at port 8080, and HAProxy before it, at port 80. */

import { join } from 'node:path';
import { isListening } from './connections.ts';
import type { Daemon } from './daemon.ts';

const BACKEND = 8080;

export const web: Daemon = {
  package: 'haproxy',
  programs: ['/usr/sbin/haproxy'],
  files: () => [{ name: 'haproxy.cfg', text: haproxyText() }],
  commands: ({ home, self }) => [
    { name: 'web', argv: [...self, 'lab', 'play', 'web', String(BACKEND)] },
    {
      name: 'haproxy',
      argv: ['/usr/sbin/haproxy', '-db', '-f', join(home, 'haproxy.cfg')],
    },
  ],
  ready: (_place, ask, program) => isListening(ask, program === 'web' ? BACKEND : 80),
  established: async () => new Set<string>(),
};

/** haproxy.cfg, here and in containerlab. */
export function haproxyText(): string {
  return `${[
    'global',
    '  maxconn 1000',
    'defaults',
    '  mode http',
    '  timeout connect 500ms',
    '  timeout client 5s',
    '  timeout server 2s',
    '  retries 0',
    'listen web',
    '  bind :80',
    '  bind [::]:80 v6only',
    `  server local 127.0.0.1:${BACKEND}`,
  ].join('\n')}\n`;
}
