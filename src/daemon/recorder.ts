/**
 * The black box: what enters the announcer, what it decides, and what is sent, written down as it
 * happens; see `record/line.ts` for the lines. Each file begins with an image of everything that is
 * decided by, so that it can be replayed alone.
 */

import type { Hash } from 'node:crypto';
import type { Outcome } from '../announcer/decide.ts';
import type { State } from '../announcer/state.ts';
import type { Config, RecordConfig } from '../config/config.ts';
import { lateModule } from '../host/lateModule.ts';
import { ConfigTexts } from '../record/configText.ts';
import { decisionChanges } from '../record/decisionChange.ts';
import {
  type CoreImage,
  type Line,
  lineText,
  type NeighbourLine,
  RECORD_FORMAT,
} from '../record/line.ts';
import type { Clock } from '../session/clock.ts';
import { NO_TAP, type SessionTap } from '../session/tap.ts';
import type { SpeakerEvent } from '../speaker/speaker.ts';
import { MessageType } from '../wire/constants.ts';
import type { DaemonEvent, RecordEvent } from './events.ts';
import { recordedEvent } from './recordedEvent.ts';
import { RecordWriter } from './recordFile.ts';
import { Renewals } from './renewals.ts';

export interface RecorderOptions {
  readonly clock: Clock;
  /** Of the program. */
  readonly version: string;
  /** The text that a configuration was read from; what has none is not recorded. */
  readonly textOf: (config: Config) => string | undefined;
  /** The announcer's time. */
  readonly now: () => number;
  /** Everything that is decided by, as it is between two events. */
  readonly image: () => CoreImage;
  readonly onEvent: (event: RecordEvent) => void;
}

/** When it is tried again after a failure, in ms. */
const RETRY = 10_000;

export class Recorder {
  readonly #options: RecorderOptions;
  readonly #texts = new ConfigTexts();
  readonly #renewals = new Renewals((at, event) => this.#add({ do: 'event', at, event }));
  #config: Config | undefined;
  #writer: RecordWriter | undefined;
  /** Octets of the image that the file begins with. */
  #beginning = 0;
  #rotating = false;
  #cancelBegin = () => {};
  /** The next decision is the first one of the record. */
  #afresh = false;
  /** It was told that nothing can be written. */
  #failed = false;
  readonly #closing = new Set<Promise<void>>();

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** The configuration that is in force from `now` on, before anything else follows from it. */
  configure(config: Config, now: number): void {
    const before = this.#config?.record;
    this.#config = config;
    if (sameRecord(before, config.record)) {
      if (!this.#isOpen) return;
      // A check that is another one now has no lease to renew.
      this.#renewals.flush();
      this.#addConfig(config, now);
      this.#renewals.begin(this.#options.image().facts);
      return;
    }
    this.#end();
    if (!config.record) return;
    this.#writer = new RecordWriter(config.record, {
      failed: (cause) => this.#broke(cause),
      begun: () => this.#wrote(),
    });
    // What was decided before does not go with this configuration.
    this.#afresh = true;
    this.#begin();
  }

  /** `moved`: something is decided anew for it. Before that is. */
  event(now: number, event: DaemonEvent | SpeakerEvent, moved: boolean): void {
    if (!this.#isOpen) return;
    if (event.type === 'CheckChanged' && !moved) {
      this.#renewals.hold(now, event);
      return;
    }
    this.#renewals.flush();
    if (event.type === 'CheckChanged') this.#renewals.written(now, event);
    const recorded = recordedEvent(event);
    if (recorded) this.#add({ do: 'event', at: now, event: recorded });
  }

  ordered(now: number, { orders, drains }: State): void {
    this.#renewals.flush();
    this.#add({ do: 'orders', at: now, orders, drains });
  }

  decided(before: Outcome | undefined, after: Outcome): void {
    if (!this.#isOpen) return;
    const changes = decisionChanges(this.#afresh ? undefined : before, after);
    this.#afresh = false;
    if (changes.length > 0) this.#add({ do: 'decided', changes });
  }

  /** What the neighbour's sessions are to be given. */
  tap(neighbour: string): SessionTap {
    // Whatever is told is made only where somebody writes it down: a table of ours is megabytes.
    const add = (line: () => Detail) => {
      if (this.#isOpen) this.#add({ ...line(), at: this.#options.now(), with: neighbour });
    };
    return {
      ...NO_TAP,
      opened: (outlet) => add(() => ({ do: 'opened', outlet })),
      closed: () => add(() => ({ do: 'closed' })),
      cleared: () => add(() => ({ do: 'cleared' })),
      adjusted: () => add(() => ({ do: 'adjusted' })),
      repeated: (families) => add(() => ({ do: 'repeated', families })),
      routes: (octets, asked) => add(() => ({ do: 'routes', asked, octets: hexOf(octets) })),
      endOfRib: (octets) => add(() => ({ do: 'end-of-rib', octets: hexOf(octets) })),
      sent: (_type, octets, local) =>
        add(() => ({ do: 'sent', ...(local !== undefined && { local }), octets: hexOf(octets) })),
      received: (type, bytes, start, end) => {
        if (this.#wants(type)) add(() => ({ do: 'received', octets: hexOf(bytes, start, end) }));
      },
      hearsUpdates: () => this.#isOpen && this.#wants(MessageType.update),
    };
  }

  /** Resolves when everything is on the disk, or cannot be; nothing is written afterwards. */
  async close(): Promise<void> {
    this.#end();
    await Promise.all(this.#closing);
  }

  get #isOpen(): boolean {
    return this.#writer !== undefined && !this.#writer.broken;
  }

  #wants(type: number): boolean {
    if (type === MessageType.keepalive) return false;
    return type !== MessageType.update || this.#config?.record?.received === true;
  }

  #begin(): void {
    const [writer, config] = [this.#writer, this.#config];
    if (!writer || !config) return;
    const { now, version, image } = this.#options;
    const at = now();
    this.#beginning = 0;
    writer.begin();
    this.#add({ do: 'begin', format: RECORD_FORMAT, version, at, pid: process.pid });
    this.#addConfig(config, at);
    const core = image();
    this.#renewals.begin(core.facts);
    const decided = this.#afresh ? undefined : core.decided;
    this.#add({ do: 'image', at, ...core, decided });
    this.#beginning = writer.length;
  }

  #addConfig(config: Config, at: number): void {
    const source = this.#options.textOf(config) ?? '';
    const text = this.#texts.of(source) ?? '';
    const digest = sha256().update(source).digest('hex');
    this.#add({ do: 'config', at, digest, text });
  }

  #add(line: Line): void {
    const writer = this.#writer;
    if (!writer || writer.broken) return;
    writer.append(lineText(line, (detail) => this.#texts.detailOf(detail)));
    const { maxSize = 0 } = this.#config?.record ?? {};
    if (!this.#rotating && this.#beginning > 0 && writer.length - this.#beginning > maxSize) {
      this.#beginLater(0);
    }
  }

  /** Not in the middle of what is being recorded. */
  #beginLater(milliseconds: number): void {
    this.#rotating = true;
    this.#cancelBegin = this.#options.clock.after(milliseconds, () => {
      this.#rotating = false;
      this.#begin();
    });
  }

  #broke(cause: string): void {
    if (!this.#failed) {
      this.#options.onEvent({ type: 'RecordFailed', at: this.#options.clock.wall(), cause });
    }
    this.#failed = true;
    if (!this.#rotating) this.#beginLater(RETRY);
  }

  #wrote(): void {
    if (this.#failed) {
      this.#options.onEvent({ type: 'RecordResumed', at: this.#options.clock.wall() });
    }
    this.#failed = false;
  }

  #end(): void {
    this.#renewals.flush();
    this.#cancelBegin();
    this.#rotating = false;
    const closing = this.#writer?.close();
    this.#writer = undefined;
    this.#beginning = 0;
    this.#failed = false;
    if (!closing) return;
    this.#closing.add(closing);
    void closing.then(() => this.#closing.delete(closing));
  }
}

type Detail = NeighbourLine extends infer L
  ? L extends unknown
    ? Omit<L, 'at' | 'with'>
    : never
  : never;

/** What `formatHex` makes octet by octet where there is no Buffer: megabytes take long like that. */
function hexOf(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('hex');
}

function sha256(): Hash {
  return lateModule('node:crypto').createHash('sha256');
}

function sameRecord(a: RecordConfig | undefined, b: RecordConfig | undefined): boolean {
  return a?.dir === b?.dir && a?.maxSize === b?.maxSize && a?.keep === b?.keep;
}
