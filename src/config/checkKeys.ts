/**
 * The keys of a check: what is probed, one of seven, and how its results are judged. Which keys go
 * together, and the defaults that differ by what is probed, are in `judgeChecks.ts` and `checks.ts`.
 */

import { address, interfaceName } from './addressFields.ts';
import {
  argumentList,
  bodyText,
  type FailureWindow,
  failureWindow,
  httpStatus,
  interval,
  resultsInRow,
  timeout,
} from './checkFields.ts';
import { domainName, endpoint, httpUrl, target } from './checkTargets.ts';
import { CHECK_WORDS } from './checkWords.ts';
import { boolean, choice } from './field.ts';
import { wordOr } from './list.ts';
import { mapping, optional, type ReadKeys } from './mapping.ts';
import { certificateFile } from './pathFields.ts';

/** What a check may probe; each is the key that says where. */
export const PROBE_KINDS = ['tcp', 'http', 'dns', 'haproxy-agent', 'exec', 'link', 'ping'] as const;

export const RECORD_TYPES = [
  ...['A', 'AAAA', 'CAA', 'CNAME', 'MX'],
  ...['NS', 'PTR', 'SOA', 'SRV', 'TXT'],
] as const;

const CHECK = {
  tcp: optional(
    endpoint('an address and port', '"203.0.113.10:80"'),
    'Passes when a connection to this address and port is made. Default: none.',
  ),
  http: optional(
    httpUrl,
    'Passes when a GET of this URL is answered with `status`, and with `body` in the answer. Redirections are not followed. Default: none.',
  ),
  status: optional(httpStatus, 'With http: the status that passes. Default: 200.'),
  body: optional(
    bodyText,
    'With http: a text that the first 64 KiB of the answer contain. Default: any answer.',
  ),
  host: optional(
    domainName,
    "With http: the name to ask for, and that an https server's certificate must have. Default: the address.",
  ),
  ca: optional(
    certificateFile,
    'With https: a PEM file of the authorities to trust, instead of those that Node.js trusts. Default: none.',
  ),
  insecure: optional(
    boolean,
    'With https: whether any certificate is taken: then it is not known who answers. Default: false.',
  ),
  dns: optional(
    endpoint('a name server', '"203.0.113.53"', 53),
    'Passes when this name server answers with a record of `name` and `type`; the port is 53 unless it follows. Default: none.',
  ),
  name: optional(
    domainName,
    'With dns, which needs it: the name that is asked for. Default: none.',
  ),
  type: optional(
    choice('a record type', RECORD_TYPES),
    'With dns: the type of record that is asked for. Default: A.',
  ),
  'haproxy-agent': optional(
    endpoint('an address and port', '"203.0.113.10:5555"'),
    'Passes when an agent in the style of HAProxy answers up, ready or a percentage above 0. Default: none.',
  ),
  exec: optional(
    argumentList,
    'A program, by its absolute path, and its arguments: passes when it ends with 0. Default: none.',
  ),
  link: optional(
    interfaceName,
    'Passes while this interface is up and has carrier; its loss counts at once. Default: none.',
  ),
  ping: optional(target, 'Passes when an echo request to this address is answered. Default: none.'),
  interval: optional(interval, 'From one probe to the next, 100ms to 1h. Default: 5s.'),
  timeout: optional(
    timeout,
    'How long a probe may take, at most `interval`. Default: 2s, or the interval if that is shorter.',
  ),
  rise: optional(resultsInRow, 'So many passes in a row make it up. Default: 2; of a link 1.'),
  fall: optional(resultsInRow, 'So many failures in a row make it down. Default: 2; of a link 1.'),
  window: optional(
    wordOr<FailureWindow | 'none'>('none', 'none', failureWindow),
    'So many failures among so many results, as 3/5, make it down too; `none`: only `fall` does. Default: with fall: 2, 3/6, so that a service that fails every other time is down.',
  ),
  source: optional(address, 'The address of ours to probe from. Default: what the kernel chooses.'),
};

export const check = mapping(CHECK, CHECK_WORDS);

export type ReadCheck = ReadKeys<typeof CHECK>;
