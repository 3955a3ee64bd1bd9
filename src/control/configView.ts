/**
 * The configuration that the daemon runs on, every default filled in, as JSON: what `GET /v1/config`
 * and `show config` give. Never a secret: whatever its key, a password is only said to be there, and so
 * are arguments of programs; of a URL there is the server.
 */

import type { Config } from '../config/config.ts';
import { formatIdentifier } from '../net/address.ts';
import { type Communities, formatCommunities } from '../net/community.ts';
import { shownUrl } from '../net/urlText.ts';

export type ConfigValue =
  | null
  | boolean
  | number
  | string
  | readonly ConfigValue[]
  | { readonly [key: string]: ConfigValue };

/** `GET /v1/config`. */
export interface ConfigView {
  readonly config: ConfigValue;
}

const SECRET = /password|secret|token/i;
const HIDDEN = '(set)';

export function configView(config: Config): ConfigView {
  const { routerId, control, ...rest } = config;
  const mode = control.mode.toString(8).padStart(4, '0');
  const view = { routerId: formatIdentifier(routerId), ...rest, control: { ...control, mode } };
  return { config: viewOf(view) };
}

function viewOf(value: unknown): ConfigValue {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') {
    return value;
  }
  if (typeof value !== 'object' || value === null) return null;
  if (Array.isArray(value)) return value.map(viewOf);
  if (value instanceof Map || value instanceof Set) return [...value].map(viewOf);
  if (isCommunities(value)) return formatCommunities(value);
  // Addresses and prefixes.
  if ('octets' in value && 'text' in value) return viewOf(value.text);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, keyed(key, inner)]));
}

function keyed(key: string, value: unknown): ConfigValue {
  if (SECRET.test(key) && value) return HIDDEN;
  if (key === 'url' && typeof value === 'string') return shownUrl(value);
  if (key === 'argv' && Array.isArray(value)) {
    return value.map((argument, i) => (i === 0 ? viewOf(argument) : HIDDEN));
  }
  return viewOf(value);
}

function isCommunities(value: object): value is Communities {
  return 'standard' in value && 'extended' in value && 'large' in value;
}
