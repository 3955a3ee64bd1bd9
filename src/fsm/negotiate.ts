/** What both OPENs together allow. */

import { AS_TRANS } from '../net/asn.ts';
import { afiSafiOf, FAMILIES, type Family, familyOf } from '../net/family.ts';
import { capabilitiesOf, encodeCapability } from '../wire/capability.ts';
import { ErrorCode, OpenSubcode } from '../wire/constants.ts';
import { RemoteError } from '../wire/errors.ts';
import { fourOctetAsOf, type OpenMessage } from '../wire/open.ts';
import { restartTerms } from './gracefulRestart.ts';
import type { Negotiated } from './negotiated.ts';
import { agreeOnNextHops } from './nextHops.ts';
import { agreeOnPaths } from './paths.ts';
import { judgeRoles } from './roles.ts';
import type { FsmConfig } from './state.ts';

/**
 * Judges a received OPEN against what is configured. A RemoteError is returned, not thrown: an
 * unacceptable neighbour is one of the outcomes. What needs no configuration (version, hold times
 * of 1 and 2 s, identifier and AS 0) `decodeOpen` has refused already.
 */
export function negotiate(config: FsmConfig, received: OpenMessage): Negotiated | RemoteError {
  const theirs = fourOctetAsOf(received);
  // RFC 6793 §4.1: the capability's number is the real one, the field may only say AS_TRANS.
  const peerAs = theirs ?? received.myAs;
  if (peerAs !== config.peerAs) return badPeerAs(config, peerAs, theirs !== undefined);
  // RFC 6286 §2.2: only within an AS must identifiers differ.
  if (peerAs === config.localAs && received.bgpIdentifier === config.open.bgpIdentifier) {
    return openError(OpenSubcode.badBgpIdentifier, 'its BGP Identifier is ours');
  }
  const mismatch = judgeRoles(config.open, received, config.strictRole);
  if (mismatch) return mismatch;
  const ours = familiesOf(config.open);
  const offered = familiesOf(received);
  const families = FAMILIES.filter((f) => ours.includes(f) && offered.includes(f));
  if (families.length === 0) return noCommonFamily(ours);
  // RFC 4271 §4.2: the smaller of the two; one zero makes it zero.
  const holdTime = Math.min(config.open.holdTime, received.holdTime);
  return {
    peerAs,
    peerIdentifier: received.bgpIdentifier,
    holdTime,
    keepaliveTime: Math.floor(holdTime / 3),
    families,
    fourOctetAs: theirs !== undefined && fourOctetAsOf(config.open) !== undefined,
    routeRefresh: bothHave(config.open, received, 'routeRefresh'),
    // RFC 8654 §4: they go to those who offered it; we always do.
    extendedMessages: bothHave(config.open, received, 'extendedMessage'),
    addPath: agreeOnPaths(config.open, received, families),
    extendedNextHop: agreeOnNextHops(config.open, received, families),
    enhancedRouteRefresh: bothHave(config.open, received, 'enhancedRouteRefresh'),
    gracefulRestart: restartTerms(config.open, received, families),
    received,
  };
}

function bothHave(
  ours: OpenMessage,
  theirs: OpenMessage,
  kind: 'routeRefresh' | 'enhancedRouteRefresh' | 'extendedMessage',
): boolean {
  return [ours, theirs].every((open) => capabilitiesOf(open.capabilities, kind).length > 0);
}

/** RFC 4760 §8: who says nothing about families speaks IPv4 unicast. */
function familiesOf({ capabilities }: OpenMessage): readonly (Family | undefined)[] {
  const said = capabilitiesOf(capabilities, 'multiprotocol');
  return said.length === 0 ? ['ipv4'] : said.map(({ afi, safi }) => familyOf(afi, safi));
}

function badPeerAs(config: FsmConfig, said: number, fourOctet: boolean): RemoteError {
  const hint =
    !fourOctet && said === AS_TRANS ? ' (AS_TRANS, without the four-octet capability)' : '';
  return openError(
    OpenSubcode.badPeerAs,
    `it says AS ${said}${hint}, configured is AS ${config.peerAs}`,
  );
}

/** RFC 5492 §5: the Data field lists the capabilities that are missed. */
function noCommonFamily(ours: readonly (Family | undefined)[]): RemoteError {
  const missed = ours.filter((family) => family !== undefined);
  const data = missed.flatMap((family) => [
    ...encodeCapability({ kind: 'multiprotocol', ...afiSafiOf(family) }),
  ]);
  return openError(
    OpenSubcode.unsupportedCapability,
    `no address family in common: it does not offer ${missed.join(' or ')}`,
    Uint8Array.from(data),
  );
}

function openError(subcode: number, message: string, data = new Uint8Array(0)): RemoteError {
  return new RemoteError(ErrorCode.openMessage, subcode, data, message);
}
