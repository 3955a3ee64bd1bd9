/** What a namespace has pinged and had answered, as its kernel counts: ping may be too late to read it. */

import type { Namespace } from './netns.ts';

export interface Echoes {
  readonly sent: number;
  readonly received: number;
}

/** IPv4, so far. */
export async function echoesOf(namespace: Namespace): Promise<Echoes> {
  const text = await namespace.exec('cat', '/proc/net/snmp');
  const [names = [], values = []] = text
    .split('\n')
    .filter((line) => line.startsWith('Icmp: '))
    .map((line) => line.split(' '));
  const of = (name: string) => Number(values[names.indexOf(name)]);
  return { sent: of('OutEchos'), received: of('InEchoReps') };
}
