/** The kernel's settings, as a file for sysctl.d. */

import type { Config } from '../config/config.ts';
import { type SysctlSetting, settingName, sysctlGroups } from './sysctlSettings.ts';
import type { Generated, GenerateOptions, Target } from './target.ts';
import { openLinks } from './transitLinks.ts';

export const sysctl: Target = {
  name: 'sysctl',
  description: "the kernel's settings: reverse-path filter, forwarding, dead links",
  directory: '/etc/sysctl.d',
  generate,
};

function generate(config: Config, { render, interfaces = new Map() }: GenerateOptions): Generated {
  const groups = sysctlGroups(config, interfaces).map(({ why, settings }) => ({
    why,
    settings: settings.map(settingLine),
  }));
  const path = '90-multihomed.conf';
  return {
    files: [{ path, mode: 0o644, comment: '#', content: render(`sysctl/${path}`, { groups }) }],
    notExpressible: openLinks(config, interfaces),
  };
}

/** What may be missing begins with a dash: its failure is none of the others'. */
function settingLine(setting: SysctlSetting): string {
  return `${setting.optional ? '-' : ''}${settingName(setting)} = ${setting.value}`;
}
