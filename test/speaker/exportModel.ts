/** What a receiver is to hold, as one would write it without a thought for speed: values to text. */

import { eachCommunity } from '../../src/net/community.ts';
import type { ModelPath, ModelRib } from '../rib/model.ts';
import type { SetSpec } from '../rib/updates.ts';
import { LOCAL_ADDRESS, NEXT_HOP_6, type Receiver } from './receiver.ts';

const NO_EXPORT = 0xffffff01;
const NO_ADVERTISE = 0xffffff02;
const NO_EXPORT_SUBCONFED = 0xffffff03;
const GRACEFUL_SHUTDOWN = 0xffff0000;

/** Prefix -> attributes. */
export function expectedTable(
  model: ModelRib,
  { outlet }: Receiver,
  own: ReadonlySet<string>,
): Map<string, string> {
  const table = new Map<string, string>();
  for (const prefix of model.routes.keys()) {
    const best = model.best(prefix);
    const family = prefix.includes(':') ? 'ipv6' : 'ipv4';
    if (!best || own.has(prefix) || !outlet.families.includes(family)) continue;
    if (isHeldBack(prefix, outlet)) continue;
    if (!isRefused(best, outlet, model)) table.set(prefix, passedOn(prefix, best.set, outlet));
  }
  return table;
}

/** Prefix -> the attributes of each path that is to be sent, in the order of the texts (RFC 7911). */
export function expectedPaths(
  model: ModelRib,
  { outlet }: Receiver,
  own: ReadonlySet<string>,
): Map<string, string> {
  const table = new Map<string, string>();
  for (const [prefix, paths] of model.routes) {
    const family = prefix.includes(':') ? 'ipv6' : 'ipv4';
    if (own.has(prefix) || !outlet.families.includes(family) || isHeldBack(prefix, outlet))
      continue;
    const sent = [...paths.values()].filter((path) => !isRefused(path, outlet, model));
    const texts = sent.map(({ set }) => passedOn(prefix, set, outlet));
    if (texts.length > 0) table.set(prefix, texts.toSorted().join(' | '));
  }
  return table;
}

function isHeldBack(prefix: string, { receiver }: Receiver['outlet']): boolean {
  const mode = receiver.kind === 'internal' ? 'all' : receiver.export;
  return mode === 'own' || (mode === 'default' && !prefix.endsWith('/0'));
}

function isRefused(
  best: ModelPath,
  { receiver: { kind, asn } }: Receiver['outlet'],
  model: ModelRib,
): boolean {
  const inside = kind === 'internal';
  const communities = best.set.communities ?? [];
  if ((best.set.path ?? []).some((part) => typeof part !== 'number')) return true;
  if (communities.includes(NO_ADVERTISE)) return true;
  if (inside) return model.peers.get(best.peer)?.internal ?? false;
  if (communities.includes(NO_EXPORT) || communities.includes(NO_EXPORT_SUBCONFED)) return true;
  return (best.set.path ?? []).flat().includes(asn);
}

function passedOn(prefix: string, set: SetSpec, { receiver, context }: Receiver['outlet']): string {
  const inside = receiver.kind === 'internal';
  const six = prefix.includes(':');
  const kept = receiver.kind === 'internal' && !receiver.nextHopSelf;
  const parts: [number, string][] = [[1, `${set.origin ?? 0}`]];
  const before = inside ? [] : new Array(1 + receiver.prepend).fill(64500);
  const path = [...before, ...(set.path ?? [])];
  const text = (value: number) => (context.fourOctetAs || value <= 0xffff ? value : 23456);
  parts.push([
    2,
    path
      .map((part) => (typeof part === 'number' ? text(part) : `{${part.map(text).join(',')}}`))
      .join(','),
  ]);
  if (!six) parts.push([3, kept ? (set.nextHop ?? '198.51.100.1') : LOCAL_ADDRESS]);
  const med = inside ? set.med : receiver.med;
  if (med !== undefined) parts.push([4, four(med)]);
  const graceful = set.communities?.includes(GRACEFUL_SHUTDOWN);
  if (inside) parts.push([5, four(graceful ? 0 : 100)]);
  const added = [...eachCommunity(receiver.communities)].flatMap((some) =>
    some.kind === 'standard' ? [some.value] : [],
  );
  const communities = [...new Set([...(set.communities ?? []), ...added])];
  if (communities.length > 0) parts.push([8, communities.map(four).join('.')]);
  if (set.otc !== undefined) parts.push([35, four(set.otc)]);
  const all = parts.toSorted(([a], [b]) => a - b).map(([code, value]) => `${code}=${value}`);
  if (six) all.push(`nh=${kept ? '2001:db8::1' : NEXT_HOP_6}`);
  return all.join(' ');
}

function four(value: number): string {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.');
}
