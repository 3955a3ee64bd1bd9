/**
 * A stored attribute set as it was meant: whoever it came from, its path has four-octet AS numbers
 * here (RFC 6793 §4.2.3), and its family and next hop are found wherever they stand.
 */

import { type Family, familyOf } from '../net/family.ts';
import { effectiveAggregator, effectiveAsPath } from './as4.ts';
import { AttributeIndex } from './attributeIndex.ts';
import { AttributeCode } from './constants.ts';
import { uint16, uint32 } from './octets.ts';

const TWO_OCTET = { fourOctetAs: false } as const;
const FOUR_OCTET = { fourOctetAs: true } as const;
const NOTHING = new Uint8Array(0);

const Code = AttributeCode;

/** Scratch for one set after another; offsets are into `bytes` and mean something as long as that does. */
export class IncomingSet {
  readonly index = new AttributeIndex();
  bytes: Uint8Array = NOTHING;
  /** Undefined: one that is not spoken. */
  family: Family | undefined = 'ipv4';
  nextHopStart = 0;
  /** 32: a global IPv6 address and a link-local one. */
  nextHopLength = 0;
  /** The path is at `pathStart..pathEnd` of these; empty without AS_PATH. */
  path: Uint8Array = NOTHING;
  pathStart = 0;
  pathEnd = 0;
  /** The attribute that says who aggregated, AGGREGATOR or AS4_AGGREGATOR; undefined: none does. */
  aggregator: number | undefined;
  aggregatorAs = 0;

  /**
   * The set at `start..end` as the RIB keeps it: no routes, MP_REACH_NLRI cut off after its next
   * hop. `twoOctetAs`: it came from a neighbour that has no four-octet AS numbers.
   */
  take(bytes: Uint8Array, start: number, end: number, twoOctetAs: boolean): void {
    this.bytes = bytes;
    this.index.locate(bytes, start, end);
    const context = twoOctetAs ? TWO_OCTET : FOUR_OCTET;
    this.#takeNextHop();
    this.#takePath(context);
    this.#takeAggregator(context);
  }

  #takeNextHop(): void {
    const { index, bytes } = this;
    if (!index.has(Code.mpReachNlri)) {
      this.family = 'ipv4';
      this.nextHopStart = index.valueStart(Code.nextHop);
      this.nextHopLength = index.has(Code.nextHop) ? 4 : 0;
      return;
    }
    const value = index.valueStart(Code.mpReachNlri);
    this.family = familyOf(uint16(bytes, value), bytes[value + 2]!);
    this.nextHopLength = bytes[value + 3]!;
    this.nextHopStart = value + 4;
  }

  #takePath(context: typeof TWO_OCTET | typeof FOUR_OCTET): void {
    const { index, bytes } = this;
    const there = index.has(Code.asPath);
    if (there && context === FOUR_OCTET) {
      this.path = bytes;
      this.pathStart = index.valueStart(Code.asPath);
      this.pathEnd = index.attributeEnd(Code.asPath);
      return;
    }
    this.path = effectiveAsPath(bytes, index, context) ?? NOTHING;
    this.pathStart = 0;
    this.pathEnd = this.path.length;
  }

  #takeAggregator(context: typeof TWO_OCTET | typeof FOUR_OCTET): void {
    const { index, bytes } = this;
    this.aggregator = effectiveAggregator(bytes, index, context);
    if (this.aggregator === undefined) return;
    const at = index.valueStart(this.aggregator);
    const wide = this.aggregator === Code.as4Aggregator || context.fourOctetAs;
    this.aggregatorAs = wide ? uint32(bytes, at) : uint16(bytes, at);
  }
}
