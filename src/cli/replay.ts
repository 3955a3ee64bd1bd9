/**
 * `multihomed replay FILE`: a record of the black box, done again by the daemon's own code: the first
 * decision or UPDATE that is another one now, or what is announced at its end. It asks no daemon.
 */

import { readFile, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { isoTime } from '../control/isoTime.ts';
import { reasonText } from '../control/words.ts';
import { errorText } from '../net/errorText.ts';
import { plainLines } from '../net/plainText.ts';
import {
  type NumberedLine,
  type ReadRecord,
  RecordFault,
  readRecord,
} from '../record/readRecord.ts';
import { recordedMessages } from '../replay/recordedMessages.ts';
import { Replay, type ReplayDifference } from '../replay/replay.ts';
import type { Command } from './command.ts';
import { CommandError } from './commandError.ts';
import { fileFaultText } from './fileFault.ts';
import { jsonLine, jsonText } from './json.ts';
import { differenceText, lineWords } from './replayText.ts';
import { type Cell, formatTable } from './table.ts';
import type { Terminal } from './terminal.ts';

type ReplayCommand = Extract<Command, { name: 'replay' }>;

/** Throws CommandError. Returns the exit code: 1 at a difference. */
export async function runReplay(command: ReplayCommand, terminal: Terminal): Promise<number> {
  const { file, mrt } = command;
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CommandError(
      `cannot read ${file}: ${fileFaultText(error)}; \`multihomed record\` lists what there is`,
    );
  });
  try {
    const record = readRecord(text);
    if (mrt !== undefined) return await saveMrt(record, mrt, terminal);
    return await new Run(command, record, terminal).run();
  } catch (error) {
    if (error instanceof RecordFault) throw new CommandError(`${file}: ${error.message}`);
    throw error;
  }
}

/** How far a replay got. */
interface Progress {
  events: number;
  decisions: number;
  /** Octets of UPDATEs of ours. */
  octets: number;
  from: number | undefined;
  to: number;
}

class Run {
  readonly #command: ReplayCommand;
  readonly #record: ReadRecord;
  readonly #terminal: Terminal;
  readonly #replay = new Replay();
  readonly #progress: Progress = { events: 0, decisions: 0, octets: 0, from: undefined, to: 0 };

  constructor(command: ReplayCommand, record: ReadRecord, terminal: Terminal) {
    this.#command = command;
    this.#record = record;
    this.#terminal = terminal;
  }

  async run(): Promise<number> {
    const difference = await this.#play();
    const { json, file } = this.#command;
    const { stdout, stderr } = this.#terminal;
    if (json) stdout(this.#json(difference));
    else stdout(difference ? differenceText(difference) : this.#text());
    const { torn } = this.#record;
    if (torn !== undefined && !json) {
      stderr(`multihomed: ${file}: line ${torn}, the last one, was cut off as it was written\n`);
    }
    return difference ? 1 : 0;
  }

  async #play(): Promise<ReplayDifference | undefined> {
    const { step, until } = this.#command;
    const pace = step ? new Pace(this.#terminal) : undefined;
    try {
      for (const line of this.#record.lines) {
        if (until !== undefined && 'at' in line.line && line.line.at > until) break;
        const difference = this.#take(line);
        if (difference) return difference;
        this.#count(line);
        if (pace && this.#show(line)) await pace.next();
      }
    } finally {
      pace?.close();
    }
    return undefined;
  }

  /** Throws RecordFault also for what only looks like a line: another program may have written it. */
  #take(line: NumberedLine): ReplayDifference | undefined {
    try {
      return this.#replay.take(line);
    } catch (error) {
      if (error instanceof RecordFault) throw error;
      const why = `line ${line.number} is not as this program writes it: ${errorText(error)}`;
      throw new RecordFault(why, { cause: error });
    }
  }

  #count({ line }: NumberedLine): void {
    const progress = this.#progress;
    progress.from ??= this.#replay.at;
    progress.to = this.#replay.at;
    if (line.do === 'event') progress.events++;
    if (line.do === 'decided') progress.decisions++;
    if (line.do === 'routes') progress.octets += line.octets.length / 2;
  }

  /** False: there was nothing to show. */
  #show({ line, number }: NumberedLine): boolean {
    const told = lineWords(line);
    if (told === undefined) return false;
    const words = plainLines(told);
    const at = isoTime(this.#replay.at);
    const { stdout, paint } = this.#terminal;
    if (this.#command.json) stdout(jsonLine(JSON.stringify({ line: number, at, ...plain(line) })));
    else
      stdout(`${paint('dim', at)}  ${words.replaceAll('\n', `\n${' '.repeat(at.length + 2)}`)}\n`);
    return true;
  }

  #text(): string {
    const { events, decisions, octets, from, to } = this.#progress;
    const { width, paint } = this.#terminal;
    const rows = this.#replay
      .announcements()
      .map(({ prefix, neighbour, route, reason }): Cell[] => [
        prefix.text,
        neighbour,
        route ? 'announced' : 'not announced',
        reasonText(reason, undefined),
      ]);
    const table = formatTable(['PREFIX', 'NEIGHBOUR', '', 'WHY'], rows, { width, paint });
    return [
      `${isoTime(from ?? 0)} to ${isoTime(to)}: ${events} events, ${decisions} of them decided something, ${octets} octets of UPDATEs: the same again`,
      '',
      ...table,
      '',
    ].join('\n');
  }

  #json(difference: ReplayDifference | undefined): string {
    const { from, to, ...counts } = this.#progress;
    const { begin, torn } = this.#record;
    const found = difference && { ...difference, at: isoTime(difference.at) };
    const view = {
      version: begin.version,
      from: from === undefined ? null : isoTime(from),
      to: isoTime(to),
      ...counts,
      torn: torn ?? null,
      difference: found ?? null,
      announcements: this.#replay.announcements().map((each) => ({
        prefix: each.prefix.text,
        neighbour: each.neighbour,
        announced: each.route !== undefined,
        reason: reasonText(each.reason, undefined),
      })),
    };
    return this.#command.step ? jsonLine(JSON.stringify(view)) : jsonText(view);
  }
}

/** As it stands in the record, without the texts that are too long to read. */
function plain(line: NumberedLine['line']): object {
  if (line.do === 'image') return { do: line.do };
  if (line.do === 'config') return { do: line.do, digest: line.digest };
  return line;
}

/** A person presses Enter for the next step; a pipe does not have to. */
class Pace {
  readonly #lines: ReturnType<typeof createInterface> | undefined;
  readonly #asked: AsyncIterator<string> | undefined;

  constructor({ stdin }: Terminal) {
    if (!('isTTY' in stdin) || !stdin.isTTY) return;
    this.#lines = createInterface({ input: stdin });
    this.#asked = this.#lines[Symbol.asyncIterator]();
  }

  async next(): Promise<void> {
    await this.#asked?.next();
  }

  close(): void {
    this.#lines?.close();
  }
}

async function saveMrt({ lines }: ReadRecord, path: string, terminal: Terminal): Promise<number> {
  const octets = Buffer.concat([...recordedMessages(lines)]);
  if (path === '-') {
    terminal.octets(octets);
    return 0;
  }
  await writeFile(path, octets).catch((error: unknown) => {
    throw new CommandError(`cannot write ${path}: ${fileFaultText(error)}; name another file`);
  });
  terminal.stderr(`${path}: ${octets.length} octets\n`);
  return 0;
}
