/** Running `ip` (iproute2) to its end. It needs no privilege for anything that is asked here. */

import { type ChildProcess, execFile } from 'node:child_process';
import { errorText } from '../net/errorText.ts';

export type IpAnswer =
  | { readonly ok: true; readonly output: string }
  /** `why` is what `ip` said, or why it could not be run. */
  | { readonly ok: false; readonly why: string };

/** How long an answer may take, in ms; a netlink request takes about two. */
const LIMIT = 5000;
/** Of output, in octets: thousands of interfaces. */
const MAX_OUTPUT = 1 << 26;

/** A plain user's PATH need not have the folder that `ip` is in. */
export function ipEnvironment(): NodeJS.ProcessEnv {
  const path = [process.env.PATH, '/usr/sbin', '/sbin'].filter(Boolean).join(':');
  return { ...process.env, PATH: path };
}

/** Why a program could not be started, in words that name what to install. */
export function startFault(program: string, error: Error): string {
  // EACCES also says that it was not found, and that a folder in PATH could not be read.
  const missing = 'code' in error && ['ENOENT', 'EACCES'].includes(String(error.code));
  if (!missing) return error.message;
  const mend = program === 'ip' ? '; install iproute2' : '';
  return `there is no \`${program}\` program that can be run${mend}`;
}

/** Never rejects. */
export function runIp(...argv: readonly string[]): Promise<IpAnswer> {
  return runWithin(LIMIT, 'ip', ...argv);
}

/** Any program, for at most `limit` ms. Never rejects. */
export function runWithin(
  limit: number,
  program: string,
  ...argv: readonly string[]
): Promise<IpAnswer> {
  return new Promise((resolve) => {
    const options = { env: ipEnvironment(), maxBuffer: MAX_OUTPUT };
    try {
      const child = execFile(program, argv, options, (error, stdout, stderr) => {
        clearTimeout(timer);
        if (!error) resolve({ ok: true, output: stdout });
        else resolve({ ok: false, why: stderr.trim() || startFault(program, error) });
      });
      // Not execFile's own limit: that waits for the end of what it has killed, and a program that
      // waits for a lock in the kernel does not end before it has it.
      const timer = setTimeout(() => {
        resolve({ ok: false, why: `\`${program}\` did not answer within ${limit} ms` });
        abandon(child);
      }, limit);
    } catch (error) {
      // For want of memory or descriptors, or a text that no program can be given.
      resolve({ ok: false, why: errorText(error) });
    }
  });
}

function abandon(child: ChildProcess): void {
  child.kill('SIGKILL');
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
}
