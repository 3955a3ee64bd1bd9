/**
 * A path's attributes as TABLE_DUMP_V2 has them (RFC 6396 §4.3.4): AS numbers always have four octets,
 * and MP_REACH_NLRI has nothing but its next hop.
 */

import type { PathView } from '../rib/routeReader.ts';
import { effectiveAggregator, effectiveAsPath } from '../wire/as4.ts';
import { AttributeIndex } from '../wire/attributeIndex.ts';
import { AttributeWriter } from '../wire/attributeWriter.ts';
import { AttributeCode } from '../wire/constants.ts';

/** The largest that one attribute set can be, with what AS numbers grow by. */
const LARGEST = 2 * 65_535;

/** What is stored of MP_REACH_NLRI before the length of its next hop: AFI and SAFI. */
const BEFORE_NEXT_HOP = 3;

/** Of no use where AS numbers have four octets. */
const LEFT_OUT: ReadonlySet<number> = new Set([AttributeCode.as4Path, AttributeCode.as4Aggregator]);

/** One serves for any number of paths, one after the other. */
export class DumpAttributes {
  readonly #index = new AttributeIndex();
  readonly #writer = new AttributeWriter(LARGEST);

  /** Valid until the next call. */
  encode({ attributes: bytes, fourOctetAs }: PathView): Uint8Array {
    const [index, writer] = [this.#index, this.#writer];
    index.locate(bytes, 0, bytes.length);
    writer.length = 0;
    for (const code of index.codes.subarray(0, index.count)) {
      if (LEFT_OUT.has(code)) continue;
      const flags = bytes[index.attributeStart(code)] ?? 0;
      this.#write(flags, code, this.#value(code, bytes, fourOctetAs));
    }
    return writer.octets.subarray(0, writer.length);
  }

  #write(flags: number, code: number, value: Uint8Array): void {
    const header = this.#writer.beginLong(flags, code);
    this.#writer.octets.set(value, this.#writer.length);
    this.#writer.length += value.length;
    this.#writer.endLong(header);
  }

  #value(code: number, bytes: Uint8Array, fourOctetAs: boolean): Uint8Array {
    const index = this.#index;
    const value = bytes.subarray(index.valueStart(code), index.attributeEnd(code));
    if (code === AttributeCode.mpReachNlri) return value.subarray(BEFORE_NEXT_HOP);
    if (fourOctetAs) return value;
    if (code === AttributeCode.asPath) {
      return effectiveAsPath(bytes, index, { fourOctetAs }) ?? value;
    }
    if (code === AttributeCode.aggregator) return this.#aggregator(bytes, value);
    return value;
  }

  /** RFC 6793 §4.2.3: from AS4_AGGREGATOR, or with its AS number widened. */
  #aggregator(bytes: Uint8Array, value: Uint8Array): Uint8Array {
    const index = this.#index;
    const code = effectiveAggregator(bytes, index, { fourOctetAs: false });
    if (code !== AttributeCode.as4Aggregator) return Uint8Array.from([0, 0, ...value]);
    return bytes.subarray(index.valueStart(code), index.attributeEnd(code));
  }
}
