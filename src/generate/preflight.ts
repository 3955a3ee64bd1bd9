/**
 * Where the running kernel is not as this file needs it. As `generate sysctl --check`, but judged by
 * what is in force: the reverse-path filter of a link is the greater of `all` and its own. Pure.
 */

import type { Config } from '../config/config.ts';
import { type SysctlSetting, settingName, sysctlGroups } from './sysctlSettings.ts';
import { type Interfaces, transitInterfaces } from './transitLinks.ts';

export interface KernelFinding {
  /** As `sysctl` takes it. */
  readonly setting: string;
  /** What is in force, in words. */
  readonly cause: string;
  readonly consequence: string;
  /** A command. */
  readonly mend: string;
  /** Traffic is lost for it, not only speed or order. */
  readonly loses: boolean;
}

/** Of `path` below /proc/sys; undefined: there is no such setting. */
export type ReadSetting = (path: readonly string[]) => string | undefined;

/** `interfaces`: what was derived for upstreams whose interface the file leaves open. */
export function kernelFindings(
  config: Config,
  interfaces: Interfaces,
  read: ReadSetting,
): readonly KernelFinding[] {
  const settings = sysctlGroups(config, interfaces).flatMap((group) => group.settings);
  // `all` is 0 where every link has a value of its own.
  const wanted = settings.find(isDefaultFilter)?.value ?? '0';
  return [
    ...transitInterfaces(config, interfaces).flatMap((name) => filterFinding(name, wanted, read)),
    ...settings.filter((setting) => !isFilter(setting)).flatMap((one) => finding(one, read)),
  ];
}

function isFilter({ path }: SysctlSetting): boolean {
  return path.at(-1) === 'rp_filter';
}

function isDefaultFilter(setting: SysctlSetting): boolean {
  return isFilter(setting) && setting.path.includes('default');
}

/** `wanted`: 0, or 2 where loose is as good. */
function filterFinding(name: string, wanted: string, read: ReadSetting): readonly KernelFinding[] {
  const own = filterPath(name);
  const values = [filterPath('all'), own].map((path) => Number(read(path) ?? 0));
  const [all = 0, link = 0] = values;
  const inForce = Math.max(all, link);
  const passes = inForce === 0 || (inForce === 2 && wanted === '2');
  if (passes) return [];
  const strict = inForce === 1;
  const value = wanted === '2' ? '2' : '0';
  // 2 of a link wins over 1 of all; 0 does not.
  const mends = [
    ...(value === '0' && all > 0 ? [`sysctl -w ${nameOf(filterPath('all'))}=0`] : []),
    `sysctl -w ${nameOf(own)}=${value}`,
  ];
  return [
    {
      setting: nameOf(own),
      cause: `the reverse-path filter of ${name} is ${strict ? 'strict' : 'loose'} (all ${all}, its own ${link}: the greater is in force)`,
      consequence: strict
        ? 'what comes in there and is answered through another upstream is dropped'
        : 'what comes in from addresses that no route leads to is dropped',
      mend: mends.join(' && '),
      loses: true,
    },
  ];
}

function finding(setting: SysctlSetting, read: ReadSetting): readonly KernelFinding[] {
  const is = read(setting.path);
  if (is === setting.value || (is === undefined && setting.optional)) return [];
  const name = settingName(setting);
  return [
    {
      setting: name,
      cause: is === undefined ? `${name} is not there` : `${name} is ${is}`,
      consequence: setting.breaks,
      mend: `sysctl -w ${name}=${setting.value}`,
      loses: LOSING.has(setting.path.at(-1) ?? ''),
    },
  ];
}

const LOSING = new Set(['ip_forward', 'forwarding', 'ignore_routes_with_linkdown']);

function filterPath(name: string): readonly string[] {
  return ['net', 'ipv4', 'conf', name, 'rp_filter'];
}

function nameOf(path: readonly string[]): string {
  return settingName({ path });
}
