/**
 * One UPDATE for people and for JSON, over the very decoder that the sessions use. A faulty one is
 * shown as far as it can be read.
 */

import { Afi, type Family, Safi } from '../net/family.ts';
import { effectiveAggregator, effectiveAsPath } from './as4.ts';
import { type AsPathElement, readAsPath } from './asPathText.ts';
import { attributeName } from './attributeName.ts';
import {
  type AttributeValue,
  type DescribedPrefix,
  describeFlags,
  describeNlri,
  describeValue,
} from './attributeText.ts';
import { AttributeFlag } from './constants.ts';
import type { CodecContext } from './context.ts';
import { describeFault, type Fault } from './fault.ts';
import { formatHex } from './hex.ts';
import { uint16 } from './octets.ts';
import { UpdateView, Verdict, verdictWord } from './update.ts';
import { decodeUpdate } from './updateDecode.ts';

export interface UpdateDescription {
  /** From the Withdrawn Routes field and MP_UNREACH_NLRI. */
  readonly withdrawn: readonly DescribedPrefix[];
  /** In the order of the message. */
  readonly attributes: readonly DescribedAttribute[];
  /** From the NLRI field and MP_REACH_NLRI. */
  readonly announced: readonly DescribedPrefix[];
  /** AS_PATH put together with AS4_PATH; absent where there is no path to use. */
  readonly asPath?: readonly AsPathElement[];
  /** Who aggregated the routes, by AGGREGATOR or AS4_AGGREGATOR; absent where neither is to be used. */
  readonly aggregator?: AttributeValue;
  readonly endOfRib?: Family;
  readonly verdict: DescribedVerdict;
}

export interface DescribedAttribute {
  readonly code: number;
  readonly name: string;
  readonly flags: readonly string[];
  readonly value: AttributeValue;
  /** The UPDATE is used as if it were not there. */
  readonly discarded?: true;
}

/** `faults` are all that were found, not only those that decided. */
export type DescribedVerdict =
  | { readonly kind: 'ok' }
  | {
      readonly kind: 'attribute-discard' | 'treat-as-withdraw';
      readonly faults: readonly string[];
    }
  | {
      readonly kind: 'session-reset';
      readonly code: number;
      readonly subcode: number;
      /** The NOTIFICATION's Data field in hexadecimal digits. */
      readonly data: string;
      readonly text: string;
      readonly faults: readonly string[];
    };

/** The message at `start..end`, header included; throws what `decodeUpdate` throws. */
export function describeUpdate(
  bytes: Uint8Array,
  start: number,
  end: number,
  context: CodecContext,
): UpdateDescription {
  const view = new CollectingView();
  decodeUpdate(bytes, start, end, context, view);
  return {
    withdrawn: [
      ...prefixes(bytes, view.withdrawnStart, view.withdrawnEnd, Afi.ipv4, Safi.unicast, context),
      ...prefixes(
        bytes,
        view.mpUnreachNlriStart,
        view.mpUnreachNlriEnd,
        view.mpUnreachAfi,
        view.mpUnreachSafi,
        context,
      ),
    ],
    attributes: describeAttributes(bytes, view, context),
    announced: [
      ...prefixes(bytes, view.nlriStart, view.nlriEnd, Afi.ipv4, Safi.unicast, context),
      ...prefixes(
        bytes,
        view.mpReachNlriStart,
        view.mpReachNlriEnd,
        view.mpReachAfi,
        view.mpReachSafi,
        context,
      ),
    ],
    ...describeEffective(bytes, view, context),
    verdict: describeVerdict(view),
  };
}

/** Remembers every fault. */
class CollectingView extends UpdateView {
  readonly faults: string[] = [];

  override report(verdict: Verdict, fault: Fault, code: number, start: number, end: number): void {
    super.report(verdict, fault, code, start, end);
    this.faults.push(describeFault(fault, code));
  }
}

function prefixes(
  bytes: Uint8Array,
  start: number,
  end: number,
  afi: number,
  safi: number,
  context: CodecContext,
): readonly DescribedPrefix[] {
  const nlri = describeNlri(bytes, start, end, afi, safi, context);
  return typeof nlri === 'string' ? [] : nlri;
}

/** Every attribute that is there whole, duplicates included. */
function describeAttributes(
  bytes: Uint8Array,
  view: UpdateView,
  context: CodecContext,
): DescribedAttribute[] {
  const all: DescribedAttribute[] = [];
  const end = view.attributesEnd;
  let at = view.attributesStart;
  while (end - at >= 3) {
    const flags = bytes[at]!;
    const extended = (flags & AttributeFlag.extendedLength) !== 0;
    const valueStart = at + (extended ? 4 : 3);
    if (valueStart > end) break;
    const next = valueStart + (extended ? uint16(bytes, at + 2) : bytes[at + 2]!);
    if (next > end) break;
    const code = bytes[at + 1]!;
    const discarded = !view.has(code) || view.attributeStart(code) !== at;
    all.push({
      code,
      name: attributeName(code),
      flags: describeFlags(flags),
      value: describeValue(code, bytes, valueStart, next, context),
      ...(discarded && { discarded }),
    });
    at = next;
  }
  return all;
}

function describeEffective(
  bytes: Uint8Array,
  view: UpdateView,
  context: CodecContext,
): Pick<UpdateDescription, 'asPath' | 'aggregator' | 'endOfRib'> {
  // What was found malformed cannot be read, and the routes will not be used anyway.
  const usable = view.verdict < Verdict.treatAsWithdraw;
  const path = usable ? effectiveAsPath(bytes, view, context) : undefined;
  const code = usable ? effectiveAggregator(bytes, view, context) : undefined;
  return {
    ...(path && { asPath: readAsPath(path, 0, path.length, 4) }),
    ...(code && { aggregator: describeAttribute(code, bytes, view, context) }),
    ...(view.endOfRib && { endOfRib: view.endOfRib }),
  };
}

function describeAttribute(
  code: number,
  bytes: Uint8Array,
  view: UpdateView,
  context: CodecContext,
): AttributeValue {
  return describeValue(code, bytes, view.valueStart(code), view.attributeEnd(code), context);
}

function describeVerdict(view: CollectingView): DescribedVerdict {
  const kind = verdictWord(view.verdict);
  const { faults } = view;
  if (kind === 'ok') return { kind };
  if (kind !== 'session-reset') return { kind, faults };
  const { code, subcode, data, message } = view.error();
  return { kind, code, subcode, data: formatHex(data), text: message, faults };
}
