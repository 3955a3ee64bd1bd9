/**
 * The file: its keys, what they hold, what they mean, and what their absence means. The reader, the
 * JSON Schema and the reference in `docs/configuration.md` all follow from this one table, whose part
 * on neighbours is in `neighbourKeys.ts`; what concerns several keys at once is in `judge.ts`.
 */

import { formatListen, listenAddress, routerId } from './addressFields.ts';
import { asn, neighbourName, siteName, upstreamReference } from './bgpFields.ts';
import { BMP_STATIONS, bmpStation } from './bmpKeys.ts';
import { checkName } from './checkFields.ts';
import { check } from './checkKeys.ts';
import { communities } from './communityFields.ts';
import { condition } from './conditionField.ts';
import type { ListenAddress } from './config.ts';
import { fileMode, socketPath } from './controlFields.ts';
import { correlatedFailure } from './correlatedFailureKeys.ts';
import { stability } from './dampingKeys.ts';
import { choice, type Field } from './field.ts';
import { Findings } from './findings.ts';
import { kernel } from './kernelKeys.ts';
import { CONTROL_WORDS, FILE_WORDS, LOG_WORDS, PREFIX_WORDS } from './laterKeys.ts';
import { type ListKind, list, wordOr } from './list.ts';
import { fallback, mapping, named, optional, type ReadKeys, required } from './mapping.ts';
import { downstream, internal, upstream } from './neighbourKeys.ts';
import { stateDirectory } from './pathFields.ts';
import { cidr } from './prefixField.ts';
import { record } from './recordKeys.ts';

const LISTEN: ListKind<ListenAddress> = {
  name: 'addresses',
  max: 100,
  because: 'a socket is opened for each',
  key: formatListen,
  repetition: 'error',
};

const PREFIXES: ListKind<ReadPrefix> = {
  name: 'prefixes',
  max: 100_000,
  because: 'so many own prefixes are no plan but a leak',
  key: ({ prefix }) => prefix?.value.text ?? '',
  repetition: 'error',
};

const PREFIX = {
  prefix: required(cidr, 'The prefix, as 203.0.113.0/24 or 2001:db8:113::/48.'),
  needs: optional(
    condition,
    'What must hold for it to be announced: names of `checks`, of which a list means all; `all`, `any` and `at-least` nest. Default: nothing.',
  ),
  'on-failure': optional(
    choice('a way to fail', ['withdraw', 'backup', 'keep']),
    'What is done when `needs` no longer holds, or nobody knows any more: withdraw it, make it the last resort of all (backup), or keep it. Default: `withdraw`.',
  ),
  upstreams: optional(
    list(
      {
        name: 'upstreams',
        max: 1000,
        because: 'more are no plan but a mistake',
        key: (name) => name,
        repetition: 'error',
      },
      upstreamReference,
    ),
    'The names of the upstreams that it is announced to; other neighbours get it in any case. Default: all.',
  ),
  communities: fallback(
    communities,
    [],
    "Communities of this prefix, beside each neighbour's own.",
  ),
  space: fallback(
    choice('a kind of address space', ['pi', 'pa']),
    'pi',
    'Whose it is: pi, assigned to you; pa, part of a block that a provider holds.',
  ),
};

const prefixMapping = mapping(PREFIX, PREFIX_WORDS);

/** A mapping, or the prefix alone. */
const prefixEntry: Field<ReadPrefix> = {
  schema: { anyOf: [cidr.schema, prefixMapping.schema] },
  read(node, place, findings) {
    if (node.kind !== 'scalar') return prefixMapping.read(node, place, findings);
    const prefix = cidr.read(node, place, findings);
    // The other keys' fallbacks come of an empty mapping; that it has no prefix is no finding.
    const empty = { kind: 'mapping', at: node.at, entries: [] } as const;
    const rest = prefixMapping.read(empty, place, new Findings());
    return prefix && rest && { ...rest, prefix: { value: prefix, place } };
  },
};

const CONTROL = {
  socket: optional(
    socketPath,
    'Where the control socket is. Default: /run/multihomed/control.sock; not root: $XDG_RUNTIME_DIR/multihomed/control.sock.',
  ),
  mode: fallback(fileMode, '0600', "The control socket's permissions, in octal."),
  http: optional(
    listenAddress,
    'An address and port for the looking glass, JSON and metrics, all of it read-only, as 127.0.0.1:8479. Whoever reaches it may read. Default: none.',
  ),
};

const LOG = {
  level: fallback(
    choice('a log level', ['error', 'warn', 'info', 'debug']),
    'info',
    'The least that is logged.',
  ),
  format: fallback(
    choice('a log format', ['text', 'json']),
    'text',
    'For people, or for programs.',
  ),
};

const FILE = {
  asn: required(asn, 'Our AS number, plain or dotted (64500, 1.10).'),
  'router-id': required(
    routerId,
    'Our BGP Identifier: a dotted quad that no other router of ours has.',
  ),
  site: optional(siteName, "The name of this edge router's site. Default: none."),
  listen: fallback(
    wordOr('none', [], list(LISTEN, listenAddress)),
    ['0.0.0.0:179', '[::]:179'],
    'Addresses and ports that neighbours may connect to; `none`: only connect out.',
  ),
  'state-dir': optional(
    stateDirectory,
    'A directory of ours, where what must survive a restart is kept; it is made if it is not there. A reload takes no directory that has a state file already. Default: none, and nothing is kept.',
  ),
  'on-exit': fallback(
    choice('a way to end', ['withdraw', 'drain', 'keep']),
    'withdraw',
    'What a stop means for what is announced: withdraw it at once, move the traffic away first, or leave it to neighbours that keep routes over a restart.',
  ),
  control: fallback(mapping(CONTROL, CONTROL_WORDS), {}, 'The socket that commands use.'),
  log: fallback(mapping(LOG, LOG_WORDS), {}, 'The log, on standard error.'),
  bmp: fallback(
    list(BMP_STATIONS, bmpStation),
    [],
    'Monitoring stations that are told of every session, and of every route that neighbours send (BMP, RFC 7854). We connect to them. Default: none.',
  ),
  kernel: optional(
    kernel,
    'Routes that are put into the kernel, `{}` for the anchors alone. Needs iproute2 and CAP_NET_ADMIN. Default: none.',
  ),
  record: optional(
    record,
    'The black box: what happened, what was decided and what was sent, for `multihomed replay`. `{}` with a `state-dir`. Default: none.',
  ),
  prefixes: fallback(
    list(PREFIXES, prefixEntry),
    [],
    'What is announced, and nothing else is: prefixes, or mappings with more to say.',
  ),
  checks: fallback(
    named(checkName, check),
    {},
    'What is looked at to know whether a service is well. Each has a name of your choice, for `needs`.',
  ),
  'correlated-failure': optional(
    correlatedFailure,
    'Holds, for some seconds, the withdrawals that checks cause, when three of them on two hosts began to fail within one interval and the self-check fails too: the fault is probably our own then. Nothing else is ever held. Default: no withdrawal waits.',
  ),
  'flap-budget': fallback(
    stability,
    {},
    'How long what is well again is held back, so that other networks do not damp it. Withdrawals never wait.',
  ),
  upstreams: required(
    named(neighbourName, upstream),
    'Providers and peers: they are sent our prefixes and nothing else. Each has a name of your choice.',
  ),
  downstreams: fallback(
    named(neighbourName, downstream),
    {},
    'Customers, inner routers, collectors: they are sent our prefixes, and what was learned as far as `export` says.',
  ),
  internal: fallback(
    named(neighbourName, internal),
    {},
    'Our other edge routers, in our AS (iBGP): they are sent our prefixes and what was learned from outside.',
  ),
};

export const file = mapping(FILE, FILE_WORDS);

export type ReadFile = ReadKeys<typeof FILE>;
export type ReadPrefix = ReadKeys<typeof PREFIX>;
