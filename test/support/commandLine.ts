/**
 * The command line of a program of ours that is not `multihomed`: what it is used like is printed for
 * `--help`, and what it does not know is told in a line, with exit 2.
 */

import { type ParseArgsConfig, parseArgs } from 'node:util';

type Parsed<C extends ParseArgsConfig> = ReturnType<typeof parseArgs<C>>;

/** Ends the process for `--help` or `-h`, and for what `config` does not have. */
export function commandLine<const C extends ParseArgsConfig>(use: string, config: C): Parsed<C> {
  if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) {
    console.log(use);
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return misused(message.split('. ', 1)[0] ?? message);
  }
}

/** Says what is wrong with the command line, and ends the process. */
export function misused(why: string): never {
  console.error(`${why.replace(/\.$/, '')}; --help says what there is`);
  process.exit(2);
}

/** The value of `--name`, which is a number above 0; default: `fallback`. */
export function numberOf(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  return misused(`--${name} takes a number above 0, not "${text}"`);
}

/** The same without a fraction, and 0 is one: `--seed`. */
export function seedOf(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (/^\d{1,10}$/.test(text)) return Number(text);
  return misused(`--seed takes a whole number, not "${text}"`);
}
