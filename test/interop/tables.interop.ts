/**
 * Real tables in our RIB and in BIRD's: two recorded full tables of 2010, under their peers' AS
 * numbers, must become the same paths of the same neighbours with the same best one, prefix by
 * prefix. Once everything is taken; once our default policy is in force, and BIRD has a filter
 * written by hand after the documentation of that policy.
 */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t from 'tap';
import { bird } from '../../bench/daemons/bird.ts';
import { ControlSocket } from '../../bench/daemons/controlSocket.ts';
import { multihomed } from '../../bench/daemons/multihomed.ts';
import { LOCAL_AS, type SubjectKind } from '../../bench/daemons/subject.ts';
import { RECORDED_TABLE } from '../../bench/paths.ts';
import { quiet } from '../../bench/settle.ts';
import { addresses, onStage, type Stage } from '../../bench/stage.ts';
import { recorded } from '../../bench/table/store.ts';
import { neighboursOf } from '../../bench/tableRun.ts';
import { requireOrSkip } from '../support/requirements.ts';

/** Our default import policy in BIRD's words. The names of its neighbours are n0 and n1. */
const FILTER = `
  if bgp_path.len > 64 then reject;
  if bgp_path ~ [0, 23456, 64512..65535, 4200000000..4294967295, ${LOCAL_AS}] then reject;
  # A path whose end is an AS_SET; the recorded ones are all there.
  if bgp_path.last != bgp_path.last_nonaggregated then reject;
  if proto = "n0" && bgp_path.first != 4777 then reject;
  if proto = "n1" && bgp_path.first != 2497 then reject;
  if net.type = NET_IP4 then {
    if net.len > 24 then reject;
    if net ~ [0.0.0.0/8{8,32}, 10.0.0.0/8+, 100.64.0.0/10+, 127.0.0.0/8+, 169.254.0.0/16+,
      172.16.0.0/12+, 192.0.0.0/24+, 192.0.2.0/24+, 192.88.99.0/24+, 192.168.0.0/16+,
      198.18.0.0/15+, 198.51.100.0/24+, 203.0.113.0/24+, 224.0.0.0/4+, 240.0.0.0/4+] then reject;
  }
  accept;
`;

/** What a daemon has for each prefix: `n0 n1*`, the neighbours in their order, the best one marked. */
type Paths = ReadonlyMap<string, string>;

/** How long a daemon may take to take everything in, in ms. */
const LIMIT = 90_000;

const { skip } = requireOrSkip('bird');
const missing = existsSync(RECORDED_TABLE) ? false : `${RECORDED_TABLE} is not there`;

for (const [words, birdFilter] of [
  ['an open policy', undefined],
  ['the default policy', FILTER],
] as const) {
  t.test(
    `two recorded tables with ${words} are the same in BIRD`,
    {
      skip: skip || missing,
    },
    async (t) => {
      const ours = await load(multihomed, birdFilter, ourPaths);
      const theirs = await load(bird, birdFilter, birdPaths);
      t.equal(ours.size, theirs.size, 'as many prefixes');
      const fed = recorded(addresses(2)).union.ipv4;
      if (birdFilter === undefined) t.equal(ours.size, fed, 'all that were fed');
      else t.ok(ours.size > 0.9 * fed && ours.size < fed, 'some were refused');
      const prefixes = [...new Set([...ours.keys(), ...theirs.keys()])];
      const different = prefixes.filter((prefix) => ours.get(prefix) !== theirs.get(prefix));
      const shown = different.slice(0, 10).map((prefix) => ({
        prefix,
        ours: ours.get(prefix),
        theirs: theirs.get(prefix),
      }));
      t.same(shown, [], `no prefix differs (${different.length} do)`);
    },
  );
}

async function load(
  kind: SubjectKind,
  birdFilter: string | undefined,
  read: (stage: Stage) => Promise<Paths>,
): Promise<Paths> {
  const workload = recorded(addresses(2));
  const filtering = birdFilter === undefined ? {} : { birdFilter };
  return onStage(kind, { neighbours: neighboursOf(workload), ...filtering }, async (stage) => {
    const sent = stage.feeder.times('sent', workload.tables.length, LIMIT);
    stage.feeder.order({ order: 'send' });
    await sent;
    await quiet(stage); // the kernel has all of it; the daemon has once it stops working
    return read(stage);
  });
}

interface Route {
  readonly prefix: string;
  readonly paths: readonly { readonly neighbour: string; readonly state: string }[];
}

async function ourPaths({ directory }: Stage): Promise<Paths> {
  const control = new ControlSocket(join(directory, 'control.sock'));
  const found = new Map<string, string>();
  for await (const line of control.lines('/v1/routes?state=accepted&family=ipv4')) {
    const { prefix, paths }: Route = JSON.parse(line);
    const marked = paths.map(({ neighbour, state }) => neighbour + (state === 'best' ? '*' : ''));
    found.set(prefix, marked.sort().join(' '));
  }
  return found;
}

/**
 * `1.0.0.0/24           unicast [n1 14:20:06.000] * (100) [AS15169i]`, and for the further paths of
 * the prefix the same without it; under each is how it is reached. Our own are `unreachable`.
 */
const BIRD_PATH = /^(\S*)\s+unicast \[(n\d) [^\]]*\]( \*)?/;

async function birdPaths({ directory }: Stage): Promise<Paths> {
  const argv = ['-s', join(directory, 'bird.ctl'), 'show', 'route', 'table', 'master4'];
  const birdc = spawn('birdc', argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const found = new Map<string, string[]>();
  let prefix = '';
  for await (const line of createInterface(birdc.stdout)) {
    const path = BIRD_PATH.exec(line);
    if (!path) continue;
    prefix = path[1] || prefix;
    const marked = `${path[2]}${path[3] ? '*' : ''}`;
    found.set(prefix, [...(found.get(prefix) ?? []), marked]);
  }
  return new Map([...found].map(([key, paths]) => [key, paths.sort().join(' ')]));
}
