/** What a command sees of the terminal, so that tests can be one. */

import { once } from 'node:events';
import { colourPaint, type Paint, plainPaint } from '../control/paint.ts';

export interface Terminal {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: (text: string) => void;
  /** For programs: as it is. */
  readonly octets: (octets: Uint8Array) => void;
  /** Shows the text in place of what is there, or behind it where nobody looks on. */
  readonly screen: (text: string) => void;
  /** Resolves once whoever reads the output wants more of it. */
  readonly drained: () => Promise<void>;
  readonly stderr: (text: string) => void;
  /** Columns that output should fit. */
  readonly width: number;
  readonly paint: Paint;
}

/** Colours where a person looks on, unless they said no (no-color.org). */
export function wantsColour(isTerminal: boolean, env: NodeJS.ProcessEnv): boolean {
  return isTerminal && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
}

/** A serial console says 0: it does not know. */
export function widthOf(columns: number): number {
  return columns > 0 ? Math.max(40, columns) : 80;
}

/** This process's own. Standard streams are touched only when this is called: they cost to open. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  return {
    stdin,
    stdout: (text) => void stdout.write(text),
    octets: (octets) => void stdout.write(octets),
    // Home, the text, and away with what was there below it: nothing flickers.
    screen: (text) => {
      const lines = text.replaceAll('\n', '\x1b[K\n');
      stdout.write(stdout.isTTY ? `\x1b[H${lines}\x1b[J` : text);
    },
    drained: async () => {
      if (stdout.writableNeedDrain) await once(stdout, 'drain');
    },
    stderr: (text) => void stderr.write(text),
    width: stdout.isTTY ? widthOf(stdout.columns) : 80,
    paint: wantsColour(stdout.isTTY, env) ? colourPaint : plainPaint,
  };
}
