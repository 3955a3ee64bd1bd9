/**
 * Why a received path is not eligible, as the five bits that are stored with it. 0: it is eligible.
 * The first eight stand for refusable facts of the attribute set, in the order of `facts.ts`.
 */

export const Reason = {
  accepted: 0,
  asPathTooLong: 1,
  asZero: 2,
  reservedAs: 3,
  privateAs: 4,
  asSet: 5,
  ownAs: 6,
  nextHopOurs: 7,
  routeLeak: 8,
  firstAs: 9,
  ownPrefix: 10,
  bogon: 11,
  tooSpecific: 12,
  notDefault: 13,
  acceptNone: 14,
  rpkiInvalid: 15,
  originatorLoop: 16,
} as const;
export type Reason = (typeof Reason)[keyof typeof Reason];

export const MAX_REASON = 31;
