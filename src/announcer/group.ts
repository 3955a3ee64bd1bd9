/**
 * Own prefixes in groups that share everything that is decided on: what the file says of them, what
 * was ordered by hand, and what has happened to them at each upstream. One decision serves a whole
 * group, so that a hundred thousand prefixes cost what one does.
 */

import { checksIn } from '../config/condition.ts';
import type { Config, OwnPrefix, PrefixConfig } from '../config/config.ts';
import { formatCommunities, NO_COMMUNITIES } from '../net/community.ts';
import { PrefixList } from '../rib/prefixList.ts';
import type { Order } from './orders.ts';
import type { Track } from './track.ts';

export interface Group {
  /** Undefined: the file does not have them any more, and only their budget is remembered. */
  readonly terms: GroupTerms | undefined;
  readonly texts: readonly string[];
  /** By upstream: only where something has happened. */
  readonly tracks: Tracks;
  readonly standing: GroupStanding;
}

export interface GroupTerms {
  readonly own: Omit<PrefixConfig, 'prefix' | 'space'>;
  readonly prefixes: PrefixList;
  /** The names in its condition. */
  readonly checks: readonly string[];
  /** Those about these prefixes; a group with any is of one prefix. */
  readonly orders: readonly Order[];
  /** The file has them; otherwise they are nobody's but whom `orders` name. */
  readonly inFile: boolean;
}

export type Tracks = ReadonlyMap<string, Track>;

/**
 * What is known of their condition. `never`: it has not held; `once`: it has, before a restart,
 * or before the file was without them; `holds`, `fails`: what was last known.
 */
export type GroupStanding = 'never' | 'once' | 'holds' | 'fails';

export const NO_TRACKS: Tracks = new Map();

interface Bucket {
  readonly own: Omit<PrefixConfig, 'space'>;
  readonly orders: readonly Order[];
  readonly inFile: boolean;
  readonly before: Group | undefined;
  readonly prefixes: OwnPrefix[];
}

/** What decides who is in a group with whom, beside the file. */
export interface Apart {
  /** By prefix: what was ordered by hand. */
  readonly orders: ReadonlyMap<string, readonly Order[]>;
  /** These are not decided on together with others for any other reason. */
  readonly alone: ReadonlySet<string>;
  /** Blackholed ones, which the file does not have as such. */
  readonly extra: readonly OwnPrefix[];
}

const NO_ORDERS: readonly Order[] = [];
/** Prefixes whose encoding takes a while. */
const MANY = 1000;

/**
 * Puts the prefixes of `config`, and blackholed ones, into groups. What happened to them goes along,
 * also for prefixes that are gone from the file. A group whose members stay together keeps its list.
 */
export function groupsOf(config: Config, apart: Apart, before: readonly Group[]): readonly Group[] {
  const history = new History(before);
  const buckets = new Map<string, Bucket>();
  const keys = new TermsKeys();
  const seen = new Set<string>();
  let last: Bucket | undefined;
  const all = [...config.prefixes, ...blackholed(config, apart)];
  for (const [i, own] of all.entries()) {
    const { text } = own.prefix;
    if (seen.has(text)) continue;
    seen.add(text);
    const orders = apart.orders.get(text) ?? NO_ORDERS;
    const former = history.of(text);
    const alone = orders.length > 0 || apart.alone.has(text) ? text : '';
    if (last && alone === '' && last.before === former && isLike(last.own, own)) {
      last.prefixes.push(own.prefix);
      continue;
    }
    const key = `${keys.of(own)} ${history.id(former)} ${alone}`;
    const bucket = buckets.get(key) ?? newBucket(own, orders, i < config.prefixes.length, former);
    bucket.prefixes.push(own.prefix);
    buckets.set(key, bucket);
    last = alone === '' ? bucket : undefined;
  }
  return [...[...buckets.values()].map(groupOf), ...history.without(seen)];
}

function newBucket(
  own: Bucket['own'],
  orders: readonly Order[],
  inFile: boolean,
  before: Group | undefined,
): Bucket {
  return { own, orders, inFile, before, prefixes: [] };
}

function blackholed(config: Config, { extra }: Apart): readonly Omit<PrefixConfig, 'space'>[] {
  const upstreams = config.upstreams.map(({ name }) => name);
  return extra.map((prefix) => ({ prefix, upstreams, ...BLACKHOLED }));
}

const BLACKHOLED = {
  communities: NO_COMMUNITIES,
  needs: undefined,
  onFailure: 'withdraw',
} as const;

/** Quickly, for the many that stand one after the other and say nothing of their own. */
function isLike(a: Bucket['own'], b: Bucket['own']): boolean {
  return (
    a.prefix.family === b.prefix.family &&
    a.upstreams === b.upstreams &&
    a.communities === b.communities &&
    a.needs === b.needs &&
    a.onFailure === b.onFailure
  );
}

function groupOf({ own, orders, inFile, before, prefixes }: Bucket): Group {
  const former = before?.terms?.prefixes;
  const same =
    former?.length === prefixes.length && prefixes.every((p, i) => p.text === former.texts[i]);
  const list = same ? former : new PrefixList(prefixes);
  // Now, while no neighbour waits for it.
  if (list.length >= MANY) list.nlri(false);
  return {
    terms: { own, prefixes: list, checks: own.needs ? checksIn(own.needs) : [], orders, inFile },
    texts: list.texts,
    tracks: before?.tracks ?? NO_TRACKS,
    standing: before ? standingIn(before, own) : 'never',
  };
}

/** What was announced without a condition is not taken back for one that nobody has looked at yet. */
function standingIn({ terms, tracks, standing }: Group, { needs }: Bucket['own']): GroupStanding {
  const isNew = needs !== undefined && terms !== undefined && !terms.own.needs;
  const isHeld = [...tracks.values()].some(({ wire }) => wire !== undefined);
  return isNew && isHeld ? 'holds' : standing;
}

/** What happened to each prefix; groups to which the same happened are one. */
class History {
  readonly #groups: readonly Group[];
  /** Equal for groups to which the same happened. */
  readonly #ids = new Map<Group, string>();
  readonly #byText = new Map<string, Group>();

  constructor(before: readonly Group[]) {
    this.#groups = before.filter(({ tracks, standing }) => tracks.size > 0 || standing !== 'never');
    for (const group of this.#groups) {
      this.#ids.set(group, JSON.stringify([group.standing, [...group.tracks].sort(byName)]));
      for (const text of group.texts) this.#byText.set(text, group);
    }
  }

  of(text: string): Group | undefined {
    return this.#byText.get(text);
  }

  id(group: Group | undefined): string {
    return (group && this.#ids.get(group)) ?? '';
  }

  /**
   * What is left of the groups without these prefixes. Put back, they are not announced for what was
   * known of their condition: it may be long ago.
   */
  without(seen: ReadonlySet<string>): readonly Group[] {
    return this.#groups.flatMap((group) => {
      const texts = group.texts.filter((text) => !seen.has(text));
      const standing = group.standing === 'never' ? 'never' : 'once';
      return texts.length > 0 ? [{ ...group, texts, standing, terms: undefined }] : [];
    });
  }
}

function byName([a]: readonly [string, Track], [b]: readonly [string, Track]): number {
  return a < b ? -1 : 1;
}

/** Equal for prefixes of which the file says the same. */
class TermsKeys {
  readonly #upstreams = new Map<readonly string[], string>();

  of({ prefix, upstreams, communities, needs, onFailure }: Omit<PrefixConfig, 'space'>): string {
    const tags = formatCommunities(communities).join(' ');
    const condition = needs ? JSON.stringify(needs) : '';
    return `${prefix.family} ${this.#names(upstreams)} ${tags} ${condition} ${onFailure}`;
  }

  /** Prefixes that go to all upstreams share one array. */
  #names(upstreams: readonly string[]): string {
    const known = this.#upstreams.get(upstreams);
    if (known !== undefined) return known;
    const names = JSON.stringify(upstreams);
    this.#upstreams.set(upstreams, names);
    return names;
  }
}
