/**
 * `multihomed drain | undrain UPSTREAM | PREFIX | site`: what it costs, then each step as it comes,
 * until the withdrawal is proven. The daemon drains, not this process: when it ends, the drain goes on.
 */

import type { DrainView, OrdersView, PriceView } from '../control/orderView.ts';
import type { Command } from './command.ts';
import { daemonClient } from './daemonClient.ts';
import { forgottenText } from './forgotten.ts';
import { jsonText } from './json.ts';
import { OperatorClient } from './operatorClient.ts';
import type { Terminal } from './terminal.ts';

/** What the world does while it is waited; handed in, so that tests can be one. */
export interface Waiting {
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Calls it at Ctrl-C; the result ends that. */
  readonly onInterrupt: (interrupted: () => void) => () => void;
}

const OURS: Waiting = {
  pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  onInterrupt: (interrupted) => {
    process.once('SIGINT', interrupted);
    return () => process.off('SIGINT', interrupted);
  },
};

/** How often the daemon is asked how far it is, in ms. */
const POLL = 500;

/** Throws ControlError or FileError. Returns the exit code: 1 when it was not drained. */
export async function runDrain(
  command: Extract<Command, { name: 'drain' }>,
  terminal: Terminal,
  waiting: Waiting = OURS,
): Promise<number> {
  const { target, timeout, threshold, json } = command;
  const client = new OperatorClient(await daemonClient(command.config));
  const prices = await client.priceOfDrain(target);
  const say = (line: string) => {
    if (!json) terminal.stdout(`${line}\n`);
  };
  for (const line of pricesText(prices)) say(line);
  if (command.price) {
    if (json) terminal.stdout(jsonText({ prices }));
    return 0;
  }
  const begun = await client.drain({ target, timeout, threshold });
  const forgotten = forgottenText(begun, 'this drain');
  if (forgotten !== undefined) terminal.stderr(`${forgotten}\n`);
  const end = await followed(client, newest(begun), say, waiting);
  const { drained, told, drain } = end;
  if (json) terminal.stdout(jsonText({ drained, prices, drain }));
  else if (drained) say(told);
  if (!drained) terminal.stderr(`multihomed: ${told}\n`);
  return drained ? 0 : 1;
}

/** Throws ControlError or FileError. Returns the exit code. */
export async function runUndrain(
  { target, config, json }: Extract<Command, { name: 'undrain' }>,
  terminal: Terminal,
): Promise<number> {
  const client = new OperatorClient(await daemonClient(config));
  const view = await client.undrain(target);
  const told = `${target}: no longer drained; \`multihomed show\` says what is announced again, and when the rest is`;
  terminal.stdout(json ? jsonText(view) : `${told}\n`);
  const forgotten = view.unsaved === null ? undefined : forgottenText(view, 'this');
  if (forgotten !== undefined) terminal.stderr(`${forgotten}\n`);
  return 0;
}

function pricesText(prices: readonly PriceView[]): readonly string[] {
  if (prices.length === 0) return ['in flap budget it costs nothing: nothing of it is announced'];
  return ['in flap budget, until it is announced again:', ...prices.map(({ text }) => `  ${text}`)];
}

/** The one that was just begun. */
function newest({ drains }: OrdersView): DrainView | undefined {
  return [...drains].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))[0];
}

interface End {
  readonly drained: boolean;
  readonly told: string;
  /** As it was last seen. */
  readonly drain: DrainView | undefined;
}

async function followed(
  client: OperatorClient,
  begun: DrainView | undefined,
  say: (line: string) => void,
  waiting: Waiting,
): Promise<End> {
  let interrupted = false;
  let interrupt = () => {};
  const stopped = new Promise<void>((resolve) => {
    interrupt = resolve;
  });
  const release = waiting.onInterrupt(() => {
    interrupted = true;
    interrupt();
  });
  let last = begun;
  let told = '';
  try {
    while (last) {
      if (last.text !== told) say(last.text);
      told = last.text;
      if (last.phase === 'drained') {
        return { drained: true, told: `nothing of it is left; ${shiftedText(last)}`, drain: last };
      }
      await Promise.race([waiting.pause(POLL), stopped]);
      if (interrupted) return { drained: false, told: goesOn(last), drain: last };
      const { drains, undone } = await client.orders();
      const seen: DrainView = last;
      const failed = undone.find(({ drain }) => drain.startedAt === seen.startedAt);
      if (failed) return { drained: false, told: failed.text, drain: seen };
      last = drains.find(({ startedAt }) => startedAt === seen.startedAt);
      if (!last) {
        return { drained: false, told: `${seen.target}: somebody undid the drain`, drain: seen };
      }
    }
  } finally {
    release();
  }
  return { drained: false, told: 'the drain is gone already', drain: undefined };
}

function goesOn({ target }: DrainView): string {
  return `the drain goes on without this command; \`multihomed undrain ${target}\` undoes it`;
}

function shiftedText({ shifted, since, deadline }: DrainView): string {
  if (!shifted) return '';
  const { by, bitsPerSecond } = shifted;
  // Where nothing is announced, nothing is waited for.
  if (by === 'time' && since < deadline) return 'nothing of it was announced';
  const left =
    bitsPerSecond === null
      ? 'traffic was not measured'
      : `traffic was at ${rateText(bitsPerSecond)}`;
  return by === 'traffic' ? `${left} when it was withdrawn` : `the time was up, ${left}`;
}

function rateText(bitsPerSecond: number): string {
  const units = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s'] as const;
  const power = Math.min(3, Math.floor(Math.log10(Math.max(1, bitsPerSecond)) / 3));
  return `${(bitsPerSecond / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
