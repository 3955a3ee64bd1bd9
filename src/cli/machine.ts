/** What of this machine a file's promises rest on: interfaces, addresses, low ports, TTLs, programs. */

import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { plainEnvironment } from '../monitor/checks/execProbe.ts';
import { errorCode, errorText } from '../net/errorText.ts';
import { loadSockopt } from '../session/sockopt.ts';

export interface Machine {
  readonly interfaces: ReadonlySet<string>;
  /** Canonical texts; only of interfaces that are up. */
  readonly addresses: ReadonlySet<string>;
  /** Listening on ports under this number needs a privilege that this user lacks; 0: on none. */
  readonly firstFreePort: number;
  /** Whether a socket's TTL can be set, which Node alone cannot. */
  readonly setsTtl: boolean;
  /** Why this user cannot run or read the file; undefined: he can. */
  readonly fileFault: (path: string, to: 'run' | 'read') => string | undefined;
  /** Whether the mode of the file lets every user read it. */
  readonly openToAll: (path: string) => boolean;
  readonly findsPing: boolean;
  /** Whether this user may change the kernel's routes. */
  readonly changesRoutes: boolean;
}

const NET_BIND_SERVICE = 1n << 10n;
const NET_ADMIN = 1n << 12n;

export function readMachine(): Machine {
  const up = networkInterfaces();
  return {
    // networkInterfaces() leaves out those that are down or without an address.
    interfaces: new Set([...Object.keys(up), ...sysInterfaces()]),
    addresses: new Set(
      Object.values(up).flatMap((all) => (all ?? []).map(({ address }) => address)),
    ),
    firstFreePort: mayDo(NET_BIND_SERVICE) ? 0 : unprivilegedPortStart(),
    setsTtl: loadSockopt() !== undefined,
    fileFault,
    openToAll,
    findsPing: findsProgram('ping'),
    changesRoutes: mayDo(NET_ADMIN),
  };
}

function sysInterfaces(): readonly string[] {
  try {
    return readdirSync('/sys/class/net');
  } catch {
    return []; // not Linux, or no sysfs here
  }
}

/** Root without the capability (a container) may not either; without /proc only the uid tells. */
function mayDo(capability: bigint): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(read('/proc/self/status'))?.[1];
  if (effective === undefined) return process.geteuid?.() === 0;
  return (BigInt(`0x${effective}`) & capability) !== 0n;
}

function unprivilegedPortStart(): number {
  const text = read('/proc/sys/net/ipv4/ip_unprivileged_port_start').trim();
  return /^\d+$/.test(text) ? Number(text) : 1024;
}

function fileFault(path: string, to: 'run' | 'read'): string | undefined {
  try {
    if (!statSync(path).isFile()) return 'it is not a file';
    accessSync(path, to === 'run' ? constants.X_OK : constants.R_OK);
    return undefined;
  } catch (error) {
    return FAULTS.get(errorCode(error) ?? '') ?? errorText(error);
  }
}

function openToAll(path: string): boolean {
  try {
    return (statSync(path).mode & 0o004) !== 0;
  } catch {
    return false; // whoever reads it says so
  }
}

const FAULTS = new Map([
  ['ENOENT', 'there is no such file'],
  ['ENOTDIR', 'there is no such file'],
  ['EACCES', 'no permission'],
]);

/** In the PATH that probes have. */
function findsProgram(name: string): boolean {
  const path = plainEnvironment().PATH ?? '';
  return path.split(':').some((directory) => fileFault(join(directory, name), 'run') === undefined);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
