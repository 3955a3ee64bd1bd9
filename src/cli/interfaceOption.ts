/** `--interface NAME=LINK,…`: what the file leaves open, said beside it. */

import { type Config, neighboursOf } from '../config/config.ts';
import { derivePaths, type Paths } from '../daemon/paths.ts';
import { CommandError } from './commandError.ts';
import { didYouMean } from './didYouMean.ts';
import { UsageError } from './usageError.ts';

/** Where the servers are, which is no neighbour's link. */
const INSIDE = 'inside';

/** Throws UsageError. */
export function parseInterfaces(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(',').filter((part) => part !== '');
  return new Map(
    pairs.map((pair): [string, string] => {
      const match = /^([^=]+)=([^\s/="]{1,15})$/.exec(pair);
      if (match) return [match[1] ?? '', match[2] ?? ''];
      throw new UsageError(`--interface does not know "${pair}": write transit-a=eth1`);
    }),
  );
}

/** Throws CommandError where a name is nobody's. */
export function judgeInterfaces(interfaces: ReadonlyMap<string, string>, config: Config): void {
  const names = [...neighboursOf(config).map(({ name }) => name), INSIDE];
  const unknown = [...interfaces.keys()].find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const near = didYouMean(unknown, names);
  throw new CommandError(`--interface ${unknown}: there is no neighbour of that name${near}`);
}

/** Those that were said, and the others as `run` finds them on this very machine. */
export async function derivedInterfaces(
  config: Config,
  said: ReadonlyMap<string, string>,
  pathsOf: (config: Config) => Promise<Paths> = derivePaths,
): Promise<ReadonlyMap<string, string>> {
  const paths = await pathsOf(config);
  const derived = [...paths].flatMap(([name, path]): (readonly [string, string])[] =>
    path.interface === undefined ? [] : [[name, path.interface]],
  );
  return new Map([...derived, ...said]);
}
