/** Namespaces, links and addresses, by iproute2; a few commands for a whole lab. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runWithin } from '../monitor/ipCommand.ts';
import { LabError } from './labError.ts';
import { namespaceOf, namespacePrefix } from './runState.ts';
import type { LabLink, LabNode, LinkEnd, Topology } from './topology.ts';

/** In ms; a machine that is busy takes its time, and half a lab is no use. */
const LIMIT = 60_000;
/** Above anything that a new namespace has. */
const FIRST_INDEX = 100;

/** Output of a command that must succeed; throws LabError. */
export async function mustRun(program: string, ...argv: readonly string[]): Promise<string> {
  const answer = await runWithin(LIMIT, program, ...argv);
  if (answer.ok) return answer.output;
  throw new LabError(`\`${program} ${argv.join(' ')}\`: ${answer.why}`);
}

/** The namespaces with their sysctls: before there are interfaces, which take over the defaults. */
export async function addNamespaces(lab: string, { nodes }: Topology): Promise<void> {
  await Promise.all(
    nodes.map(async ({ name, sysctls }) => {
      const namespace = namespaceOf(lab, name);
      await mustRun('ip', 'netns', 'add', namespace);
      if (sysctls.length === 0) return;
      const settings = sysctls.map(([key, value]) => `${key}=${value}`);
      await mustRun('ip', 'netns', 'exec', namespace, 'sysctl', '-qw', ...settings);
    }),
  );
}

/** One between the ends of a link, which says nothing itself. */
export async function addSilentNamespace(lab: string, name: string): Promise<void> {
  const namespace = namespaceOf(lab, name);
  await mustRun('ip', 'netns', 'add', namespace);
  const settings = ['all', 'default'].map((which) => `net.ipv6.conf.${which}.disable_ipv6=1`);
  await mustRun('ip', 'netns', 'exec', namespace, 'sysctl', '-qw', ...settings);
}

/**
 * Every link, straight into its two namespaces; then what each node has on them. `between`: what a
 * link is laid through, if anything: a namespace, and what its interfaces there are called.
 */
export async function addLinks(
  lab: string,
  topology: Topology,
  folder: string,
  between: (link: LabLink) => readonly [LinkEnd, LinkEnd] | undefined,
): Promise<void> {
  const links = topology.links.flatMap((link, i) => {
    const [a, b] = link.ends;
    // With equal indexes at both ends the kernel may report carrier loss up to a second late.
    const [indexA, indexB] = [FIRST_INDEX + 2 * i, FIRST_INDEX + 2 * i + 1];
    const end = (of: LinkEnd, index: number) =>
      `name ${of.interface} index ${index} netns ${namespaceOf(lab, of.node)}`;
    const pair = (near: LinkEnd, far: LinkEnd) =>
      `link add ${end(near, indexA)} type veth peer ${end(far, indexB)}`;
    const middle = between(link);
    return middle ? [pair(a, middle[0]), pair(middle[1], b)] : [pair(a, b)];
  });
  await runBatch([], links, join(folder, 'links.batch'));
  const middles = topology.links.flatMap((link) => between(link) ?? []);
  await Promise.all(middles.map((end) => endUp(lab, end, undefined)));
  await Promise.all(
    topology.nodes.map((node) =>
      runBatch(
        ['-n', namespaceOf(lab, node.name)],
        nodeCommands(topology, node),
        join(folder, `${node.name}.batch`),
      ),
    ),
  );
}

function nodeCommands({ links }: Topology, { name, commands }: LabNode): readonly string[] {
  const ends = links.flatMap(({ ends }) => ends).filter(({ node }) => node === name);
  return [
    'link set dev lo up',
    ...ends.map((end) => `link set dev ${end.interface} up`),
    ...commands.map((words) => words.filter((word) => !/^(ip|-[46])$/.test(word)).join(' ')),
  ];
}

async function runBatch(options: readonly string[], lines: readonly string[], file: string) {
  writeFileSync(file, `${lines.join('\n')}\n`);
  await mustRun('ip', ...options, '-batch', file);
}

/** What carrier loss at the other end is: this end goes down, and the other keeps its addresses. */
export async function endDown(lab: string, end: LinkEnd): Promise<void> {
  await mustRun('ip', '-n', namespaceOf(lab, end.node), ...setLink(end, 'down'));
}

/** The kernel took the end's routes and IPv6 addresses away when it went down; they are put back. */
export async function endUp(lab: string, end: LinkEnd, node: LabNode | undefined): Promise<void> {
  const namespace = namespaceOf(lab, end.node);
  await mustRun('ip', '-n', namespace, ...setLink(end, 'up'));
  for (const words of node?.commands ?? []) {
    const plain = words.filter((word) => !/^(ip|-[46])$/.test(word));
    const again = plain.map((word, i) => (i === 1 && word === 'add' ? 'replace' : word));
    // Of another link, it may be impossible at the moment; that link's own end puts it back.
    await runWithin(LIMIT, 'ip', '-n', namespace, ...again);
  }
}

function setLink(end: LinkEnd, state: 'up' | 'down'): readonly string[] {
  return ['link', 'set', 'dev', end.interface, state];
}

/** The namespaces of a lab that are there, whatever its state says. */
export async function namespacesOf(lab: string): Promise<readonly string[]> {
  const text = await mustRun('ip', 'netns', 'list');
  const names = text.split('\n').map((line) => line.split(' ')[0] ?? '');
  return names.filter((name) => name.startsWith(namespacePrefix(lab)));
}

/** Everything that runs in a namespace. */
export async function pidsIn(namespace: string): Promise<readonly number[]> {
  const answer = await runWithin(LIMIT, 'ip', 'netns', 'pids', namespace);
  return answer.ok ? answer.output.split('\n').filter(Boolean).map(Number) : [];
}

export async function deleteNamespace(namespace: string): Promise<void> {
  await mustRun('ip', 'netns', 'del', namespace);
}
