/** One experiment, from nothing to nothing: the lab is built, watched while it is disturbed, taken down. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { collected } from './daemons/collector.ts';
import { answerOf } from './daemons/daemon.ts';
import { vtysh } from './daemons/frr.ts';
import { perform } from './disturb.ts';
import { type Expectation, type Experiment, stepText } from './experiment.ts';
import { judge, type Verdict } from './judge.ts';
import { Lab, type LabOptions } from './lab.ts';
import { type Observation, outagesOf, pathAt, pathsFrom } from './observation.ts';
import type { WebClientPlan, WebRequest } from './play/webClient.ts';
import { takeDown } from './takeDown.ts';
import { neighboursOf } from './topology.ts';
import { waitFor } from './wait.ts';

export interface Run {
  readonly experiment: Experiment;
  readonly observation: Observation;
  readonly verdicts: readonly Verdict[];
  readonly ok: boolean;
}

/** In ms: until every path is there and the client is served. */
const STEADY_LIMIT = 60_000;
/** Nothing may have moved for so long, in ms, before the first step. */
const CALM = 1500;
const REQUEST_EVERY = 50;
const REQUEST_PATIENCE = 500;

/** Takes the lab down whatever happens. Throws LabError, or what `options.signal` was aborted with. */
export async function runExperiment(
  experiment: Experiment,
  options: LabOptions,
  watch?: Watch,
): Promise<Run> {
  const lab = Lab.plan(options);
  try {
    await lab.build();
    return await play(lab, experiment, watch);
  } finally {
    await takeDown(options.root, options.name);
  }
}

/** Called again and again while the experiment runs, with the time since everything was steady. */
export type Watch = (lab: Lab, at: number) => Promise<void>;

async function play(lab: Lab, experiment: Experiment, watch: Watch | undefined): Promise<Run> {
  const requests = experiment.client && startClient(lab, experiment.client);
  await untilSteady(lab, experiment, requests);
  const zero = performance.timeOrigin + performance.now();
  const now = () => performance.timeOrigin + performance.now() - zero;
  const [deeds, samples] = [[] as { at: number; text: string }[], new Map<number, string>()];
  const over = new AbortController();
  const watched = watch ? watchUntil(over.signal, () => watch(lab, now())) : Promise.resolve();
  try {
    for (const { at, act } of agenda(lab, experiment, deeds, samples, now)) {
      await until(at, now, lab.options.signal);
      await act();
    }
    await until(experiment.duration, now, lab.options.signal);
  } finally {
    over.abort();
    await watched;
  }
  // The last requests are still to be answered, or to be given up.
  if (requests !== undefined) await delay(REQUEST_PATIENCE + REQUEST_EVERY);
  const observation = observe(lab, experiment, zero, { deeds, samples, requests });
  const verdicts = experiment.expectations.map((expectation, index) =>
    judge(expectation, index, observation, changesFor(lab, expectation, zero)),
  );
  return { experiment, observation, verdicts, ok: verdicts.every(({ ok }) => ok) };
}

interface Appointment {
  readonly at: number;
  act(): Promise<void>;
}

/** Steps and what has to be asked while it runs, in the order of time. */
function agenda(
  lab: Lab,
  { steps, expectations }: Experiment,
  deeds: { at: number; text: string }[],
  samples: Map<number, string>,
  now: () => number,
): readonly Appointment[] {
  const done = steps.map((step) => ({
    at: step.at,
    act: async () => {
      deeds.push({ at: now(), text: stepText(step) });
      lab.options.progress(`${(step.at / 1000).toFixed(1)} s: ${stepText(step)}`);
      await perform(lab, step);
    },
  }));
  const asked = expectations.flatMap((expectation, index) =>
    ['damped', 'session'].includes(expectation.that)
      ? [
          {
            at: expectation.at,
            act: async () => {
              samples.set(index, await sample(lab, expectation));
            },
          },
        ]
      : [],
  );
  return [...done, ...asked].toSorted((a, b) => a.at - b.at);
}

async function until(at: number, now: () => number, signal: AbortSignal | undefined) {
  const rest = at - now();
  if (rest > 0) await delay(rest, undefined, signal ? { signal } : {});
  signal?.throwIfAborted();
}

/** In ms, between two looks of a watch. */
const WATCH_EVERY = 500;

async function watchUntil(over: AbortSignal, look: () => Promise<void>): Promise<void> {
  while (!over.aborted) {
    await look();
    await delay(WATCH_EVERY, undefined, { signal: over }).catch(() => {});
  }
}

async function sample(lab: Lab, expectation: Expectation): Promise<string> {
  const place = lab.place(expectation.from);
  if (expectation.that === 'damped') {
    return (await isDamped(lab, expectation.from, expectation.prefix)) ? 'yes' : 'no';
  }
  const up = await lab.daemonAt(place.node).established(place, lab.askAt(expectation.from));
  const other = place.neighbours.filter(({ node }) => node === expectation.with);
  return other.some(({ address }) => up.has(address)) ? 'up' : 'down';
}

/** Whether an FRR suppresses the prefix at this moment. */
export async function isDamped(lab: Lab, node: string, prefix: string): Promise<boolean> {
  const command = 'show bgp ipv4 unicast dampening dampened-paths';
  const text = await answerOf(vtysh(lab.place(node), lab.askAt(node), 'bgpd', command));
  return text.includes(prefix.split('/')[0] ?? prefix);
}

/** Starts it and returns where it writes its requests down. */
function startClient(lab: Lab, { node, url }: NonNullable<Experiment['client']>): string {
  const place = lab.place(node);
  const [file, requests] = [join(place.home, 'client.json'), join(place.home, 'requests.jsonl')];
  const plan: WebClientPlan = {
    ...{ url, requests, every: REQUEST_EVERY, patience: REQUEST_PATIENCE },
  };
  writeFileSync(file, JSON.stringify(plan));
  writeFileSync(requests, '');
  const argv = [...lab.options.self, 'lab', 'play', 'client', file];
  lab.startProgram(place, { name: 'client', argv });
  return requests;
}

async function untilSteady(lab: Lab, { prefix }: Experiment, requests: string | undefined) {
  const neighbours = collectorNeighbours(lab);
  let lacking = '';
  await waitFor(
    () => lacking,
    STEADY_LIMIT,
    async () => {
      const events = collectorEvents(lab);
      const moved = events.at(-1)?.at ?? 0;
      const now = performance.timeOrigin + performance.now();
      const without = neighbours.find(
        (name) => pathAt(pathsFrom(events, name, prefix, 0), now) === undefined,
      );
      const latest = requests === undefined ? [] : requestsIn(requests).slice(-10);
      const isServed =
        requests === undefined || (latest.length === 10 && latest.every(({ ok }) => ok));
      if (without !== undefined) lacking = `a path to ${prefix} from ${without}`;
      else if (!isServed) lacking = 'the client to be served';
      else lacking = 'the routes to come to rest';
      return without === undefined && isServed && now - moved > CALM;
    },
    lab.options.signal,
  );
}

function observe(
  lab: Lab,
  { prefix, duration }: Experiment,
  zero: number,
  seen: Pick<Observation, 'deeds' | 'samples'> & { readonly requests: string | undefined },
): Observation {
  const events = collectorEvents(lab);
  const paths = collectorNeighbours(lab).map(
    (name) => [name, pathsFrom(events, name, prefix, zero)] as const,
  );
  const { deeds, samples, requests } = seen;
  const answered = requests === undefined ? [] : requestsIn(requests);
  return {
    ...{ duration, deeds, samples },
    paths: new Map(paths),
    outages: outagesOf(answered, zero, duration),
    events: events
      .filter(({ at }) => at >= zero)
      .map((event) => ({ ...event, at: event.at - zero })),
  };
}

function changesFor(lab: Lab, { from, prefix }: Expectation, zero: number) {
  return pathsFrom(collectorEvents(lab), from, prefix, zero);
}

function collectorNode(lab: Lab) {
  return lab.options.topology.nodes.find(({ daemon }) => daemon === 'collector');
}

function collectorEvents(lab: Lab) {
  const node = collectorNode(lab);
  return node ? collected(lab.place(node.name).home) : [];
}

function collectorNeighbours(lab: Lab): readonly string[] {
  const node = collectorNode(lab);
  return node ? neighboursOf(lab.options.topology, node).map((neighbour) => neighbour.node) : [];
}

function requestsIn(file: string): readonly WebRequest[] {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line): WebRequest => JSON.parse(line));
}
