/** What two files say differently of own prefixes, a line each. */

import type { Config } from '../config/config.ts';
import { formatCommunities } from '../net/community.ts';

export function prefixChanges(before: Config, after: Config): readonly string[] {
  const [old, now] = [prefixKeys(before), prefixKeys(after)];
  const changes: string[] = [];
  for (const [text, key] of now) {
    if (!old.has(text)) changes.push(`${text}: added`);
    else if (old.get(text) !== key) changes.push(`${text}: changed`);
  }
  for (const text of old.keys()) if (!now.has(text)) changes.push(`${text}: removed`);
  return changes;
}

/** By prefix; equal for two files exactly when they say the same of it. */
function prefixKeys({ prefixes }: Config): ReadonlyMap<string, string> {
  return new Map(
    prefixes.map(({ prefix, upstreams, communities, needs, onFailure }) => [
      prefix.text,
      JSON.stringify([upstreams, formatCommunities(communities), needs, onFailure]),
    ]),
  );
}
