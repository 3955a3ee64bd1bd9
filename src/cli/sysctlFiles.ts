/**
 * What the machine's sysctl files say, in the order in which they are applied: those of sysctl.d by
 * name, of equal names the one in /etc alone, and /etc/sysctl.conf at the end.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SysctlAssignment {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** As directories below /proc/sys; `*` stands for any name. */
  readonly path: readonly string[];
  readonly value: string;
}

/** The first that has a file of some name hides those of the others. */
const DIRECTORIES = ['etc/sysctl.d', 'run/sysctl.d', 'usr/local/lib/sysctl.d', 'usr/lib/sysctl.d'];

/** `root`: where the machine's files are, but for tests `/`. */
export function sysctlAssignments(root: string): readonly SysctlAssignment[] {
  const files = new Map<string, string>();
  for (const directory of DIRECTORIES.map((name) => join(root, name))) {
    for (const name of namesIn(directory).filter((one) => one.endsWith('.conf'))) {
      if (!files.has(name)) files.set(name, join(directory, name));
    }
  }
  const ordered = [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
  return [...ordered, join(root, 'etc/sysctl.conf')].flatMap(assignmentsIn);
}

/** The one that is in force once all of them are applied; undefined: no file says anything. */
export function lastAssignment(
  assignments: readonly SysctlAssignment[],
  path: readonly string[],
): SysctlAssignment | undefined {
  return assignments.findLast(
    (one) =>
      one.path.length === path.length &&
      one.path.every((part, i) => part === '*' || part === path[i]),
  );
}

function assignmentsIn(file: string): readonly SysctlAssignment[] {
  return linesOf(file).flatMap((text, i) => {
    const match = /^\s*-?([^\s#;=][^=]*?)\s*=\s*(.*?)\s*$/.exec(text);
    if (!match) return [];
    return [{ file, line: i + 1, path: pathOf(match[1] ?? ''), value: match[2] ?? '' }];
  });
}

/** The first separator decides; where that is a dot, a slash stands for a dot in a name. */
function pathOf(key: string): readonly string[] {
  if (/^[^.]*\//.test(key)) return key.split('/');
  return key.split('.').map((part) => part.replaceAll('/', '.'));
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // not every system has all of them
  }
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return []; // not there, or a link that leads nowhere: nothing is applied from it either
  }
}
