/** The attributes of a path in the RIB as JSON values: what `show routes` tells of each path. */

import type { PathView } from '../rib/routeReader.ts';
import { effectiveAsPath } from '../wire/as4.ts';
import { type AsPathElement, readAsPath } from '../wire/asPathText.ts';
import { AttributeIndex } from '../wire/attributeIndex.ts';
import { attributeName } from '../wire/attributeName.ts';
import {
  type AttributeValue,
  describeFlags,
  describeNextHops,
  describeValue,
} from '../wire/attributeText.ts';
import { AttributeCode } from '../wire/constants.ts';
import type { CodecContext } from '../wire/context.ts';
import type { DescribedAttribute } from '../wire/describeUpdate.ts';

export interface PathAttributes {
  /** AS_PATH put together with AS4_PATH (RFC 6793 §4.2.3); nearest first. */
  readonly asPath: readonly AsPathElement[];
  readonly origin: string | null;
  readonly nextHop: string | null;
  /** RFC 2545 §3. */
  readonly linkLocalNextHop: string | null;
  readonly med: number | null;
  /** Standard, extended and large ones. */
  readonly communities: readonly string[];
  /** All others, as they came. */
  readonly attributes: readonly DescribedAttribute[];
}

/** These have keys of their own, here or in `RoutePathView`; LOCAL_PREF is behind `localPref`. */
const WITH_KEYS: ReadonlySet<number> = new Set([
  AttributeCode.origin,
  AttributeCode.asPath,
  AttributeCode.nextHop,
  AttributeCode.multiExitDisc,
  AttributeCode.localPref,
  AttributeCode.communities,
  AttributeCode.mpReachNlri,
  AttributeCode.extendedCommunities,
  AttributeCode.largeCommunities,
  AttributeCode.onlyToCustomer,
]);

const COMMUNITIES = [
  AttributeCode.communities,
  AttributeCode.extendedCommunities,
  AttributeCode.largeCommunities,
];

/** Where AFI and SAFI end and the length of the next hop stands. */
const NEXT_HOP_LENGTH = 3;

/** One serves for any number of paths, one after the other. */
export class PathAttributesReader {
  readonly #index = new AttributeIndex();

  read({ attributes: bytes, fourOctetAs, owner }: PathView): PathAttributes {
    const index = this.#index;
    index.locate(bytes, 0, bytes.length);
    const context = contextOf(fourOctetAs, owner.internal);
    const path = effectiveAsPath(bytes, index, context);
    const [nextHop = null, linkLocalNextHop = null] = this.#nextHops(bytes);
    const med = this.#value(AttributeCode.multiExitDisc, bytes, context);
    return {
      asPath: path ? readAsPath(path, 0, path.length, 4) : [],
      origin: textsOf(this.#value(AttributeCode.origin, bytes, context))[0] ?? null,
      nextHop,
      linkLocalNextHop,
      med: typeof med === 'number' ? med : null,
      communities: COMMUNITIES.flatMap((code) => textsOf(this.#value(code, bytes, context))),
      attributes: this.#others(bytes, context),
    };
  }

  #others(bytes: Uint8Array, context: CodecContext): readonly DescribedAttribute[] {
    const index = this.#index;
    const all: DescribedAttribute[] = [];
    for (const code of index.codes.subarray(0, index.count)) {
      if (WITH_KEYS.has(code)) continue;
      const flags = describeFlags(bytes[index.attributeStart(code)] ?? 0);
      const value = describeValue(
        code,
        bytes,
        index.valueStart(code),
        index.attributeEnd(code),
        context,
      );
      all.push({ code, name: attributeName(code), flags, value });
    }
    return all;
  }

  #value(code: number, bytes: Uint8Array, context: CodecContext): AttributeValue | undefined {
    const index = this.#index;
    if (!index.has(code)) return undefined;
    return describeValue(code, bytes, index.valueStart(code), index.attributeEnd(code), context);
  }

  #nextHops(bytes: Uint8Array): readonly string[] {
    const index = this.#index;
    if (index.has(AttributeCode.mpReachNlri)) {
      // What is stored of it ends with the next hop: the routes are in the table.
      const length = index.valueStart(AttributeCode.mpReachNlri) + NEXT_HOP_LENGTH;
      return describeNextHops(bytes, length + 1, bytes[length] ?? 0);
    }
    if (!index.has(AttributeCode.nextHop)) return [];
    const start = index.valueStart(AttributeCode.nextHop);
    return describeNextHops(bytes, start, index.attributeEnd(AttributeCode.nextHop) - start);
  }
}

function contextOf(fourOctetAs: boolean, internal: boolean): CodecContext {
  const addPath = { ipv4: false, ipv6: false };
  return { fourOctetAs, internal, addPath, extendedMessages: false, extendedNextHop: true };
}

/** A text or a list of them; nothing else is one. */
function textsOf(value: AttributeValue | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return [];
  return value.filter((entry): entry is string => typeof entry === 'string');
}
