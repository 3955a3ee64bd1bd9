/**
 * What can be wrong with an UPDATE: a small integer in the decoder, and here what it is in words
 * and what RFC 4271 §6.3 has the NOTIFICATION say where the session must end over it. How severe a
 * fault is depends on the attribute too: see `attribute.ts` and `updateJudge.ts`.
 */

import { attributeName } from './attributeName.ts';
import { UpdateSubcode } from './constants.ts';

export const Fault = {
  none: 0,
  sectionsOverrun: 1,
  headerCut: 2,
  overrun: 3,
  duplicate: 4,
  unrecognizedWellKnown: 5,
  flags: 6,
  length: 7,
  missing: 8,
  originValue: 9,
  nextHop: 10,
  pathSegmentType: 11,
  pathSegmentEmpty: 12,
  pathSegmentOverrun: 13,
  pathSegmentCut: 14,
  pathConfederation: 15,
  pathAsZero: 16,
  aggregatorAsZero: 17,
  fromExternal: 18,
  onFourOctetSession: 19,
  as4PathConfederation: 20,
  withdrawnSyntax: 21,
  nlriSyntax: 22,
  mpFlags: 23,
  mpLength: 24,
  mpNextHopLength: 25,
  mpNextHop: 26,
  mpNlriSyntax: 27,
} as const;
export type Fault = (typeof Fault)[keyof typeof Fault];

interface FaultRow {
  /** What is said of the attribute; a whole sentence where the fault is not about one. */
  readonly text: string;
  readonly subcode: number;
  /** The NOTIFICATION's Data field: the whole attribute, its type code, or nothing. */
  readonly data: 'attribute' | 'typeCode' | 'none';
}

const S = UpdateSubcode;

const ROWS: Readonly<Record<Fault, FaultRow>> = {
  [Fault.none]: row('no fault', 0, 'none'),
  [Fault.sectionsOverrun]: row(
    'the lengths of the withdrawn routes and the path attributes exceed the message',
    S.malformedAttributeList,
    'none',
  ),
  [Fault.headerCut]: row(
    'the path attributes end within the header of one',
    S.malformedAttributeList,
    'none',
  ),
  [Fault.overrun]: row(
    'runs past the end of the path attributes',
    S.attributeLengthError,
    'attribute',
  ),
  [Fault.duplicate]: row('appears more than once', S.malformedAttributeList, 'none'),
  [Fault.unrecognizedWellKnown]: row(
    'is marked well-known but is not',
    S.unrecognizedWellKnownAttribute,
    'attribute',
  ),
  [Fault.flags]: row(
    'has the wrong Optional or Transitive flag',
    S.attributeFlagsError,
    'attribute',
  ),
  [Fault.length]: row('has a length it cannot have', S.attributeLengthError, 'attribute'),
  [Fault.missing]: row('is missing', S.missingWellKnownAttribute, 'typeCode'),
  [Fault.originValue]: row('has an undefined value', S.invalidOrigin, 'attribute'),
  [Fault.nextHop]: row('is not the address of a host', S.invalidNextHop, 'attribute'),
  [Fault.pathSegmentType]: row('has a segment of unknown type', S.malformedAsPath, 'none'),
  [Fault.pathSegmentEmpty]: row('has a segment without AS numbers', S.malformedAsPath, 'none'),
  [Fault.pathSegmentOverrun]: row(
    'has a segment that runs past its end',
    S.malformedAsPath,
    'none',
  ),
  [Fault.pathSegmentCut]: row('ends within the header of a segment', S.malformedAsPath, 'none'),
  [Fault.pathConfederation]: row(
    'has a confederation segment, from outside of the confederation',
    S.malformedAsPath,
    'none',
  ),
  [Fault.pathAsZero]: row('has AS 0 in it', S.malformedAsPath, 'none'),
  [Fault.aggregatorAsZero]: row('names AS 0', S.optionalAttributeError, 'attribute'),
  [Fault.fromExternal]: row(
    'is not for external neighbours to send',
    S.optionalAttributeError,
    'attribute',
  ),
  [Fault.onFourOctetSession]: row(
    'is not for sessions with four-octet AS numbers',
    S.optionalAttributeError,
    'attribute',
  ),
  [Fault.as4PathConfederation]: row(
    'has confederation segments, which are left out',
    S.optionalAttributeError,
    'attribute',
  ),
  [Fault.withdrawnSyntax]: row(
    'the withdrawn routes are not syntactically correct',
    S.invalidNetworkField,
    'none',
  ),
  [Fault.nlriSyntax]: row('the NLRI is not syntactically correct', S.invalidNetworkField, 'none'),
  // RFC 4760 §7: whatever is incorrect about MP_REACH_NLRI and MP_UNREACH_NLRI is subcode 9.
  [Fault.mpFlags]: row(
    'has the wrong Optional or Transitive flag',
    S.optionalAttributeError,
    'attribute',
  ),
  [Fault.mpLength]: row('is too short', S.optionalAttributeError, 'attribute'),
  [Fault.mpNextHopLength]: row(
    'has a next hop of a length it cannot have',
    S.optionalAttributeError,
    'attribute',
  ),
  [Fault.mpNextHop]: row(
    'has a next hop that is not the address of a host',
    S.optionalAttributeError,
    'attribute',
  ),
  [Fault.mpNlriSyntax]: row(
    'has NLRI that is not syntactically correct',
    S.optionalAttributeError,
    'attribute',
  ),
};

function row(text: string, subcode: number, data: FaultRow['data']): FaultRow {
  return { text, subcode, data };
}

export function faultRow(fault: Fault): FaultRow {
  return ROWS[fault];
}

/** `AS_PATH has AS 0 in it`; `attribute` is a type code, or 0. */
export function describeFault(fault: Fault, attribute: number): string {
  const { text } = faultRow(fault);
  return attribute === 0 ? text : `${attributeName(attribute)} ${text}`;
}
