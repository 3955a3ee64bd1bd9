/** Runs a program: passes when it ends with 0. The first line that it writes is the detail. */

import { errorCode, errorText } from '../../net/errorText.ts';
import { failed, type Outcome, type Probe, passed, shownText } from './probe.ts';
import { type ProgramEnd, runGroup } from './processGroup.ts';

export interface ExecTarget {
  /** Of the check. */
  readonly name: string;
  readonly argv: readonly string[];
  readonly source: string | undefined;
  /** The interface that it is to look through; undefined: where the routes lead. */
  readonly device?: string | undefined;
}

export function execProbe({ name, argv, source, device }: ExecTarget): Probe {
  const env = {
    ...plainEnvironment(),
    MULTIHOMED_CHECK: name,
    ...(source === undefined ? {} : { MULTIHOMED_SOURCE: source }),
    ...(device === undefined ? {} : { MULTIHOMED_INTERFACE: device }),
  };
  return async ({ limit, stage }) => {
    stage('the program still runs');
    try {
      return judge(await runGroup({ argv, env }, limit));
    } catch (error) {
      return failed(`cannot run ${argv[0]}: ${startFault(error)}`);
    }
  };
}

/** Not ours: it may hold passwords, for which the file says `env:NAME`. */
export function plainEnvironment(): Readonly<Record<string, string>> {
  const path = [process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin', '/usr/sbin', '/sbin'];
  return { PATH: path.join(':'), HOME: process.env.HOME ?? '/', LANG: 'C.UTF-8' };
}

function judge(end: ProgramEnd): Outcome {
  const said = shownText(firstLine(end.stdout) || firstLine(end.stderr));
  const told = said === '' ? '' : `: ${said}`;
  if (end.flooded) return failed('the program wrote more than 64 KiB');
  if (end.signal) return failed(`the program was ended by ${end.signal}${told}`);
  return end.code === 0 ? passed(`ended with 0${told}`) : failed(`ended with ${end.code}${told}`);
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? '';
}

const WORDS = new Map([
  ['ENOENT', 'there is no such file, or its interpreter is missing'],
  ['EACCES', 'it is not executable for this user'],
]);

/** Why a program could not be started. */
export function startFault(error: unknown): string {
  return WORDS.get(errorCode(error) ?? '') ?? shownText(errorText(error));
}
