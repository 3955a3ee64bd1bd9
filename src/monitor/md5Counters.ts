/**
 * What the kernel counts of segments that it dropped for their TCP MD5 signatures, in this network
 * namespace. It does not say whose they were.
 */

import { readFile } from 'node:fs/promises';

export interface Md5Counters {
  /** There was no signature, and we have a key for the address. */
  readonly missing: number;
  /** There was one, and we have no key for the address. */
  readonly unexpected: number;
  /** It was made with another key than ours. */
  readonly wrong: number;
}

const FILE = '/proc/net/netstat';

/** Undefined: this kernel does not tell. */
export async function readMd5Counters(): Promise<Md5Counters | undefined> {
  const text = await readFile(FILE, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseMd5Counters(text);
}

/** A line of names and a line of numbers for each protocol: `TcpExt: A B` and `TcpExt: 1 2`. */
export function parseMd5Counters(text: string): Md5Counters | undefined {
  const [names, numbers] = text
    .split('\n')
    .filter((line) => line.startsWith('TcpExt:'))
    .map((line) => line.split(' '));
  const counter = (name: string) => Number(numbers?.[names?.indexOf(name) ?? -1] ?? Number.NaN);
  const counters = {
    missing: counter('TCPMD5NotFound'),
    unexpected: counter('TCPMD5Unexpected'),
    wrong: counter('TCPMD5Failure'),
  };
  return Object.values(counters).every(Number.isSafeInteger) ? counters : undefined;
}
