/** BIRD 2: one process, and counters that cost it nothing. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requireOrSkip } from '../../test/support/requirements.ts';
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
import { TextSocket } from './textSocket.ts';

export const bird: SubjectKind = {
  name: 'bird',
  title: 'BIRD',
  obstacle: () => requireOrSkip('bird').skip || undefined,
  async start(plan: SubjectPlan): Promise<Subject> {
    const [file, socket] = [join(plan.directory, 'bird.conf'), join(plan.directory, 'bird.ctl')];
    await writeFile(file, configuration(plan));
    const program = plan.namespace.spawn(
      ...(['bird', 'bird', '-f', '-c', file, '-s', socket] as const),
      ...['-P', join(plan.directory, 'bird.pid')],
    );
    const control = await program.ready(START_LIMIT, () => openControl(socket));
    return {
      pids: [pidOf(program)],
      holding: async () => parseHolding(await control.ask('show protocols all "n*"\n')),
      verify: () => walk(control, plan.own.length),
      withdraw: async () => void (await control.ask('disable changing\n')),
      announce: async () => void (await control.ask('enable changing\n')),
      stop: async () => {
        control.close();
        await program.stop();
      },
    };
  },
};

/** An answer's last line has a space behind its number, all others have a dash. */
const isWhole = (text: string): boolean => /(^|\n)\d{4} [^\n]*\n$/.test(text);

async function openControl(path: string): Promise<TextSocket | undefined> {
  try {
    const control = await TextSocket.open(path, isWhole);
    await control.greeting();
    return control;
  } catch {
    return undefined; // not listening yet
  }
}

/** `Routes:  100 imported, 0 exported, 60 preferred` in each channel of each protocol. */
function parseHolding(text: string): Holding {
  const channels = [...text.matchAll(/(\d+) imported,.*?(\d+) preferred/g)];
  return {
    paths: sum(channels.map(([, paths]) => Number(paths))),
    prefixes: sum(channels.map(([, , preferred]) => Number(preferred))),
    idle: true,
  };
}

/** `100 of 101 routes for 61 networks in table master4`; its own are networks, too. */
async function walk(control: TextSocket, own: number): Promise<Holding> {
  const counts = { paths: 0, prefixes: -own };
  for (const version of [4, 6]) {
    const command = `show route where source = RTS_BGP table master${version} count\n`;
    const found = /(\d+) of \d+ routes for (\d+) networks/.exec(await control.ask(command));
    counts.paths += Number(found?.[1]);
    counts.prefixes += Number(found?.[2]);
  }
  return { ...counts, idle: true };
}

function configuration(plan: SubjectPlan): string {
  const { neighbours, birdFilter = 'accept;' } = plan;
  const [changing, ...own] = plan.own;
  return [
    'log stderr { warning, error, fatal };',
    `router id ${ROUTER_ID};`,
    'protocol device { scan time 10; }',
    `protocol static changing { ipv4; route ${changing} unreachable; }`,
    'protocol static own {',
    '  ipv4;',
    ...own.map((prefix) => `  route ${prefix} unreachable;`),
    '}',
    ...(plan.kernel ? KERNEL : []),
    `filter learned { ${birdFilter} }`,
    ...neighbours.map(protocol),
    '',
  ].join('\n');
}

/** Without these none are installed. */
const KERNEL = ['ipv4', 'ipv6'].map(
  (family) => `protocol kernel { ${family} { export where source = RTS_BGP; }; }`,
);

function protocol({ address, asn }: NeighbourPlan, index: number): string {
  const channel = 'import filter learned; export where source = RTS_STATIC;';
  return [
    `protocol bgp n${index} {`,
    `  local as ${LOCAL_AS};`,
    `  neighbor ${address} as ${asn};`,
    '  direct;',
    `  hold time ${HOLD_TIME};`,
    '  connect delay time 1; connect retry time 1; error wait time 1, 2;',
    `  ipv4 { ${channel} };`,
    `  ipv6 { ${channel} };`,
    '}',
  ].join('\n');
}
