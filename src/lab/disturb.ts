/** What is done to a lab while it runs. Everything is undone by taking it down. */

import { degrade, relayedOf, setRelayEnd } from './degradedLinks.ts';
import type { Step } from './experiment.ts';
import type { Lab } from './lab.ts';
import { LabError } from './labError.ts';
import { endDown, endUp } from './namespaces.ts';
import { isAlive, signal } from './processId.ts';
import { WHOLE } from './relay/fate.ts';
import type { StartedProgram } from './runState.ts';
import { type LabLink, nodeOf, type Topology } from './topology.ts';
import { waitFor } from './wait.ts';

/** In ms, for a killed program to be gone. */
const GONE_LIMIT = 10_000;

/** Resolves when it is done; what follows from it is for others to see. Throws LabError. */
export async function perform(lab: Lab, step: Step): Promise<void> {
  if (step.link) return onLink(lab, step, step.link);
  const node = step.node ?? '';
  switch (step.deed) {
    case 'freeze':
      return tell(programsOf(lab, step), 'SIGSTOP');
    case 'thaw':
      return tell(programsOf(lab, step), 'SIGCONT');
    case 'kill':
      return end(programsOf(lab, step), 'SIGKILL');
    case 'stop':
      // Its end may take long, and what happens meanwhile is the experiment.
      return tell(programsOf(lab, step), 'SIGTERM');
    default:
      return start(lab, node, step.program);
  }
}

async function onLink(lab: Lab, { deed, degradation }: Step, names: readonly [string, string]) {
  const { topology, name, degradable } = lab.options;
  const { link, near, far } = endsOf(topology, names);
  const isRelayed = relayedOf(degradable).includes(link);
  switch (deed) {
    case 'cut':
      await endDown(name, far);
      if (isRelayed) await setRelayEnd(lab, link, near, false);
      return;
    case 'restore':
      if (isRelayed) await setRelayEnd(lab, link, near, true);
      await endUp(name, far, nodeOf(topology, far.node));
      if (degradable?.links.includes(link)) await degrade(lab, link, WHOLE);
      return;
    case 'degrade':
      return degrade(lab, link, degradation);
    default:
      return resetSession(lab, names);
  }
}

/** Faults that can be told before anything is created. */
export function stepFaults(topology: Topology, steps: readonly Step[]): readonly string[] {
  return steps.flatMap(({ link, node }) => {
    if (node !== undefined && !nodeOf(topology, node)) return [`there is no node ${node}`];
    return link && !linkBetween(topology, link) ? [`there is no link ${link.join(' - ')}`] : [];
  });
}

/** Links that one of the steps degrades. */
export function degradedLinks(topology: Topology, steps: readonly Step[]): readonly LabLink[] {
  const degrading = steps.filter(({ deed }) => deed === 'degrade');
  return topology.links.filter((each) =>
    degrading.some(({ link }) => link && linkBetween(topology, link) === each),
  );
}

function linkBetween({ links }: Topology, [a, b]: readonly [string, string]) {
  return links.find(({ ends }) => [a, b].every((name) => ends.some(({ node }) => node === name)));
}

/** The second end goes down, so that the first sees its carrier go. */
function endsOf(topology: Topology, names: readonly [string, string]) {
  const link = linkBetween(topology, names);
  const [near, far] = names.map((name) => link?.ends.find(({ node }) => node === name));
  if (link && near && far) return { link, near, far };
  throw new LabError(`there is no link ${names.join(' - ')}`);
}

function programsOf({ programs }: Lab, { node, program }: Step): readonly StartedProgram[] {
  const found = programs.filter(
    (each) => each.node === node && (program === undefined || each.name === program),
  );
  const alive = found.filter(isAlive);
  if (alive.length > 0) return alive;
  throw new LabError(`${program ?? 'nothing'} runs at ${node}`);
}

function tell(programs: readonly StartedProgram[], name: NodeJS.Signals): void {
  for (const program of programs) signal(program, name);
}

async function end(programs: readonly StartedProgram[], name: NodeJS.Signals): Promise<void> {
  tell(programs, name);
  await waitFor(
    () => `${programs.map((program) => program.name).join(', ')} to end`,
    GONE_LIMIT,
    async () => !programs.some(isAlive),
  );
}

async function start(lab: Lab, name: string, program: string | undefined): Promise<void> {
  if (program === undefined) return lab.start(name);
  const place = lab.place(name);
  const found = lab
    .daemonAt(place.node)
    .commands(place)
    .find((command) => command.name === program);
  if (!found) throw new LabError(`${program} is no program of ${name}`);
  lab.startProgram(place, found);
}

/** The kernel at the first node ends its TCP connections with the second. */
async function resetSession(lab: Lab, [near, far]: readonly [string, string]): Promise<void> {
  const neighbours = lab.place(near).neighbours.filter(({ node }) => node === far);
  for (const { address } of neighbours) {
    const answer = await lab.askAt(near)('/usr/bin/ss', '-K', 'dst', `[${address}]`);
    if (!answer.ok)
      throw new LabError(`this kernel ends no connections (\`ss -K\`): ${answer.why}`);
  }
}
