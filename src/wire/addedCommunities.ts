/** Communities of the file, as octets, that are added to the routes that are passed on. */

import type { Communities } from '../net/community.ts';
import { AttributeCode } from './constants.ts';
import { putUint32 } from './octets.ts';

export interface AddedCommunities {
  /** The attribute that they belong into. */
  readonly code: number;
  /** One behind the other, never empty. */
  readonly octets: Uint8Array;
  /** Octets of each. */
  readonly unit: number;
}

/** Ascending by code; kinds of which there are none are left out. */
export function addedCommunities(communities: Communities): readonly AddedCommunities[] {
  const { standard, extended, large } = communities;
  const halves = extended.flatMap((c) => [Number(c >> 32n), Number(c & 0xffff_ffffn)]);
  return [
    added(AttributeCode.communities, 4, standard),
    added(AttributeCode.extendedCommunities, 8, halves),
    added(AttributeCode.largeCommunities, 12, large.flat()),
  ].filter(({ octets }) => octets.length > 0);
}

function added(code: number, unit: number, words: readonly number[]): AddedCommunities {
  const octets = new Uint8Array(words.length * 4);
  for (const [index, word] of words.entries()) putUint32(octets, index * 4, word);
  return { code, octets, unit };
}
