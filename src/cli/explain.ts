/** `multihomed explain PREFIX`: every fact and rule that led to what it is at each neighbour. */

import type { ExplainedNeighbour, ExplainView } from '../control/explainView.ts';
import { attributesText } from './attributesText.ts';
import type { Command } from './command.ts';
import { daemonClient } from './daemonClient.ts';
import { type Fact, factLines } from './facts.ts';
import { jsonText } from './json.ts';
import { OperatorClient } from './operatorClient.ts';
import type { Look } from './showText.ts';
import { spanSince } from './span.ts';
import type { Terminal } from './terminal.ts';

/** Throws ControlError or FileError. Returns the exit code. */
export async function runExplain(
  { prefix, config, json }: Extract<Command, { name: 'explain' }>,
  { stdout, width, paint }: Terminal,
): Promise<number> {
  const view = await new OperatorClient(await daemonClient(config)).explain(prefix);
  const look: Look = { now: Date.now(), width, paint };
  stdout(json ? jsonText(view) : `${explainText(view, look).join('\n')}\n`);
  return 0;
}

export function explainText(view: ExplainView, look: Look): readonly string[] {
  const { prefix, neighbours, orders, drains } = view;
  const announced = neighbours.filter((each) => each.announced).length;
  const colour = announced === 0 ? 'bad' : announced < neighbours.length ? 'warn' : 'good';
  const count = `announced to ${announced} of ${neighbours.length} neighbours`;
  const facts: readonly Fact[] = [
    ...orders.map(({ text, upstream }): Fact => ['by hand', atText(text, upstream)]),
    ...drains.map(({ text }): Fact => ['drain', text]),
  ];
  return [
    `${look.paint('bold', prefix)}: ${look.paint(colour, count)}`,
    ...factLines(facts, look),
    ...neighbours.flatMap((each) => ['', ...neighbourText(each, look)]),
  ];
}

function atText(text: string, upstream: string | null): string {
  return upstream === null ? text : `${text}, at ${upstream} alone`;
}

function neighbourText(explained: ExplainedNeighbour, look: Look): readonly string[] {
  const { neighbour, announced, advertisedSince, reason, attributes, because } = explained;
  const since = advertisedSince ? `announced for ${spanSince(advertisedSince, look.now)}` : '';
  const standing = announced ? look.paint('good', since) : look.paint('bad', 'not announced');
  const told = because.map(({ text }, i): Fact => [i === 0 ? 'because' : 'and', text]);
  // What bridges the decision and the wire is the last thing to know, where it is another one.
  const onTheWay = because.some(({ text }) => text === reason.text) ? [] : [reason.text];
  return [
    `${look.paint('bold', neighbour)}: ${standing}`,
    ...factLines(
      [
        ...told,
        ...onTheWay.map((text): Fact => ['but', text]),
        ...(attributes ? [['attributes', attributesText(attributes)] as const] : []),
        ...sessionFacts(explained, look),
        ...budgetFacts(explained),
      ],
      look,
    ),
  ];
}

function sessionFacts({ session }: ExplainedNeighbour, { now }: Look): readonly Fact[] {
  if (!session) return [['session', 'none yet']];
  const link = session.link === null ? 'no link is watched' : session.link;
  return [['session', `${session.state} for ${spanSince(session.since, now)}; ${link}`]];
}

function budgetFacts({ budget }: ExplainedNeighbour): readonly Fact[] {
  if (!budget) return [];
  const { profile, confirmed, flaps, text } = budget;
  const sure = confirmed ? 'confirmed' : 'not confirmed';
  return [['budget', `damping ${profile}, ${sure}; ${flapsText(flaps)}; ${text}`]];
}

export function flapsText(flaps: number): string {
  if (flaps === 0) return 'no flap in 15 minutes';
  return flaps === 1 ? 'one flap in 15 minutes' : `${flaps} flaps in 15 minutes`;
}
