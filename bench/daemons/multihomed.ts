/** Our own program as it is built, with an import policy as open as the others have it. */

import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requireOrSkip } from '../../test/support/requirements.ts';
import { PROGRAM } from '../paths.ts';
import { ControlSocket } from './controlSocket.ts';
import { pidOf } from './started.ts';
import {
  HOLD_TIME,
  type Holding,
  LOCAL_AS,
  type NeighbourPlan,
  ROUTER_ID,
  START_LIMIT,
  type Subject,
  type SubjectKind,
  type SubjectPlan,
  sum,
} from './subject.ts';

/** The parts that are used of `GET /v1/sessions`. */
interface Sessions {
  readonly sessions: readonly {
    readonly session: { readonly learned: Readonly<Record<'ipv4' | 'ipv6', Learned>> };
  }[];
}

interface Learned {
  readonly received: number;
  readonly accepted: number;
  /** How many of them are the best path to their prefix. */
  readonly best: number;
}

/** A line of `GET /v1/routes`. */
interface Route {
  readonly paths: readonly { readonly state: string }[];
}

/**
 * With more paths than this the walk, which makes text of each, would take longer than all else and
 * leave garbage in the memory that is measured; quick runs have less, and CI has those.
 */
const WALKABLE = 300_000;

/** Everything is taken, as the others take it. */
const OPEN_IMPORT = {
  ...{ bogons: 'accept', 'own-prefixes': 'accept', 'long-paths': 'accept', 'as-set': 'accept' },
  ...{ 'first-as': 'accept', 'private-as': 'accept', 'reserved-as': 'accept' },
  'max-length': { ipv4: 32, ipv6: 128 },
};

export const multihomed: SubjectKind = {
  name: 'multihomed',
  title: 'multihomed',
  obstacle: () =>
    requireOrSkip().skip || (existsSync(PROGRAM) ? undefined : 'not built: npm run build'),
  start: (plan) => start(plan, 'order'),
};

/** The same, but the file is changed and read again. */
export const multihomedByFile: SubjectKind = {
  ...multihomed,
  name: 'multihomed-by-file',
  title: 'multihomed, file',
  start: (plan) => start(plan, 'file'),
};

/** `by`: how a prefix is withdrawn, and announced again. */
async function start(plan: SubjectPlan, by: 'order' | 'file'): Promise<Subject> {
  const file = join(plan.directory, 'multihomed.yaml');
  const socket = join(plan.directory, 'control.sock');
  const configure = (own: readonly string[]) => writeFile(file, configuration(plan, socket, own));
  await configure(plan.own);
  const variables = Object.entries(plan.environment).map(([name, value]) => `${name}=${value}`);
  // With nothing else in it, as a service manager gives it: what is set for Node here is no part of us.
  const environment = ['-i', `PATH=${process.env.PATH ?? '/usr/sbin:/usr/bin:/sbin:/bin'}`];
  const argv = ['env', ...environment, ...variables, process.execPath, PROGRAM, 'run', '-c', file];
  const program = plan.namespace.spawn('multihomed', ...argv);
  const control = new ControlSocket(socket);
  await program.ready(START_LIMIT, () => control.get('/v1/status').then(Boolean, () => false));
  const holding = async () => parseSessions(JSON.parse(await control.get('/v1/sessions')));
  const reload = async (own: readonly string[]) => {
    await configure(own);
    await control.post('/v1/reload');
  };
  return {
    pids: [pidOf(program)],
    holding,
    verify: async () => {
      const counted = await holding();
      return counted.paths > WALKABLE ? counted : walk(control);
    },
    ...(by === 'order'
      ? ordering(control, plan.own[0])
      : {
          withdraw: () => reload(plan.own.slice(1)),
          announce: () => reload(plan.own),
        }),
    stop: () => program.stop(),
  };
}

/** `multihomed withdraw PREFIX`, and its undoing. */
function ordering(control: ControlSocket, prefix: string): Pick<Subject, 'withdraw' | 'announce'> {
  const query = `prefix=${encodeURIComponent(prefix)}`;
  return {
    withdraw: async () => void (await control.post(`/v1/orders?${query}&action=withdraw`)),
    announce: async () => void (await control.delete(`/v1/orders?${query}`)),
  };
}

function parseSessions({ sessions }: Sessions): Holding {
  const families = sessions.flatMap(({ session: { learned } }) => [learned.ipv4, learned.ipv6]);
  return {
    paths: sum(families.map(({ accepted }) => accepted)),
    prefixes: sum(families.map(({ best }) => best)),
    idle: true,
  };
}

/** Not by its counters: by all that it shows. */
async function walk(control: ControlSocket): Promise<Holding> {
  const counts = { paths: 0, prefixes: 0 };
  for await (const line of control.lines('/v1/routes?state=accepted')) {
    const { paths }: Route = JSON.parse(line);
    counts.paths += paths.length;
    counts.prefixes += paths.filter(({ state }) => state === 'best').length;
  }
  return { ...counts, idle: true };
}

/** JSON is YAML. */
function configuration(plan: SubjectPlan, socket: string, own: readonly string[]): string {
  const upstream = ({ address, asn, localIpv6 }: NeighbourPlan) => ({
    ...{ asn, address, 'hold-time': `${HOLD_TIME}s`, 'connect-retry': '1s' },
    families: ['ipv4', 'ipv6'],
    'next-hop': { ipv6: localIpv6 },
    // A prefix comes and goes here as fast as it can.
    damping: 'none',
    ...(plan.birdFilter === undefined ? { import: OPEN_IMPORT } : {}),
    'max-prefixes': { ipv4: 'none', ipv6: 'none' },
  });
  return JSON.stringify({
    asn: LOCAL_AS,
    'router-id': ROUTER_ID,
    listen: 'none',
    control: { socket },
    log: { level: 'warn' },
    ...(plan.kernel ? { kernel: { install: 'full', anchor: false } } : {}),
    prefixes: own,
    upstreams: Object.fromEntries(
      plan.neighbours.map((neighbour, i) => [`n${i}`, upstream(neighbour)]),
    ),
  });
}
