/**
 * `multihomed generate sysctl --check`: the settings that the file asks for against the running
 * kernel, of this network namespace, and against the files that the next start applies.
 */

import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Config } from '../config/config.ts';
import { type SysctlSetting, settingName, sysctlGroups } from '../generate/sysctlSettings.ts';
import { type Interfaces, openLinks } from '../generate/transitLinks.ts';
import { jsonText } from './json.ts';
import { lastAssignment, type SysctlAssignment, sysctlAssignments } from './sysctlFiles.ts';
import type { Terminal } from './terminal.ts';

interface Difference {
  readonly setting: string;
  /** `kernel`: now; `file`: after the next start. */
  readonly in: 'kernel' | 'file';
  /** Of the file that wins; null: the kernel, or no file has it. */
  readonly place: string | null;
  /** Null: there is no such setting, or no file has it. */
  readonly is: string | null;
  readonly should: string;
  readonly breaks: string;
}

/** Returns the exit code: 1 when something differs. `root` is `/`, but for tests. */
export function runSysctlCheck(
  config: Config,
  { interfaces, json }: { readonly interfaces: Interfaces; readonly json: boolean },
  terminal: Terminal,
  root = '/',
): number {
  const settings = sysctlGroups(config, interfaces).flatMap((group) => group.settings);
  const assignments = sysctlAssignments(root);
  const kernel = settings.flatMap((setting) => kernelDifference(setting, root) ?? []);
  const files = settings.flatMap((setting) => fileDifference(setting, assignments, root) ?? []);
  const differences = [...kernel, ...files];
  if (json) {
    terminal.stdout(jsonText({ ok: differences.length === 0, differences }));
    return differences.length === 0 ? 0 : 1;
  }
  for (const { what, why } of openLinks(config, interfaces)) terminal.stderr(`${what}: ${why}\n`);
  const lines = textLines(kernel, files, settings.length, mendText(config, interfaces));
  terminal.stdout(`${lines.join('\n')}\n`);
  return differences.length === 0 ? 0 : 1;
}

function kernelDifference(setting: SysctlSetting, root: string): Difference | undefined {
  const is = runningValue(setting.path, root);
  if (is === setting.value || (is === undefined && setting.optional)) return undefined;
  return { ...about(setting), in: 'kernel', place: null, is: is ?? null };
}

function fileDifference(
  setting: SysctlSetting,
  assignments: readonly SysctlAssignment[],
  root: string,
): Difference | undefined {
  const last = lastAssignment(assignments, setting.path);
  if (last?.value === setting.value) return undefined;
  const place = last ? `/${relative(root, last.file)}:${last.line}` : null;
  return { ...about(setting), in: 'file', place, is: last?.value ?? null };
}

function about(setting: SysctlSetting) {
  return { setting: settingName(setting), should: setting.value, breaks: setting.breaks };
}

function runningValue(path: readonly string[], root: string): string | undefined {
  try {
    return readFileSync(join(root, 'proc/sys', ...path), 'utf8').trim();
  } catch {
    return undefined; // no such setting in this kernel, or no such interface
  }
}

function textLines(
  kernel: readonly Difference[],
  files: readonly Difference[],
  count: number,
  mend: string,
): readonly string[] {
  const unkept = files.filter(({ place }) => place === null).map(({ setting }) => setting);
  const lines = [
    ...kernel.flatMap(({ setting, is, should, breaks }) => [
      is === null
        ? `${setting} is not there, and should be ${should}`
        : `${setting} is ${is}, and should be ${should}`,
      `  so: ${breaks}`,
    ]),
    ...files
      .filter(({ place }) => place !== null)
      .flatMap(({ setting, place, is, should }) => [
        `${place}: ${setting} is set to ${is}, and should be ${should}`,
        '  so: that line is the last of this setting, and the next start takes it',
      ]),
    ...(unkept.length > 0
      ? [`no file sets these, so that the next start forgets them: ${unkept.join(', ')}`]
      : []),
  ];
  const fine = kernel.length === 0 && files.length === 0;
  if (fine) return [`the kernel and its files have all ${count} settings as they should be`];
  return [...lines, mend];
}

/** With the links that were found: a file that is written without them would differ again. */
function mendText({ upstreams }: Config, interfaces: Interfaces): string {
  const links = upstreams.flatMap(({ name, interface: own }) => {
    const found = own === undefined ? interfaces.get(name) : undefined;
    return found === undefined ? [] : [`${name}=${found}`];
  });
  const option = links.length > 0 ? ` --interface ${links.join(',')}` : '';
  return `do: multihomed generate sysctl${option} -o /etc/sysctl.d && sysctl --system, and remove lines that win over it`;
}
