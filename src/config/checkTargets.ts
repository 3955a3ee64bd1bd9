/** Where a check looks, as values of the file: always an address, since names are not looked up. */

import type { IpAddress } from '../net/address.ts';
import { parseAddress } from '../net/text.ts';
import { bracketedMend } from './addressFields.ts';
import { type Field, scalar } from './field.ts';
import type { Told } from './findings.ts';

export interface Endpoint {
  readonly address: IpAddress;
  readonly port: number;
}

const ENDPOINT = /^(?:\[([^\]]*:[^\]]*)\]|([^:[\]]+)):(\d{1,5})$/;

/** `ADDRESS:PORT`, an IPv6 address in brackets. `usual`: the port of an address alone. */
export function endpoint(name: string, example: string, usual?: number): Field<Endpoint> {
  const kind = { name, example, schema: { type: 'string', pattern: '^[0-9a-fA-F.:[\\]]+$' } };
  return scalar(kind, (text) => {
    const match = ENDPOINT.exec(text);
    const address = parseAddress(match ? (match[1] ?? match[2] ?? '') : text);
    const port = match ? Number(match[3]) : usual;
    if (!address || port === undefined || port < 1 || port > 65535) {
      return { wrong: notAnEndpoint(text, name, example, address) };
    }
    const wrong = noTarget(address);
    return wrong ? { wrong } : { value: { address, port } };
  });
}

function notAnEndpoint(
  text: string,
  name: string,
  example: string,
  address: IpAddress | undefined,
): Told {
  const named = /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)*(:\d+)?$/i.test(text);
  return {
    // It may be a URL, and that is not repeated.
    cause: `${/[/?]/.test(text) ? 'this' : `"${text}"`} is not ${name}`,
    consequence: named
      ? 'names are not looked up: a resolver that fails would take the prefix with it'
      : 'nothing can be connected to',
    mend: endpointMend(text, example, address),
  };
}

function endpointMend(text: string, example: string, address: IpAddress | undefined): string {
  const bracketed = bracketedMend(text);
  if (bracketed !== undefined) return `write ${bracketed}`;
  if (!address || text.includes(']')) return `write it as ${example}`;
  return `add the port, as "${address.family === 'ipv6' ? `[${address.text}]` : address.text}:80"`;
}

/** Why nothing can be probed at `address`; undefined: something can. */
function noTarget({ family, octets, text }: IpAddress): Told | undefined {
  const [first = 0] = octets;
  const unspecified = octets.every((octet) => octet === 0);
  const many = family === 'ipv4' ? first >= 224 : first === 0xff;
  if (!unspecified && !many) return undefined;
  return {
    cause: `${text} is ${unspecified ? 'the unspecified address' : 'an address of many machines'}`,
    consequence: 'no one machine answers there',
    mend: "write the service's own address",
  };
}

export const target: Field<IpAddress> = scalar(
  {
    name: 'an address to probe',
    example: '203.0.113.10',
    schema: { type: 'string', pattern: '^[0-9a-fA-F:.]+$' },
  },
  (text) => {
    const value = parseAddress(text);
    if (!value) return { wrong: notAnEndpoint(text, 'an address', '203.0.113.10', value) };
    const wrong = noTarget(value);
    return wrong ? { wrong } : { value };
  },
);

export interface HttpTarget {
  readonly url: string;
  readonly address: IpAddress;
  readonly secure: boolean;
}

const URL_SHAPE = /^(https?):\/\/(\[[^\]@]+\]|[^/:?#@[\]]+)(?::(\d{1,5}))?((?:[/?][!-~]*)?)$/i;

export const httpUrl: Field<HttpTarget> = scalar(
  {
    name: 'a URL',
    example: '"http://203.0.113.10/health"',
    schema: { type: 'string', pattern: '^[hH][tT][tT][pP][sS]?://' },
  },
  (text) => {
    const [, scheme = '', host = '', port, path = ''] = URL_SHAPE.exec(text) ?? [];
    const address = parseAddress(host.replace(/^\[(.*)\]$/, '$1'));
    if (!address || path.includes('#') || Number(port ?? 1) < 1 || Number(port ?? 1) > 65535) {
      return { wrong: notAUrl(scheme, host) };
    }
    const wrong = noTarget(address);
    if (wrong) return { wrong };
    return { value: { url: text, address, secure: scheme.toLowerCase() === 'https' } };
  },
);

/** The text is not repeated: what is asked for may hold a token. */
function notAUrl(scheme: string, host: string): Told {
  const named = /^[a-z0-9.-]*[a-z][a-z0-9.-]*$/i.test(host);
  return {
    cause: named ? `${host} is a name` : 'this is not a URL that can be asked for',
    consequence: named
      ? 'names are not looked up: a resolver that fails would take the prefix with it'
      : 'an http check asks for http:// or https:// at an address, without user and fragment',
    mend: named
      ? `write its address there, as "${scheme}://203.0.113.10/health", and the name as host: ${host}`
      : 'write it as "http://203.0.113.10/health" or "https://[2001:db8::10]:8443/health"',
  };
}

export const domainName: Field<string> = scalar(
  {
    name: 'a domain name',
    example: 'example.net',
    schema: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,253}$' },
  },
  (text) => {
    const bare = text.replace(/\.$/, '');
    const labels = bare.split('.');
    if (bare.length <= 253 && labels.every((label) => /^[a-z0-9_-]{1,63}$/i.test(label))) {
      return { value: bare };
    }
    return {
      wrong: {
        cause: `"${text}" is not a domain name`,
        consequence: 'labels have 1 to 63 of the characters a-z 0-9 - _, names at most 253',
        mend: 'write it as www.example.net, in its ASCII form',
      },
    };
  },
);
