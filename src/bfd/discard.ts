/** Why packets from a neighbour's address were not taken (RFC 5880 §6.7, §6.8.6), and how many of each. */

/** `other-session`: by a discriminator that is not ours; `demand`: it asks for silence. */
export const DISCARD_REASONS = [
  'malformed',
  'other-session',
  'demand',
  'unsigned',
  'unexpected-authentication',
  'authentication-kind',
  'key-id',
  'sequence',
  'password',
] as const;
export type DiscardReason = (typeof DISCARD_REASONS)[number];

export type Discards = Readonly<Partial<Record<DiscardReason, number>>>;

export function discardedOneMore(discards: Discards, reason: DiscardReason): Discards {
  return { ...discards, [reason]: (discards[reason] ?? 0) + 1 };
}

export function discardedInAll(discards: Discards): number {
  return Object.values(discards).reduce((all, each) => all + each, 0);
}
