/** Statements to a `Source`: which block each belongs to, and the lists and maps beside BGP itself. */

import { type Asn, isReservedAsn, parseAsn } from '../net/asn.ts';
import type { Family } from '../net/family.ts';
import { prefixOf } from '../net/prefix.ts';
import { parseCidr } from '../net/text.ts';
import { BfdBlock } from './bfdBlock.ts';
import { BgpBlock } from './bgpBlock.ts';
import { blockConsequence, NEEDLESS, topConsequence } from './consequences.ts';
import type { Notes } from './note.ts';
import { type PrefixListEntry, parseEntry } from './prefixList.ts';
import type { Dialect, RouteMapEntry, Source, TextEntry } from './source.ts';
import type { Statement } from './statement.ts';

/** Begins a block that is none of BGP's; what follows belongs to it until something else begins. */
const OTHER_BLOCKS = new Set([
  ...['interface', 'key', 'l2vpn', 'line', 'mpls', 'pbr-map', 'pseudowire', 'router', 'rpki'],
  ...['bfd', 'nexthop-group', 'segment-routing', 'vrf'],
]);

/** Statements that stand in no block, whatever came before them. */
const TOP =
  /^(access-list|debug|enable|end|frr|hostname|log|password|route-map|service|(ip|ipv6) (access-list|as-path|(large-|ext)?community-list|forwarding|nht|prefix-list|route|router-id)|bgp (as-path|(large-|ext)?community-list)) ?/;

const ROUTE_MAP_WORDS = new Set(['match', 'set', 'call', 'continue', 'description', 'on-match']);

type Mode =
  | { readonly kind: 'top' }
  | { readonly kind: 'block'; readonly block: BgpBlock | BfdBlock }
  | { readonly kind: 'route-map'; readonly entry: MutableEntry }
  | { readonly kind: 'other'; readonly means: string };

type MutableEntry = RouteMapEntry & {
  readonly matches: Statement[];
  readonly sets: Statement[];
  readonly jumps: Statement[];
};

/** The source, or why nothing can be made of the file. */
export function readSource(
  statements: readonly Statement[],
  { dialect, generated }: Pick<Source, 'dialect' | 'generated'>,
  notes: Notes,
): Source | { readonly failure: string } {
  const reader = new Reader(notes);
  for (const statement of statements) reader.take(statement);
  return reader.source(dialect, generated);
}

class Reader {
  readonly #notes: Notes;
  readonly #routeMaps = new Map<string, MutableEntry[]>();
  readonly #prefixLists = {
    ipv4: new Map<string, PrefixListEntry[]>(),
    ipv6: new Map<string, PrefixListEntry[]>(),
  };
  readonly #asPathLists = new Map<string, TextEntry[]>();
  readonly #communityLists = new Map<string, TextEntry[]>();
  readonly #anchors = new Set<string>();
  readonly #bfd: BfdBlock;
  #bgp: BgpBlock | undefined;
  #datacenter = false;
  #badAsn: string | undefined;
  #routerId: string | undefined;
  #mode: Mode = { kind: 'top' };

  constructor(notes: Notes) {
    this.#notes = notes;
    this.#bfd = new BfdBlock(notes);
  }

  take(statement: Statement): void {
    const { words } = statement;
    const isTop = TOP.test(`${words.slice(0, 2).join(' ')} `);
    if (!isTop && this.#inBlock(statement)) return;
    if (words[0] === 'exit' || words[0] === 'end') this.#mode = { kind: 'top' };
    this.#top(statement);
  }

  source(dialect: Dialect, generated: boolean): Source | { readonly failure: string } {
    const bgp = this.#bgp;
    if (!bgp) {
      const failure =
        this.#badAsn === undefined
          ? 'there is no `router bgp` in it, so that there is nothing to carry over'
          : `"${this.#badAsn}" is no AS number that a router can have`;
      return { failure };
    }
    for (const list of this.#routeMaps.values()) list.sort((a, b) => a.seq - b.seq);
    for (const lists of [this.#prefixLists.ipv4, this.#prefixLists.ipv6]) {
      for (const list of lists.values()) list.sort((a, b) => a.seq - b.seq);
    }
    const policy = bgp.router.get('bgp ebgp-requires-policy')?.statement.negated;
    return {
      dialect,
      generated,
      asn: bgp.asn,
      requiresPolicy: policy === undefined ? dialect === 'frr' && !this.#datacenter : !policy,
      datacenter: this.#datacenter,
      routerId: bgp.router.get('bgp router-id')?.args[0] ?? this.#routerId,
      router: bgp.router,
      networks: bgp.networks,
      neighbours: bgp.neighbours(),
      routeMaps: this.#routeMaps,
      prefixLists: this.#prefixLists,
      asPathLists: this.#asPathLists,
      communityLists: this.#communityLists,
      bfdProfiles: this.#bfd.profiles,
      anchors: this.#anchors,
    };
  }

  /** Whether the block that is open has taken it. */
  #inBlock(statement: Statement): boolean {
    const mode = this.#mode;
    const [word = ''] = statement.words;
    if (mode.kind === 'block') return mode.block.take(statement);
    if (mode.kind === 'route-map') return ROUTE_MAP_WORDS.has(word) && inMap(statement, mode.entry);
    if (mode.kind === 'top' || word === 'router' || OTHER_BLOCKS.has(word)) return false;
    const ends = word === 'exit' || word === 'end' || word === 'exit-vrf';
    if (ends) this.#mode = { kind: 'top' };
    this.#tell(statement, ends ? NEEDLESS : mode.means);
    return true;
  }

  #top(statement: Statement): void {
    const { words } = statement;
    const [word = '', second = ''] = words;
    if (word === 'frr' && second === 'defaults') this.#datacenter = words[2] === 'datacenter';
    if (word === 'router' && second === 'bgp' && !statement.negated) this.#router(statement);
    else if (word === 'bfd') this.#openBfd(statement);
    else if (word === 'route-map') this.#routeMap(statement);
    else if (second === 'prefix-list') this.#prefixList(statement, word);
    else if (second === 'as-path') this.#asPathList(statement);
    else if (second === 'community-list') this.#communityList(statement);
    else if (second === 'route' && (word === 'ip' || word === 'ipv6')) this.#route(statement);
    else if (word === 'router-id' || second === 'router-id') this.#routerId = words.at(-1);
    else if (OTHER_BLOCKS.has(word)) this.#other(statement, blockConsequence(words));
    else this.#tell(statement, topConsequence(words) ?? 'it is not known here');
  }

  #router(statement: Statement): void {
    const [, , number = '', ...rest] = statement.words;
    const asn = asnOf(number);
    if (rest[0] === 'vrf' || rest[0] === 'view') {
      this.#other(
        statement,
        'VRFs and views are not in this version: nothing of it is carried over',
      );
    } else if (this.#bgp) {
      this.#other(statement, 'there is one router in a file: nothing of this one is carried over');
    } else if (asn === undefined) {
      this.#badAsn = number;
      this.#other(statement, 'it has no AS number that a router can have');
    } else {
      this.#bgp = new BgpBlock(asn, this.#notes);
      this.#mode = { kind: 'block', block: this.#bgp };
    }
  }

  #openBfd(statement: Statement): void {
    this.#notes.needless(statement);
    this.#mode = { kind: 'block', block: this.#bfd };
  }

  #routeMap(statement: Statement): void {
    const [, name = '', action = 'permit', number = '10'] = statement.words;
    const entry: MutableEntry = {
      statement,
      seq: Number(number),
      permits: action === 'permit',
      matches: [],
      sets: [],
      jumps: [],
    };
    append(this.#routeMaps, name, entry);
    this.#mode = { kind: 'route-map', entry };
  }

  #prefixList(statement: Statement, afi: string): void {
    const family: Family = afi === 'ipv6' ? 'ipv6' : 'ipv4';
    const [, , name = '', ...rest] = statement.words;
    if (rest[0] === 'description' || name === 'sequence-number') return;
    const list = this.#prefixLists[family].get(name) ?? [];
    const entry = parseEntry(statement, rest, family, list.at(-1)?.seq ?? 0);
    if (entry) append(this.#prefixLists[family], name, entry);
    else this.#notes.lost(statement, 'no entry of a prefix-list can be made of it');
  }

  /** `ip as-path access-list NAME permit REGEX`, in FRR `bgp as-path …` with an optional `seq N`. */
  #asPathList(statement: Statement): void {
    const [, , , name = '', ...rest] = statement.words;
    const entry = textEntry(statement, rest);
    if (entry) append(this.#asPathLists, name, entry);
    else this.#notes.lost(statement, 'no entry of an as-path list can be made of it');
  }

  #communityList(statement: Statement): void {
    const [, , ...rest] = statement.words;
    const words = rest[0] === 'standard' ? rest.slice(1) : rest;
    const [name = ''] = words;
    const entry = rest[0] === 'expanded' ? undefined : textEntry(statement, words.slice(1));
    if (entry) append(this.#communityLists, name, entry);
    else this.#notes.lost(statement, 'community-lists of regular expressions are not understood');
  }

  /** A route to nowhere anchors a prefix that is announced; others are the kernel's business. */
  #route(statement: Statement): void {
    const { words } = statement;
    const cidr = parseCidr(words[2] ?? '');
    if (cidr && /^(null0|blackhole|reject)$/i.test(words[3] ?? '')) {
      this.#anchors.add(prefixOf(cidr.address, cidr.length).text);
    }
    this.#notes.needless(statement);
  }

  #other(statement: Statement, means: string): void {
    this.#tell(statement, means);
    this.#mode = { kind: 'other', means };
  }

  #tell(statement: Statement, means: string): void {
    if (means === NEEDLESS) this.#notes.needless(statement);
    else this.#notes.lost(statement, means);
  }
}

function inMap(statement: Statement, entry: MutableEntry): true {
  const [word] = statement.words;
  if (word === 'match') entry.matches.push(statement);
  else if (word === 'set') entry.sets.push(statement);
  else if (word !== 'description') entry.jumps.push(statement);
  return true;
}

function textEntry(statement: Statement, words: readonly string[]): TextEntry | undefined {
  const [action, ...values] = words[0] === 'seq' ? words.slice(2) : words;
  if (action !== 'permit' && action !== 'deny') return undefined;
  return { statement, permits: action === 'permit', values };
}

function asnOf(text: string): Asn | undefined {
  const asn = parseAsn(text);
  return asn === undefined || isReservedAsn(asn) ? undefined : asn;
}

function append<T>(lists: Map<string, T[]>, name: string, entry: T): void {
  const list = lists.get(name);
  if (list) list.push(entry);
  else lists.set(name, [entry]);
}
