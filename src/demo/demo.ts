/**
 * `multihomed demo`: plays the story and prints its timeline. No root, no file, no network beyond
 * loopback.
 */

import { ControlError } from '../control/controlError.ts';
import type { Paint } from '../control/paint.ts';
import type { ControlServer } from '../control/server.ts';
import { openLookingGlass } from './lookingGlass.ts';
import { measureLine, momentLines, pathLines } from './screen.ts';
import { Stage } from './stage.ts';
import { BEFORE, INTRODUCTION, LAST_STEP, STORY, type Step } from './story.ts';
import { NotSeen, Timeline } from './timeline.ts';

export interface DemoOptions {
  /** Keep everything up after the story, until SIGINT or SIGTERM. */
  readonly stay: boolean;
  readonly version: string;
  readonly write: (text: string) => void;
  /** Why it could not go on. */
  readonly complain: (text: string) => void;
  readonly paint: Paint;
  /** How long a step may take, in ms. Its longest real wait is a second's idle hold. */
  readonly limit?: number;
}

const STEP_LIMIT = 10_000;

/** Returns the exit code: 1 when something that had to be seen was not. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const play = new Play(options);
  try {
    return await play.run();
  } catch (error) {
    // A system error here is a machine without a usable loopback.
    if (!(error instanceof NotSeen || (error instanceof Error && 'syscall' in error))) throw error;
    options.complain(`multihomed demo: ${error.message}\n`);
    return 1;
  } finally {
    await play.close();
  }
}

class Play {
  readonly #options: DemoOptions;
  readonly #limit: number;
  readonly #timeline = new Timeline();
  readonly #measured: string[] = [];
  #stage: Stage | undefined;
  #glass: ControlServer | undefined;

  constructor(options: DemoOptions) {
    this.#options = options;
    this.#limit = options.limit ?? STEP_LIMIT;
  }

  async run(): Promise<number> {
    const began = performance.now();
    this.#print(...INTRODUCTION, '');
    this.#stage = await Stage.build(this.#timeline);
    await this.#timeline.see(BEFORE, this.#limit);
    for (const [index, step] of STORY.entries()) await this.#play(this.#stage, step, index + 1);
    const { stay } = this.#options;
    if (stay) await this.#untilSignal();
    await this.#play(this.#stage, LAST_STEP, STORY.length + 1);
    if (stay) return 0;
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    this.#print(...this.#measured, `All of it was seen at the sockets, in ${seconds} s.`);
    return 0;
  }

  async close(): Promise<void> {
    await this.#glass?.close();
    await this.#stage?.close();
  }

  /** Prints a step's moments when it is over: a terminal would delay what is being timed. */
  async #play(stage: Stage, step: Step, number: number): Promise<void> {
    this.#print(this.#options.paint('bold', `${number}. ${step.title}`));
    this.#timeline.begin();
    try {
      await Promise.all([step.cause(stage), this.#timeline.see(step.sights, this.#limit)]);
    } finally {
      this.#print(
        ...this.#timeline.moments.map((moment) => momentLines(moment, this.#options.paint)),
      );
    }
    this.#print(pathLines(stage.paths(), this.#options.paint), '');
    for (const [label, sight] of step.measures ?? []) {
      const moment = this.#timeline.find(sight);
      if (moment) this.#measured.push(measureLine(label, moment));
    }
  }

  async #untilSignal(): Promise<void> {
    const glass = await this.#openGlass();
    this.#print(...this.#measured, '', glass, 'Everything stays up. Press Ctrl-C to stop.', '');
    await new Promise<void>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    });
  }

  /** Returns the line that is told of it. */
  async #openGlass(): Promise<string> {
    if (!this.#stage) return '';
    try {
      const glass = await openLookingGlass(this.#stage.port(this.#options.version));
      this.#glass = glass;
      return `Looking glass: ${glass.url}`;
    } catch (error) {
      if (!(error instanceof ControlError)) throw error;
      return `No looking glass: ${error.message}`;
    }
  }

  #print(...lines: readonly string[]): void {
    if (lines.length > 0) this.#options.write(`${lines.join('\n')}\n`);
  }
}
