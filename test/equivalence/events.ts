/** The events of the equivalence tests in their order, and what each upstream was sent at each. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../support/daemons/until.ts';
import type { Topology } from '../support/netns.ts';
import {
  fileContent,
  type Lab,
  NAMES,
  PREFIXES,
  PREFIXES_LESS,
  type UpstreamName,
  WITHDRAWN,
} from './lab.ts';
import type { Running, Subject } from './subject.ts';

export const EVENTS = ['start-up', 'link loss', 'restoration', 'withdrawal', 'restart'] as const;

export type EventName = (typeof EVENTS)[number];

/** Lines as `record.ts` has them. */
export type Sent = Readonly<Record<UpstreamName, readonly string[]>>;

type Marks = Readonly<Record<UpstreamName, number>>;

/** How long a daemon may take to do what it does at an event, in ms. */
const LIMIT = 90_000;

export class Play {
  readonly #lab: Lab;
  readonly #subject: Subject;
  readonly #directory: string;
  readonly #marks: Marks[] = [];
  #running: Running | undefined;

  private constructor(lab: Lab, subject: Subject, directory: string) {
    this.#lab = lab;
    this.#subject = subject;
    this.#directory = directory;
  }

  static async prepare(topology: Topology, lab: Lab, subject: Subject): Promise<Play> {
    const directory = join(topology.directory, subject.name);
    await mkdir(directory);
    return new Play(lab, subject, directory);
  }

  get running(): Running {
    if (!this.#running) throw new Error(`${this.#subject.name} does not run`);
    return this.#running;
  }

  /**
   * Makes the event happen, and waits until every upstream was sent what is expected, or time is
   * up. What comes later is counted to the next event, and seen there.
   */
  async event(name: EventName, isOver: (sent: Sent) => boolean): Promise<void> {
    const marks = this.#mark();
    await this.#act(name);
    await until(
      name,
      LIMIT,
      async () => isOver(this.#between(marks, undefined)),
      async () => undefined,
    ).catch(() => undefined); // the comparison shows what is missing
  }

  /** What was sent from the beginning of each event to the next. */
  sent(event: EventName): Sent {
    const at = EVENTS.indexOf(event);
    const from = this.#marks[at];
    if (!from) throw new Error(`${event} has not been`);
    return this.#between(from, this.#marks[at + 1]);
  }

  /** Resolves once every upstream has seen the session's end. */
  async stop(): Promise<void> {
    const marks = this.#mark();
    await this.#running?.stop();
    const ended = async () =>
      NAMES.every((name) => this.#lab.recorders[name].linesFrom(marks[name]).includes('down'));
    await until('the sessions to end', LIMIT, ended);
  }

  async #act(name: EventName): Promise<void> {
    const { links, edge } = this.#lab;
    const stage = { edge, directory: this.#directory };
    const less = fileContent(this.#directory, PREFIXES_LESS);
    switch (name) {
      case 'start-up':
        this.#running = await this.#subject.start(stage, fileContent(this.#directory, PREFIXES));
        return;
      case 'link loss':
        return links.a.cut();
      case 'restoration':
        return links.a.restore();
      case 'withdrawal':
        return this.running.withdraw(less, WITHDRAWN);
      case 'restart':
        await this.running.stop();
        this.#running = await this.#subject.start(stage, less);
    }
  }

  #mark(): Marks {
    const { a, b, c } = this.#lab.recorders;
    const marks = { a: a.mark, b: b.mark, c: c.mark };
    this.#marks.push(marks);
    return marks;
  }

  #between(from: Marks, to: Marks | undefined): Sent {
    const { a, b, c } = this.#lab.recorders;
    return {
      a: a.linesFrom(from.a, to?.a),
      b: b.linesFrom(from.b, to?.b),
      c: c.linesFrom(from.c, to?.c),
    };
  }
}
