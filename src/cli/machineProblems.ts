/**
 * Where a good file and this machine disagree. Warnings, since the file may be checked elsewhere
 * than where it will run.
 */

import { type CheckConfig, nameInFile } from '../config/checkConfig.ts';
import { type Config, type Neighbour, neighboursOf } from '../config/config.ts';
import type { Locate, NodePath } from '../config/locate.ts';
import type { Problem } from '../config/problem.ts';
import type { PathFact } from '../monitor/link.ts';
import { checkWords } from './checkProblems.ts';
import type { Machine } from './machine.ts';

/** `paths`: what was derived for neighbours whose interface the file leaves open, by name. */
export function machineProblems(
  config: Config,
  machine: Machine,
  paths: ReadonlyMap<string, PathFact>,
  locate: Locate,
): readonly Problem[] {
  const warn = (path: NodePath, words: Words): Problem => ({
    severity: 'warning',
    ...locate(path),
    path: path.join('.'),
    ...words,
  });
  return [
    ...lowPorts(config, machine).map((port) => warn(['listen'], portWords(port))),
    ...(machine.setsTtl ? [] : [warn(['upstreams'], TTL_WORDS)]),
    ...(config.kernel && !machine.changesRoutes ? [warn(['kernel'], KERNEL_WORDS)] : []),
    ...neighboursOf(config).flatMap((neighbour) =>
      neighbourWords(neighbour, config, machine, paths.get(neighbour.name)).map(([key, words]) =>
        warn([SECTION[neighbour.kind], neighbour.name, ...(key === '' ? [] : [key])], words),
      ),
    ),
    ...checksOnce(config).flatMap((check) =>
      checkWords(check, machine).map(([key, words]) => warn(['checks', check.name, key], words)),
    ),
  ];
}

/** By their names in the file: what several upstreams are probed by is in it once. */
function checksOnce({ checks }: Config): readonly CheckConfig[] {
  const byName = new Map<string, CheckConfig>();
  for (const check of checks) {
    const name = nameInFile(check);
    byName.set(name, { ...check, name });
  }
  return [...byName.values()];
}

function lowPorts({ listen }: Config, { firstFreePort }: Machine): readonly number[] {
  const ports = new Set(listen.map(({ port }) => port));
  return [...ports].filter((port) => port > 0 && port < firstFreePort);
}

type Words = Pick<Problem, 'cause' | 'consequence' | 'mend'>;

/** Where the file has them. */
const SECTION = {
  upstream: 'upstreams',
  downstream: 'downstreams',
  internal: 'internal',
} as const;

function neighbourWords(
  neighbour: Neighbour,
  { listen }: Config,
  machine: Machine,
  path: PathFact | undefined,
): readonly (readonly [string, Words])[] {
  const { interface: device, localAddress, multihop } = neighbour;
  const found: (readonly [string, Words])[] = [];
  if (device !== undefined && !machine.interfaces.has(device)) {
    found.push(['interface', interfaceWords(device, machine)]);
  }
  if (localAddress && !machine.addresses.has(localAddress.text)) {
    found.push(['local-address', addressWords(localAddress.text)]);
  }
  if (isOurselves(neighbour, machine, listen)) {
    found.push(['address', ourselvesWords(neighbour.address.text)]);
  }
  // With multihop the file's own judgement has said it already.
  if (device === undefined && multihop === 1 && path?.interface === undefined) {
    found.push(['address', routeWords(neighbour.address.text)]);
  }
  if (neighbour.password?.kind === 'file' && machine.openToAll(neighbour.password.path)) {
    found.push(['password', openWords(neighbour.password.path)]);
  }
  if (neighbour.bfd && !machine.setsTtl) found.push(['bfd', BFD_WORDS]);
  const probes = neighbour.kind === 'upstream' ? (neighbour.reachability?.probes ?? []) : [];
  if (probes.length > 0 && !machine.setsTtl) found.push(['reachability', PROBE_WORDS]);
  return found;
}

/**
 * Loopback aside, where labs have neighbours: both ends of a link in the wrong order. Where we listen at
 * other addresses alone, it is another daemon's; at this very one, the file's own judgement has said it.
 */
function isOurselves(
  { address, port }: Neighbour,
  { addresses }: Machine,
  listen: Config['listen'],
): boolean {
  const loopback = address.text === '::1' || address.text.startsWith('127.');
  const ours = listen.some((own) => {
    const everywhere = own.address.octets.every((octet) => octet === 0);
    return everywhere && own.address.family === address.family && own.port === port;
  });
  return !loopback && ours && addresses.has(address.text);
}

const TTL_WORDS: Words = {
  cause: 'the optional package koffi, which sets the TTL of sockets, cannot be loaded here',
  consequence:
    'multihop does not apply: packets to every neighbour leave with the TTL of the kernel, 64 by default',
  mend: 'run `npm install` without --omit=optional beside multihomed, on Linux',
};

const BFD_WORDS: Words = {
  cause: 'the optional package koffi, which BFD needs for its sockets, cannot be loaded here',
  consequence: 'BFD does not run; with `strict` the session never comes up',
  mend: 'run `npm install` without --omit=optional beside multihomed, on Linux',
};

const PROBE_WORDS: Words = {
  cause: 'the optional package koffi, which binds probes to an interface, cannot be loaded here',
  consequence:
    'probes of kind tcp and http through this upstream do not run, and no sign comes of it',
  mend: 'run `npm install` without --omit=optional beside multihomed, on Linux; ping and exec do without',
};

const KERNEL_WORDS: Words = {
  cause: "this user may not change the kernel's routes",
  consequence: 'run by this user, the daemon announces, and puts neither anchors nor a default in',
  mend: 'run it as root, or give it CAP_NET_ADMIN (AmbientCapabilities= in systemd)',
};

function portWords(port: number): Words {
  return {
    cause: `this user may not listen on port ${port}`,
    consequence: 'run by this user, the daemon would not start',
    mend: 'run it as root, or give it CAP_NET_BIND_SERVICE (AmbientCapabilities= in systemd), or say `listen: none` to only connect out',
  };
}

function interfaceWords(device: string, { interfaces }: Machine): Words {
  const known = [...interfaces].sort().join(', ');
  return {
    cause: `there is no interface ${device} on this machine`,
    consequence: 'the link counts as down and nothing is announced there until it appears',
    mend: `create it, or correct the name${known === '' ? '' : `; there are ${known}`}`,
  };
}

function ourselvesWords(address: string): Words {
  return {
    cause: `${address} is an address of this machine`,
    consequence: 'the daemon would connect to itself, and no session comes up',
    mend: "write the neighbour's address, at the other end of the link",
  };
}

function openWords(path: string): Words {
  return {
    cause: `every user of this machine may read ${path}`,
    consequence: 'who has the key can end the session, or pass for the neighbour',
    mend: `chmod o= ${path}`,
  };
}

function addressWords(address: string): Words {
  return {
    cause: `no interface that is up has the address ${address}`,
    consequence: 'the session cannot connect out until one has',
    mend: 'add it to an interface, or correct it; without local-address the kernel chooses',
  };
}

function routeWords(address: string): Words {
  return {
    cause: `no connected route leads to ${address}, so its interface could not be derived`,
    consequence: 'a dead link is noticed only when the hold timer expires',
    mend: 'name its link with `interface`, or give this machine an address in its subnet',
  };
}
