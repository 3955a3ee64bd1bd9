/**
 * `multihomed check --preflight`: what of this machine, beside what `check` looks at in any case, is
 * not as the file needs it: the kernel's settings, who has our ports, what this user may do.
 */

import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { type Config, neighboursOf } from '../config/config.ts';
import { settingsOf } from '../daemon/kernelSettings.ts';
import { kernelFindings, type ReadSetting } from '../generate/preflight.ts';
import type { Interfaces } from '../generate/transitLinks.ts';
import type { PathFact } from '../monitor/link.ts';
import { formatEndpoint } from '../net/address.ts';
import { errorCode } from '../net/errorText.ts';

export interface PreflightFinding {
  /** A setting, a port, a capability. */
  readonly subject: string;
  readonly cause: string;
  readonly consequence: string;
  /** A command, or what else to do. */
  readonly mend: string;
}

const BFD_PORT = 3784;

/** `read`: the kernel's settings, but for tests. */
export async function preflight(
  config: Config,
  paths: ReadonlyMap<string, PathFact>,
  read: ReadSetting = settingsOf(),
): Promise<readonly PreflightFinding[]> {
  const ports = await Promise.all([listening(config), watching(config)]);
  return [
    ...kernelFindings(config, interfacesIn(paths), read).map(
      ({ setting, cause, consequence, mend }) => ({ subject: setting, cause, consequence, mend }),
    ),
    ...ports.flat(),
  ];
}

/** As text, each finding in three lines; one line when there is none. */
export function preflightText(findings: readonly PreflightFinding[]): readonly string[] {
  if (findings.length === 0) return ['preflight: this machine is as the file needs it'];
  return findings.flatMap(({ cause, consequence, mend }) => [
    `preflight: ${cause}`,
    `  so: ${consequence}`,
    `  do: ${mend}`,
  ]);
}

function interfacesIn(paths: ReadonlyMap<string, PathFact>): Interfaces {
  const known = [...paths].flatMap(([name, path]) =>
    path.interface === undefined ? [] : [[name, path.interface] as const],
  );
  return new Map(known);
}

async function listening({ listen }: Config): Promise<readonly PreflightFinding[]> {
  const found = await Promise.all(
    listen.map(async ({ address, port }) => {
      const where = formatEndpoint(address.text, port);
      const code = await tryTcp(address.text, port);
      if (code !== 'EADDRINUSE' && code !== 'EADDRNOTAVAIL') return [];
      const taken = code === 'EADDRINUSE';
      return [
        {
          subject: where,
          cause: taken ? `something listens on ${where} already` : `${where} is not ours`,
          consequence: 'unless that is this daemon itself, it would not start',
          mend: taken ? `ss -ltnp 'sport = :${port}'` : `ip address add ${address.text} dev lo`,
        },
      ];
    }),
  );
  return found.flat();
}

/** Undefined: it could be had. */
function tryTcp(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(errorCode(error)));
    server.listen({ host, port, ipv6Only: true, exclusive: true }, () => {
      server.close(() => resolve(undefined));
    });
  });
}

async function watching(config: Config): Promise<readonly PreflightFinding[]> {
  const families = new Set(
    neighboursOf(config).flatMap(({ bfd, address, multihop }) =>
      bfd && multihop === 1 ? [address.family] : [],
    ),
  );
  const found = await Promise.all(
    [...families].map(async (family) => {
      const code = await tryUdp(family === 'ipv4' ? 'udp4' : 'udp6');
      if (code !== 'EADDRINUSE') return [];
      return [
        {
          subject: `UDP port ${BFD_PORT}`,
          cause: `something listens on UDP port ${BFD_PORT} (${family}) already`,
          consequence:
            'unless that is this daemon itself, BFD does not run, and `strict` sessions stay down',
          mend: `ss -lunp 'sport = :${BFD_PORT}'`,
        },
      ];
    }),
  );
  return found.flat();
}

function tryUdp(type: 'udp4' | 'udp6'): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket({ type, ipv6Only: true });
    socket.once('error', (error) => {
      socket.close();
      resolve(errorCode(error));
    });
    socket.bind({ port: BFD_PORT, exclusive: true }, () => socket.close(() => resolve(undefined)));
  });
}
