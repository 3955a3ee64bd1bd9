/**
 * Links that lose and delay frames: by the kernel's netem where it has that, else by a relay
 * (`relay/relay.ts`), which such a link is then laid through from the begin.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ipEnvironment } from '../monitor/ipCommand.ts';
import type { Lab } from './lab.ts';
import { LabError } from './labError.ts';
import { addLinks, addSilentNamespace, endDown, endUp, mustRun } from './namespaces.ts';
import { isAlive, signal } from './processId.ts';
import { type Degradation, WHOLE } from './relay/fate.ts';
import { canRelay } from './relay/packetSocket.ts';
import { RELAY_ENDS, RELAY_READY, type RelayPlan } from './relay/relay.ts';
import { namespaceOf } from './runState.ts';
import type { LabLink, LinkEnd } from './topology.ts';
import { waitFor } from './wait.ts';

export const MEANS = ['netem', 'relay'] as const;

export type Means = (typeof MEANS)[number];

/** What of a lab can be degraded while it is up. */
export interface Degradable {
  readonly means: Means;
  readonly links: readonly LabLink[];
}

/** Any will do, as long as it is the same each time. */
const SEED = 4271;
/** In ms. */
const START_LIMIT = 30_000;
/** Of a question to the kernel, in ms. */
const PROBE_LIMIT = 5000;

let found: { readonly means: Means | undefined } | undefined;

/** Undefined: neither. The kernel is asked once, in a namespace that goes with its process. */
export function meansHere(): Means | undefined {
  found ??= { means: knowsNetem() ? 'netem' : canRelay() ? 'relay' : undefined };
  return found.means;
}

function knowsNetem(): boolean {
  const argv = ['-n', 'tc', 'qdisc', 'add', 'dev', 'lo', 'root', 'netem', 'limit', '1'];
  const options = { stdio: 'ignore', env: ipEnvironment(), timeout: PROBE_LIMIT } as const;
  return spawnSync('unshare', argv, options).status === 0;
}

/** Which of a lab's links are laid through a relay. */
export function relayedOf(degradable: Degradable | undefined): readonly LabLink[] {
  return degradable?.means === 'relay' ? degradable.links : [];
}

/** Every link of a lab, and the relays that some of them need, each carrying frames. */
export async function layLinks(lab: Lab): Promise<void> {
  const { topology, name, degradable, progress } = lab.options;
  const relayed = relayedOf(degradable);
  await Promise.all(relayed.map((link) => addSilentNamespace(name, relayName(link))));
  await addLinks(name, topology, lab.folder, (link) => {
    if (!relayed.includes(link)) return undefined;
    const node = relayName(link);
    const [near, far] = RELAY_ENDS;
    return [
      { node, interface: near },
      { node, interface: far },
    ];
  });
  await Promise.all(relayed.map((link) => startRelay(lab, link)));
  if (relayed.length > 0) progress('degraded links go through a relay: this kernel has no netem');
}

/** What stands for a node; no node has a dot in its name. */
function relayName({ ends: [a] }: LabLink): string {
  return `relay.${a.node}.${a.interface}`;
}

/** Its namespace and its interfaces are there. Resolves when it carries frames. */
async function startRelay(lab: Lab, link: LabLink): Promise<void> {
  const name = relayName(link);
  const home = homeOf(lab, link);
  mkdirSync(home, { mode: 0o755 });
  const file = join(home, 'relay.json');
  writePlan(file, WHOLE);
  const argv = [...lab.options.self, 'lab', 'play', 'relay', file];
  const where = { node: { name, environment: [] }, home };
  const id = lab.startProgram(where, { name: 'relay', argv });
  const log = () => readFileSync(join(home, 'relay.log'), 'utf8');
  await waitFor(
    () => `${name}: ${log()}`,
    START_LIMIT,
    async () => {
      if (!isAlive(id)) throw new LabError(`${name} ended at its start: ${log()}`);
      return log().includes(RELAY_READY);
    },
    lab.options.signal,
  );
}

/** Both directions, at once. */
export async function degrade(lab: Lab, link: LabLink, degradation: Degradation): Promise<void> {
  if (lab.options.degradable?.means === 'netem') {
    await Promise.all(link.ends.map((end) => setNetem(lab.options.name, end, degradation)));
    return;
  }
  writePlan(join(homeOf(lab, link), 'relay.json'), degradation);
  const relay = lab.programs.findLast(({ node }) => node === relayName(link));
  if (relay) signal(relay, 'SIGHUP');
}

/** With a relay between them, neither end would see the other go. */
export async function setRelayEnd(lab: Lab, link: LabLink, end: LinkEnd, isUp: boolean) {
  const side = link.ends.indexOf(end) === 0 ? RELAY_ENDS[0] : RELAY_ENDS[1];
  const own = { node: relayName(link), interface: side };
  await (isUp ? endUp(lab.options.name, own, undefined) : endDown(lab.options.name, own));
}

async function setNetem(lab: string, end: LinkEnd, { loss, delay }: Degradation): Promise<void> {
  const namespace = namespaceOf(lab, end.node);
  const words = ['loss', `${loss}%`, 'delay', `${delay}ms`];
  const qdisc = ['qdisc', 'replace', 'dev', end.interface, 'root', 'netem'];
  await mustRun('tc', '-n', namespace, ...qdisc, ...words);
}

function writePlan(file: string, degradation: Degradation): void {
  const plan: RelayPlan = { ...degradation, seed: SEED };
  writeFileSync(file, JSON.stringify(plan));
}

function homeOf({ folder }: Lab, link: LabLink): string {
  return join(folder, relayName(link));
}
