/**
 * The whole of what is remembered, apart from the configuration: from the image and the same
 * configuration comes a state from which the same decisions follow, group by group. What survives a
 * restart is less: see `stateText.ts`.
 */

import type { Config, OwnPrefix } from '../config/config.ts';
import { PrefixList } from '../rib/prefixList.ts';
import type { Guard } from './correlatedFailure.ts';
import type { Drain } from './drain.ts';
import type { Group, GroupStanding, GroupTerms, Tracks } from './group.ts';
import type { Order } from './orders.ts';
import { initialState, type State, type Undone, withDrains, withOrders } from './state.ts';
import { NO_TRACK } from './track.ts';

export interface StateImage {
  readonly orders: readonly Order[];
  readonly drains: readonly Drain[];
  readonly undone: readonly Undone[];
  readonly guard: Guard;
  readonly groups: readonly GroupImage[];
}

export interface GroupImage {
  readonly texts: readonly string[];
  readonly tracks: Tracks;
  readonly standing: GroupStanding;
  /** The file has them, or an order. */
  readonly wanted: boolean;
}

export function imageOf({ orders, drains, undone, guard, groups }: State): StateImage {
  return { orders, drains, undone, guard, groups: groups.map(groupImage) };
}

function groupImage({ texts, tracks, standing, terms }: Group): GroupImage {
  return { texts, tracks, standing, wanted: terms !== undefined };
}

/** Throws an Error for an image that was not made with this configuration. */
export function stateOf(image: StateImage, config: Config): State {
  const { orders, drains, undone, guard } = image;
  const fresh = withDrains(withOrders(initialState(config), orders), drains);
  const members = new Map<string, Member>();
  for (const { terms } of fresh.groups) {
    for (const prefix of terms?.prefixes.prefixes ?? []) {
      if (terms) members.set(prefix.text, { prefix, terms });
    }
  }
  return { ...fresh, undone, guard, groups: image.groups.map((group) => groupOf(group, members)) };
}

interface Member {
  readonly prefix: OwnPrefix;
  readonly terms: GroupTerms;
}

function groupOf(
  { texts, tracks, standing, wanted }: GroupImage,
  members: ReadonlyMap<string, Member>,
): Group {
  const kept = {
    texts,
    standing,
    tracks: new Map([...tracks].map(([name, track]) => [name, { ...NO_TRACK, ...track }])),
  };
  if (!wanted) return { ...kept, terms: undefined };
  const found = texts.flatMap((text) => members.get(text) ?? []);
  const [first] = found;
  if (!first || found.length < texts.length) {
    throw new Error(`the configuration has not all of ${texts[0]} and what goes with it`);
  }
  const prefixes = new PrefixList(found.map(({ prefix }) => prefix));
  return { ...kept, terms: { ...first.terms, prefixes } };
}
