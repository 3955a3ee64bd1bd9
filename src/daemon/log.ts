/**
 * The operator's log: one line an event, on standard error. winston is read only once the first
 * line is due or the daemon is idle, since it costs more to load than the first OPEN takes; lines
 * that come before are kept in order with their own times.
 */

import type { LogLevel } from '../config/config.ts';
import { isoTime } from '../control/isoTime.ts';

export interface LogLine {
  readonly level: LogLevel;
  /** Stable, for machines: `session-up`. */
  readonly event: string;
  /** For people, whole in itself. */
  readonly message: string;
  /** The neighbour, where there is one. */
  readonly neighbour?: string;
  /** More for machines; nothing that `message` does not say in words. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** For whoever mends the program, several lines: printed at level debug only. */
  readonly trace?: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export type Log = (line: LogLine) => void;

/** A line about the daemon itself, of now. */
export type Say = (level: LogLevel, event: string, message: string) => void;

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: 'text' | 'json';
}

/** A log that may be written to at once; `open` loads winston and lets the kept lines out. */
export class OperatorLog {
  #waiting: LogLine[] | undefined = [];
  #write: Log = (line) => this.#waiting?.push(line);
  #configure: (options: LogOptions) => void = () => {};

  readonly write: Log = (line) => this.#write(line);

  async open(options: LogOptions): Promise<void> {
    // CommonJS: its whole export is the default one.
    const { createLogger, format, transports } = (await import('winston')).default;
    const text = format.printf((info) => String(info.message));
    const logger = createLogger({
      transports: [new transports.Stream({ stream: process.stderr })],
    });
    // A log pipe that closes must not take the sessions with it.
    process.stderr.on('error', () => {});
    this.#configure = ({ level, format: shape }) => {
      logger.level = level;
      logger.format = shape === 'json' ? format.json() : text;
      const toEntry = shape === 'json' ? jsonEntry : textEntry;
      this.#write = ({ trace, ...line }) =>
        logger.log(toEntry(trace !== undefined && level === 'debug' ? { ...line, trace } : line));
    };
    this.#configure(options);
    for (const line of this.#waiting ?? []) this.#write(line);
    this.#waiting = undefined;
  }

  /** Another level or format from the next line on. */
  configure(options: LogOptions): void {
    this.#configure(options);
  }
}

interface Entry {
  readonly level: LogLevel;
  readonly message: string;
}

/** `2026-01-02T03:04:05.678Z warn  transit-a: link eth1 is down (no carrier)` */
function textEntry(line: LogLine): Entry {
  const who = line.neighbour === undefined ? '' : `${line.neighbour}: `;
  const time = isoTime(line.at);
  const trace = line.trace === undefined ? '' : `\n${line.trace}`;
  return {
    level: line.level,
    message: `${time} ${line.level.padEnd(5)} ${who}${line.message}${trace}`,
  };
}

function jsonEntry(line: LogLine): Entry & Record<string, unknown> {
  const { at, level, event, message, neighbour, fields, trace } = line;
  const time = isoTime(at);
  const who = neighbour !== undefined && { neighbour };
  return { time, level, event, ...who, message, ...fields, ...(trace !== undefined && { trace }) };
}
