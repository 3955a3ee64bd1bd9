/** Which neighbours have a connection, as the kernel knows it: for a daemon that nobody can ask. */

import { type Ask, answerOf, type Place } from './daemon.ts';

const CONNECTIONS = [
  '/usr/bin/ss',
  '-Htn',
  'state',
  'established',
  '( dport = :179 or sport = :179 )',
];

/** A connection is not a session yet; that a path came over it is for the collector to see. */
export async function connected({ neighbours }: Place, ask: Ask): Promise<ReadonlySet<string>> {
  const text = await answerOf(ask(...CONNECTIONS));
  const addresses = neighbours.map(({ address }) => address);
  return new Set(addresses.filter((address) => new RegExp(`\\b${address}\\]?:`).test(text)));
}

export async function isListening(ask: Ask, port: number): Promise<boolean> {
  return (await answerOf(ask('/usr/bin/ss', '-Hltn', `sport = :${port}`))) !== '';
}
