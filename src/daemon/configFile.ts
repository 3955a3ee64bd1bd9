/** The file that the daemon runs on, read and judged; to run on it, with the keys that it points to. */

import type { Config } from '../config/config.ts';
import { type Loaded, loadConfig } from '../config/load.ts';
import { formatProblem, type Problem } from '../config/problem.ts';
import type { Keys } from '../speaker/speaker.ts';
import { FileError, readFileText } from './fileText.ts';
import { findKeys } from './keys.ts';

interface GoodFile {
  readonly ok: true;
  readonly config: Config;
  readonly warnings: readonly Problem[];
}

interface BadFile {
  readonly ok: false;
  /** Every problem with its place, or why the file could not be read. */
  readonly failure: string;
  readonly problems: readonly Problem[];
}

export type ReadFile = GoodFile | BadFile;
export type LoadedFile = (GoodFile & { readonly keys: Keys; readonly bfdKeys: Keys }) | BadFile;

/** Whatever this machine has or has not. */
export async function readConfigFile(file: string): Promise<ReadFile> {
  const read = await readAndJudge(file);
  if (!('loaded' in read)) return read;
  const { config, problems } = read.loaded;
  return config ? { ok: true, config, warnings: problems } : bad(file, read.text, problems);
}

/** What a daemon on this machine can keep to. */
export async function loadFileToRun(file: string): Promise<LoadedFile> {
  const read = await readAndJudge(file);
  if (!('loaded' in read)) return read;
  const { config, problems, positions } = read.loaded;
  if (!config) return bad(file, read.text, problems);
  const { keys, bfdKeys, problems: unkept } = await findKeys(config, positions);
  if (unkept.length > 0) return bad(file, read.text, [...problems, ...unkept]);
  return { ok: true, config, keys, bfdKeys, warnings: problems };
}

/** Of configurations that are in use. */
const TEXTS = new WeakMap<Config, string>();

/** The text that the configuration was read from; undefined: it was not read from a file. */
export function textOf(config: Config): string | undefined {
  return TEXTS.get(config);
}

async function readAndJudge(file: string): Promise<{ text: string; loaded: Loaded } | BadFile> {
  try {
    const text = await readFileText(file);
    const loaded = loadConfig(text, file);
    if (loaded.config) TEXTS.set(loaded.config, text);
    return { text, loaded };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { ok: false, failure: error.message, problems: [] };
  }
}

function bad(file: string, text: string, problems: readonly Problem[]): BadFile {
  const failure = problems.map((problem) => formatProblem(problem, file, text)).join('\n');
  return { ok: false, failure, problems };
}
