/** `decode` and what follows it on the command line. */

import type { Argv, Options } from 'yargs';
import type { Command } from './command.ts';
import { UsageError } from './usageError.ts';

export const DECODE_OPTIONS = {
  'two-octet-as': { type: 'boolean', default: false, describe: 'AS numbers have two octets' },
  'add-path': {
    type: 'string',
    requiresArg: true,
    default: '',
    defaultDescription: 'none',
    describe: 'Families whose NLRI carry a path identifier: ipv4, ipv6 or ipv4,ipv6',
  },
  'extended-messages': {
    type: 'boolean',
    default: false,
    describe: 'Messages may have up to 65535 octets (RFC 8654)',
  },
  'extended-next-hop': {
    type: 'boolean',
    default: false,
    describe: 'IPv4 routes may have IPv6 next hops (RFC 8950)',
  },
  internal: { type: 'boolean', default: false, describe: 'The neighbour is in our own AS' },
} as const satisfies Record<string, Options>;

const FAMILIES: readonly string[] = ['ipv4', 'ipv6'];

/** Adds its operand. */
export function describeDecode<T>(y: Argv<T>) {
  return y.positional('hex', {
    type: 'string',
    describe: 'Whole messages, quoted where there are spaces; nothing: lines on standard input',
  });
}

interface DecodeArguments {
  readonly hex: string | undefined;
  readonly json: boolean;
  readonly 'two-octet-as': boolean;
  readonly 'add-path': string;
  readonly 'extended-messages': boolean;
  readonly 'extended-next-hop': boolean;
  readonly internal: boolean;
}

/** Throws UsageError. */
export function decodeCommand(typed: DecodeArguments): Command {
  return {
    name: 'decode',
    hex: typed.hex,
    json: typed.json,
    twoOctetAs: typed['two-octet-as'],
    addPath: familiesOf(typed['add-path']),
    extendedMessages: typed['extended-messages'],
    extendedNextHop: typed['extended-next-hop'],
    internal: typed.internal,
  };
}

function familiesOf(text: string): readonly string[] {
  const families = text.split(',').filter((part) => part !== '');
  const unknown = families.find((family) => !FAMILIES.includes(family));
  if (unknown === undefined) return families;
  throw new UsageError(`--add-path does not know "${unknown}": it takes ipv4, ipv6 or ipv4,ipv6`);
}
