/** What stands below `router bgp`: networks, and what is said of neighbours, groups and families. */

import type { Asn } from '../net/asn.ts';
import type { Family } from '../net/family.ts';
import { type Prefix, prefixOf } from '../net/prefix.ts';
import { parseAddress, parseCidr } from '../net/text.ts';
import { NEEDLESS, neighbourConsequence, routerConsequence } from './consequences.ts';
import type { Notes } from './note.ts';
import type { Scope, Setting, Settings, SourceNeighbour, SourceNetwork } from './source.ts';
import type { Statement } from './statement.ts';

/** Settings of the router that something is made of; the others are noted as they come. */
const ROUTER_SETTINGS = [
  'bgp router-id',
  'bgp default ipv4-unicast',
  'bgp ebgp-requires-policy',
  'bgp network import-check',
  'bgp enforce-first-as',
  'timers bgp',
];

/** The same of a neighbour, by where they belong. */
const SESSION_SETTINGS = new Set([
  ...['remote-as', 'description', 'password', 'ebgp-multihop', 'ttl-security', 'update-source'],
  ...['timers', 'timers connect', 'passive', 'port', 'shutdown', 'interface', 'enforce-first-as'],
  ...[
    'local-role',
    'bfd',
    'bfd profile',
    'graceful-restart',
    'graceful-restart-helper',
    'peer-group',
  ],
  ...['graceful-restart-disable'],
]);
const FAMILY_SETTINGS = new Set([
  ...['activate', 'prefix-list', 'route-map', 'filter-list', 'distribute-list', 'maximum-prefix'],
  ...['next-hop-self', 'send-community', 'allowas-in', 'default-originate'],
]);
const DIRECTED = new Set(['prefix-list', 'route-map', 'filter-list', 'distribute-list']);

/** IPv4 addresses have classes where no length is written. */
const CLASSES = [
  [128, 8],
  [192, 16],
  [224, 24],
] as const;

interface Party {
  readonly id: string;
  readonly statement: Statement;
  readonly settings: Record<Scope, Map<string, Setting>>;
}

export class BgpBlock {
  readonly asn: Asn;
  readonly router = new Map<string, Setting>();
  readonly networks: SourceNetwork[] = [];
  readonly #notes: Notes;
  readonly #parties = new Map<string, Party>();
  readonly #groups = new Set<string>();
  /** Of the address-family that is open; undefined: none is. */
  #family: Family | 'other' | undefined;

  constructor(asn: Asn, notes: Notes) {
    this.asn = asn;
    this.#notes = notes;
  }

  /** False: the statement is none of this block's. */
  take(statement: Statement): boolean {
    const [word = '', ...rest] = statement.words;
    if (this.#family === 'other' && !ENDS.has(word)) {
      this.#tellOther(statement);
      return true;
    }
    switch (word) {
      case 'address-family':
        this.#family = familyOf(rest);
        if (this.#family === 'other') this.#tellOther(statement);
        return true;
      case 'exit-address-family':
        this.#family = undefined;
        return true;
      case 'neighbor':
        this.#neighbour(statement, rest);
        return true;
      case 'network':
        this.#network(statement, rest);
        return true;
    }
    return this.#setting(statement);
  }

  neighbours(): readonly SourceNeighbour[] {
    return [...this.#parties.values()]
      .filter(({ id }) => !this.#groups.has(id))
      .map((party) => ({ ...party, settings: this.#withGroup(party) }));
  }

  #tellOther(statement: Statement): void {
    this.#notes.lost(statement, 'only IPv4 and IPv6 unicast are spoken');
  }

  #setting(statement: Statement): boolean {
    const { words } = statement;
    const text = words.join(' ');
    const key = ROUTER_SETTINGS.find((name) => text === name || text.startsWith(`${name} `));
    if (key !== undefined) {
      this.router.set(key, { statement, args: words.slice(key.split(' ').length) });
      return true;
    }
    // FRR has its as-path lists and community-lists under `bgp`, outside of any block.
    if (/^bgp (as-path|(large-|ext)?community-list) /.test(text)) return false;
    const known = routerConsequence(words);
    if (!BLOCK_WORDS.has(words[0] ?? '')) return false;
    this.#tell(statement, known);
    return true;
  }

  #neighbour(statement: Statement, [id, ...rest]: readonly string[]): void {
    const [keyword = ''] = rest;
    if (id === undefined || keyword === '') {
      this.#notes.lost(statement, 'there is nothing in it');
      return;
    }
    const party = this.#party(id, statement);
    if (keyword === 'peer-group' && rest.length === 1) {
      this.#groups.add(id);
      return;
    }
    const key = keyOf(rest);
    const scope = this.#scopeOf(key);
    if (scope === undefined) {
      // What was taken back has nothing to lose.
      this.#tell(statement, statement.negated ? NEEDLESS : neighbourConsequence(rest));
      return;
    }
    const args = rest.slice(key.startsWith('timers connect') ? 2 : 1);
    party.settings[scope].set(key, { statement, args });
  }

  #scopeOf(key: string): Scope | undefined {
    if (SESSION_SETTINGS.has(key)) return 'session';
    const bare = key.split(' ')[0] ?? '';
    if (!FAMILY_SETTINGS.has(bare)) return undefined;
    return this.#family === 'ipv6' ? 'ipv6' : 'ipv4';
  }

  #network(statement: Statement, args: readonly string[]): void {
    const [text = '', ...rest] = args;
    const masked = rest[0] === 'mask';
    const prefix = masked ? maskedPrefix(text, rest[1] ?? '') : plainPrefix(text);
    const options = masked ? rest.slice(2) : rest;
    if (!prefix) {
      this.#notes.lost(statement, 'no prefix can be made of it, and none is announced for it');
      return;
    }
    if (statement.negated) return;
    const routeMap = options[0] === 'route-map' ? options[1] : undefined;
    if (options.length > 0 && routeMap === undefined) {
      this.#notes.changed(statement, 'the prefix is announced, without what follows it');
    }
    this.networks.push({ statement, prefix, routeMap });
  }

  #party(id: string, statement: Statement): Party {
    const known = this.#parties.get(id);
    if (known) return known;
    const settings = { session: new Map(), ipv4: new Map(), ipv6: new Map() };
    const party = { id, statement, settings };
    this.#parties.set(id, party);
    return party;
  }

  #withGroup({ settings }: Party): Record<Scope, Settings> {
    const name = settings.session.get('peer-group')?.args[0];
    const group = name === undefined ? undefined : this.#parties.get(name)?.settings;
    const over = (scope: Scope) => new Map([...(group?.[scope] ?? []), ...settings[scope]]);
    return { session: over('session'), ipv4: over('ipv4'), ipv6: over('ipv6') };
  }

  #tell(statement: Statement, means: string): void {
    if (means === NEEDLESS) this.#notes.needless(statement);
    else this.#notes.lost(statement, means);
  }
}

/** What ends an address-family. */
const ENDS = new Set(['address-family', 'exit-address-family', 'exit', 'end']);

/** With which statements below `router bgp` begin. */
const BLOCK_WORDS = new Set([
  ...['aggregate-address', 'auto-summary', 'bgp', 'coalesce-time', 'distance', 'maximum-paths'],
  ...['read-quanta', 'redistribute', 'synchronization', 'table-map', 'timers', 'write-quanta'],
  ...['segment-routing', 'sid', 'rd', 'rt', 'label', 'import', 'export', 'advertise', 'nexthop'],
]);

function keyOf([keyword = '', ...args]: readonly string[]): string {
  if (DIRECTED.has(keyword)) return `${keyword} ${args.at(-1)}`;
  if (keyword === 'timers' && args[0] === 'connect') return 'timers connect';
  if (keyword === 'timers' && args[0] === 'delayopen') return 'timers delayopen';
  if (keyword === 'bfd' && args[0] === 'profile') return 'bfd profile';
  // Each kind is turned on and off by itself.
  if (keyword === 'send-community') return `send-community ${args[0] ?? 'standard'}`;
  return keyword;
}

function familyOf([afi, safi = 'unicast']: readonly string[]): Family | 'other' {
  return (afi === 'ipv4' || afi === 'ipv6') && safi === 'unicast' ? afi : 'other';
}

function plainPrefix(text: string): Prefix | undefined {
  const cidr = parseCidr(text);
  if (cidr) return prefixOf(cidr.address, cidr.length);
  const address = parseAddress(text);
  if (address?.family !== 'ipv4') return undefined;
  const length = CLASSES.find(([below]) => (address.octets[0] ?? 0) < below)?.[1];
  return length === undefined ? undefined : prefixOf(address, length);
}

function maskedPrefix(text: string, mask: string): Prefix | undefined {
  const [address, bits] = [parseAddress(text), parseAddress(mask)];
  if (address?.family !== 'ipv4' || bits?.family !== 'ipv4') return undefined;
  const binary = [...bits.octets].map((octet) => octet.toString(2).padStart(8, '0')).join('');
  const length = binary.indexOf('0') < 0 ? 32 : binary.indexOf('0');
  return binary.includes('1', length) ? undefined : prefixOf(address, length);
}
