/** The settings of the running kernel, in the network namespace of this process. */

import { readFileSync } from 'node:fs';
import type { KernelFinding, ReadSetting } from '../generate/preflight.ts';

/**
 * Below `root`, the real one but for tests. Put together by hand: `path.join` walks through every
 * character, and so many of them warm up V8's optimizing compiler, whose pages are 3 MB of an idle daemon.
 */
export function settingsOf(root = ''): ReadSetting {
  return (path) => {
    try {
      return readFileSync(`${root}/proc/sys/${path.join('/')}`, 'utf8').trim();
    } catch {
      return undefined; // no such setting in this kernel, or no such interface
    }
  };
}

/** One line for all of them; undefined: nothing is lost for any. */
export function settingsLine(findings: readonly KernelFinding[]): string | undefined {
  const losing = findings.filter(({ loses }) => loses);
  if (losing.length === 0) return undefined;
  const told = losing.map(({ cause }) => cause).join('; ');
  return `traffic may be lost in this kernel: ${told}; \`multihomed check --preflight\` says for what, and how to mend it`;
}
