/** `neighbor … maximum-prefix` as `max-prefixes`. */

import type { Family } from '../net/family.ts';
import { inForce } from './evaluate.ts';
import type { ImportedNeighbour } from './importedNeighbour.ts';
import type { Notes } from './note.ts';
import type { Setting } from './source.ts';
import type { YamlMapping } from './yamlText.ts';

/** What need not be written. */
const DEFAULTS = { ipv4: 2_000_000, ipv6: 1_000_000, warn: '80%', idle: '30m' } as const;
/** How long a session stays down that the daemons would leave down for good. */
const LONGEST_IDLE = '168h';

export function maxPrefixKeys(
  { neighbour }: ImportedNeighbour,
  families: readonly Family[],
  notes: Notes,
): YamlMapping {
  const keys: Record<string, string | number> = {};
  for (const family of families) {
    const setting = inForce(neighbour.settings[family].get('maximum-prefix'));
    if (setting) Object.assign(keys, limitKeys(family, setting, notes));
  }
  const told = Object.entries(keys).filter(([key, value]) => !isDefault(key, value));
  return told.length > 0 ? { 'max-prefixes': Object.fromEntries(told) } : {};
}

/** `maximum-prefix N [PERCENT] [restart MINUTES | warning-only]` */
function limitKeys(
  family: Family,
  { statement, args }: Setting,
  notes: Notes,
): Readonly<Record<string, string | number>> {
  const [limit = '', ...rest] = args.filter((word) => word !== 'force');
  if (!/^[1-9]\d{0,7}$/.test(limit)) return {};
  if (rest.includes('warning-only')) {
    const means = `the session goes on above ${limit} prefixes, and nothing warns: its limit is the default`;
    notes.lost(statement, means);
    return {};
  }
  const percent = /^([1-9]\d?|100)$/.exec(rest[0] ?? '')?.[0] ?? '75';
  const minutes = Number(rest[rest.indexOf('restart') + 1]);
  const restarts = rest.includes('restart') && minutes > 0 && minutes <= 10_080;
  if (!restarts) {
    const means = `it stayed down until somebody cleared it; now it is tried again after ${LONGEST_IDLE}`;
    notes.changed(statement, means);
  }
  return {
    [family]: Number(limit),
    warn: `${percent}%`,
    idle: restarts ? `${minutes}m` : LONGEST_IDLE,
  };
}

function isDefault(key: string, value: string | number): boolean {
  return Object.entries(DEFAULTS).some(([name, usual]) => name === key && usual === value);
}
