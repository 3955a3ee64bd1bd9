/** A terminal that keeps what it is told. */

import { Readable } from 'node:stream';
import type { Terminal } from '../../src/cli/terminal.ts';
import { type Paint, plainPaint } from '../../src/control/paint.ts';

export class FakeTerminal implements Terminal {
  out = '';
  err = '';
  readonly width = 80;
  readonly paint: Paint = plainPaint;
  readonly stdin: NodeJS.ReadableStream;

  constructor(input: readonly string[] = []) {
    this.stdin = Readable.from(input);
  }

  readonly stdout = (text: string): void => {
    this.out += text;
  };

  readonly written: Uint8Array[] = [];

  readonly octets = (octets: Uint8Array): void => {
    this.written.push(octets);
  };

  readonly screens: string[] = [];

  readonly screen = (text: string): void => {
    this.screens.push(text);
  };

  readonly drained = async (): Promise<void> => {};

  readonly stderr = (text: string): void => {
    this.err += text;
  };
}
