/**
 * The same failures with different daemons as the edge, and what each run came to in figures. Nothing
 * is weighed here: every figure is of one run, and lower is better.
 */

import { type Observation, outageTime, pathAt, timeWithPath, updatesFrom } from './observation.ts';
import { PLAYER_NAMES, type PlayerName } from './players/players.ts';
import type { Run } from './runExperiment.ts';

/** The experiments that are compared, and which of the figures each one is about. */
export const COMPARED = [
  { experiment: 'cut-link', measures: ['outage', 'back', 'updates'] },
  { experiment: 'service-drill', measures: ['false', 'updates'] },
  { experiment: 'flapping-budget', measures: ['suppressed', 'dark', 'updates'] },
] as const;

export type Compared = (typeof COMPARED)[number];
export type Measure = Compared['measures'][number];

export const MEASURES: Readonly<Record<Measure, { title: string; unit: string }>> = {
  outage: { title: 'no answer for the client', unit: 'ms' },
  back: { title: 'until the direct path is back', unit: 'ms' },
  // No merit and no fault: whoever announces what is dead sends none.
  updates: { title: 'UPDATEs at the collector', unit: '' },
  false: { title: 'announced while the service was dead', unit: 'ms' },
  suppressed: { title: 'suppressed by the damper', unit: 'ms' },
  dark: { title: 'no path through the damper', unit: 'ms' },
};

export interface ComparedRun {
  readonly experiment: string;
  readonly title: string;
  readonly player: PlayerName;
  /** Undefined: the run could not be played, and `failure` says why. */
  readonly figures: Figures | undefined;
  readonly failure: string | undefined;
}

export type Figures = Readonly<Record<Measure, number>>;

/** `suppressed`: milliseconds, which only somebody who asked the damper all the time can know. */
export function figuresOf({ observation }: Run, suppressed: number): Figures {
  const neighbours = [...observation.paths.keys()];
  const updates = neighbours.map((name) => updatesFrom(observation, name));
  return {
    outage: outageTime(observation.outages),
    updates: updates.reduce((sum, count) => sum + count, 0),
    false: falseTime(observation),
    suppressed,
    back: backTime(observation),
    dark: darkTime(observation),
  };
}

/** From the last mending of a link to the path that the first neighbour had at the begin. */
function backTime({ deeds, paths, duration }: Observation): number {
  const mended = deeds.findLast(({ text }) => text.startsWith('restore '))?.at;
  const [changes = []] = paths.values();
  if (mended === undefined) return 0;
  const first = pathAt(changes, 0);
  if (pathAt(changes, mended) === first) return 0;
  const back = changes.find(({ at, path }) => at >= mended && path === first)?.at;
  return (back ?? duration) - mended;
}

/** How long the first neighbour, behind which the damper is, had nothing to tell. */
function darkTime({ paths, duration }: Observation): number {
  const [changes = []] = paths.values();
  return duration - timeWithPath(changes, 0, duration);
}

/** How long somebody was told of a way to the service while it was stopped. */
function falseTime({ deeds, paths, duration }: Observation): number {
  const stopped = deeds.find(({ text }) => text.startsWith('stop web '))?.at;
  if (stopped === undefined) return 0;
  const started = deeds.find(({ text }) => text.startsWith('start web '))?.at ?? duration;
  return Math.max(...[...paths.values()].map((changes) => timeWithPath(changes, stopped, started)));
}

export interface Versions {
  readonly date: string;
  /** By player. */
  readonly versions: Readonly<Record<PlayerName, string>>;
}

/** Markdown: a table for each experiment, and who was best at what. */
export function comparisonText(runs: readonly ComparedRun[], { date, versions }: Versions): string {
  const edges = PLAYER_NAMES.map((name) => `${name} ${versions[name]}`).join(', ');
  return `${[
    `Measured ${date} with \`multihomed lab compare\`: ${edges}.`,
    '',
    'One run each, on one machine, in network namespaces; a few hundred milliseconds more or less mean',
    'nothing. FRR, BIRD and GoBGP run on what `multihomed generate` makes of the same file, and have no',
    'health check of their own; ExaBGP runs with its `healthcheck`, once a second, where multihomed checks',
    'twice a second. Lower is better, but for the UPDATEs, which are neither. What had not come by the end',
    'of a run (11 s, 13 s, 18 s) is counted up to there.',
    '',
    'In the first two the file says `damping: none` of its upstreams. Where it says nothing, multihomed',
    'waits a minute before a link that is back has a prefix again that another upstream has, and 5 s where',
    'none has it: see [flap-budget.md](flap-budget.md).',
    '',
    ...COMPARED.flatMap((compared) => tableOf(compared, runs)),
  ].join('\n')}\n`;
}

function tableOf({ experiment, measures }: Compared, runs: readonly ComparedRun[]) {
  const own = runs.filter((run) => run.experiment === experiment);
  if (own.length === 0) return [];
  const heads = measures.map((measure) => {
    const { title, unit } = MEASURES[measure];
    return unit === '' ? title : `${title} (${unit})`;
  });
  return [
    `**${own[0]?.title ?? experiment}** (\`${experiment}\`)`,
    '',
    `| edge | ${heads.join(' | ')} |`,
    `|---|${measures.map(() => '---:').join('|')}|`,
    ...own.map(({ player, figures, failure }) => {
      const cells = measures.map((measure) => figures?.[measure].toFixed(0) ?? '-');
      return `| ${player}${failure === undefined ? '' : `: ${failure}`} | ${cells.join(' | ')} |`;
    }),
    '',
    ...measures.filter(isWeighed).map((measure) => bestText(measure, own)),
    '',
  ];
}

function isWeighed(measure: Measure): boolean {
  return measure !== 'updates';
}

function bestText(measure: Measure, runs: readonly ComparedRun[]): string {
  const figures = runs.flatMap(({ player, figures: own }) =>
    own ? [{ player, figure: own[measure] }] : [],
  );
  const least = Math.min(...figures.map(({ figure }) => figure));
  const best = figures.filter(({ figure }) => figure <= least).map(({ player }) => player);
  const ours = figures.find(({ player }) => player === 'multihomed')?.figure;
  const { title, unit } = MEASURES[measure];
  if (best.length === figures.length) return `- ${title}: no difference.`;
  const text = (figure: number) => `${figure.toFixed(0)}${unit === '' ? '' : ` ${unit}`}`;
  const behind = ours !== undefined && ours > least ? `; multihomed ${text(ours)}` : '';
  return `- ${title}: ${best.join(', ')} ${best.length > 1 ? 'are' : 'is'} best, ${text(least)}${behind}.`;
}
