/** The settings of the running kernel, in the network namespace of this process. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KernelFinding, ReadSetting } from '../generate/preflight.ts';

/** Below `root`, `/` but for tests. */
export function settingsOf(root = '/'): ReadSetting {
  return (path) => {
    try {
      return readFileSync(join(root, 'proc/sys', ...path), 'utf8').trim();
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
