/** Addresses and interfaces as values of the file, with what people write instead. */

import {
  addressFromOctets,
  formatIdentifier,
  type IpAddress,
  ipv4ToNumber,
  isLinkLocal,
} from '../net/address.ts';
import type { Family } from '../net/family.ts';
import { parseAddress, parseCidr } from '../net/text.ts';
import type { ListenAddress } from './config.ts';
import { type Field, scalar } from './field.ts';
import type { Told } from './findings.ts';

const ADDRESS = { type: 'string', pattern: '^[0-9a-fA-F:.]+$' } as const;

/** An address that a session can use at one of its ends. */
export const address: Field<IpAddress> = addressField('an address', '198.51.100.1');

export const ipv4Address: Field<IpAddress> = addressField(
  'an IPv4 address',
  '198.51.100.2',
  'ipv4',
);

export const ipv6Address: Field<IpAddress> = addressField('an IPv6 address', '2001:db8::2', 'ipv6');

function addressField(name: string, example: string, family?: Family): Field<IpAddress> {
  return scalar({ name, example, schema: ADDRESS }, (text) => {
    const value = parseAddress(text);
    if (!value) return { wrong: notAnAddress(text, name, example) };
    if (family && value.family !== family) {
      return {
        wrong: {
          cause: `${value.text} is not ${name}`,
          consequence: 'routes of one family cannot have a next hop of the other',
          mend: `write ${name}, as ${example}`,
        },
      };
    }
    const wrong = unusable(value);
    return wrong ? { wrong } : { value };
  });
}

function notAnAddress(text: string, name: string, example: string): Told {
  const told = (cause: string, mend: string) => ({
    cause,
    consequence: `it cannot be used as ${name}`,
    mend,
  });
  const cidr = parseCidr(text);
  if (cidr) return told(`${text} is a prefix`, `write the address alone: ${cidr.address.text}`);
  if (/^fe[89ab][0-9a-f]:.*%/i.test(text)) {
    return told('addresses with a zone are not in this version', `write a global address`);
  }
  const port = /^\[?(.+?)\]?:\d+$/.exec(text)?.[1];
  const bare = port === undefined ? undefined : parseAddress(port);
  if (bare) {
    return told(
      `${text} has a port`,
      `write the address alone, ${bare.text}, and the port as port:`,
    );
  }
  const decimal = text.replaceAll(/(^|\.)0+(?=\d)/g, '$1');
  if (decimal !== text && parseAddress(decimal)) {
    return told(`${text} has leading zeros, which some tools read as octal`, `write ${decimal}`);
  }
  if (/^[a-z][a-z0-9-]*(\.[a-z0-9-]+)*\.?$/i.test(text)) {
    return told(`"${text}" is a name`, `write its address, as ${example}: names are not looked up`);
  }
  return told(`"${text}" is not an address`, `write ${name}, as ${example}`);
}

/** Why no session can have `address` at one of its ends. Loopback may: tests and demos do. */
function unusable({ family, octets, text }: IpAddress): Told | undefined {
  const [first = 0] = octets;
  const told = (what: string, consequence: string) => ({
    cause: `${text} is ${what}`,
    consequence,
    mend: "write an interface's own address",
  });
  if (octets.every((octet) => octet === 0)) {
    return told('the unspecified address', 'it stands for no machine');
  }
  if (family === 'ipv4' ? first >= 224 && first < 240 : first === 0xff) {
    return told('a multicast address', 'TCP connects to one machine only');
  }
  if (octets.every((octet) => octet === 255)) {
    return told('the broadcast address', 'TCP connects to one machine only');
  }
  if (isLinkLocal({ family, octets, text })) {
    return {
      cause: `${text} is a link-local address`,
      consequence:
        'without a zone it means another machine on each link, and zones are not in this version',
      mend: 'write a global or unique local address of that link',
    };
  }
  if (text.startsWith('::ffff:')) {
    const mapped = addressFromOctets(octets.slice(12));
    return {
      ...told('an IPv4 address in IPv6 form', 'no IPv6 packet carries it'),
      mend: `write ${mapped.text}`,
    };
  }
  return undefined;
}

/** `ADDRESS:PORT`, an IPv6 address in brackets. */
export const listenAddress: Field<ListenAddress> = scalar(
  {
    name: 'an address and port',
    example: '"0.0.0.0:179"',
    schema: { type: 'string', pattern: '^([0-9.]+|\\[[0-9a-fA-F:.]+\\]):\\d{1,5}$' },
  },
  (text) => {
    const match = /^(?:\[([^\]]*:[^\]]*)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
    const value = match && parseAddress(match[1] ?? match[2] ?? '');
    const port = Number(match?.[3]);
    if (value && port >= 1 && port <= 65535) {
      const wrong = octetsAllZero(value) ? undefined : unusable(value);
      return wrong ? { wrong } : { value: { address: value, port } };
    }
    return {
      wrong: {
        cause: `"${text}" is not an address and port`,
        consequence: 'nothing can be bound to it',
        mend: `write ${listenMend(text)}`,
      },
    };
  },
);

function octetsAllZero({ octets }: IpAddress): boolean {
  return octets.every((octet) => octet === 0);
}

/** What an IPv6 address and port without brackets was probably meant to be, as a mend. */
export function bracketedMend(text: string): string | undefined {
  const [, before = '', port = ''] = /^([^[\]]*:[^[\]]*):(\d{1,5})$/.exec(text) ?? [];
  const address = parseAddress(before);
  return address && `"[${address.text}]:${port}" if ${port} is the port`;
}

function listenMend(text: string): string {
  const bracketed = bracketedMend(text);
  if (bracketed !== undefined) return bracketed;
  const alone = parseAddress(text.replace(/^\[(.*)\]$/, '$1'));
  if (alone) return alone.family === 'ipv6' ? `"[${alone.text}]:179"` : `"${alone.text}:179"`;
  const port = /^\*?:?(\d{1,5})$/.exec(text)?.[1];
  if (port !== undefined) return `"0.0.0.0:${port}" and "[::]:${port}"`;
  return 'it as "192.0.2.1:179" or "[2001:db8::1]:179", the port from 1 to 65535';
}

export function formatListen({ address: { family, text }, port }: ListenAddress): string {
  return family === 'ipv6' ? `[${text}]:${port}` : `${text}:${port}`;
}

/** A BGP Identifier: a dotted quad, whatever the sessions run over (RFC 6286 §2.1: not 0). */
export const routerId: Field<number> = scalar(
  {
    name: 'a router id',
    example: '192.0.2.1',
    schema: { type: 'string', pattern: '^(\\d{1,3}\\.){3}\\d{1,3}$' },
  },
  (text) => {
    const parsed = parseAddress(text);
    const value = parsed?.family === 'ipv4' ? ipv4ToNumber(parsed) : 0;
    if (value !== 0) return { value };
    const number = /^[1-9]\d{0,9}$/.test(text) && Number(text) <= 0xffff_ffff;
    return {
      wrong: {
        cause:
          parsed?.family === 'ipv4' ? `${text} is no router id` : `"${text}" is not a dotted quad`,
        consequence:
          'a BGP Identifier has 32 bits and is not 0; neighbours refuse any other (RFC 6286)',
        mend: number
          ? `write ${formatIdentifier(Number(text))}`
          : "write one of this router's IPv4 addresses, or any unique dotted quad",
      },
    };
  },
);

/** A kernel interface name: at most 15 characters, without slashes and white space. */
export const interfaceName: Field<string> = scalar(
  {
    name: 'an interface name',
    example: 'eth1',
    schema: { type: 'string', pattern: '^[^\\s/:]{1,15}$' },
  },
  (text) => {
    if (/^[^\s/:]{1,15}$/.test(text) && text !== '.' && text !== '..') return { value: text };
    return {
      wrong: {
        cause: `"${text}" is no interface name`,
        consequence:
          'the kernel has no such interface: names have 1 to 15 characters, without / : and spaces',
        mend: 'write a name that `ip -br link` shows, without what follows an @',
      },
    };
  },
);
