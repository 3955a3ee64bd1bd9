/** What `ip -j route show` says, as far as we read it. */

import type { Family } from '../net/family.ts';
import { parsePrefix } from '../net/text.ts';
import type { KernelRoute, NextHop } from './route.ts';

/** Without those that are not understood. */
export function routesFrom(text: string, family: Family): readonly KernelRoute[] {
  return records(parse(text)).flatMap((record) => {
    const { dst, metric, type } = record;
    if (typeof dst !== 'string') return [];
    const destination = destinationOf(dst, family);
    const nextHops = type === 'blackhole' ? [] : hopsOf(record);
    if (type !== 'blackhole' && nextHops.length === 0) return [];
    return [{ family, destination, metric: typeof metric === 'number' ? metric : 0, nextHops }];
  });
}

/** A host's has no length there. */
function destinationOf(dst: string, family: Family): string {
  if (dst === 'default') return dst;
  const whole = dst.includes('/') ? dst : `${dst}/${family === 'ipv4' ? 32 : 128}`;
  return parsePrefix(whole)?.text ?? whole;
}

function hopsOf(record: Readonly<Record<string, unknown>>): readonly NextHop[] {
  const each = record.nexthops === undefined ? [record] : records(record.nexthops);
  return each.flatMap(({ gateway, dev }) =>
    typeof gateway === 'string' && typeof dev === 'string' ? [{ via: gateway, dev }] : [],
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // nothing at all is printed when there is nothing
  }
}

function records(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
