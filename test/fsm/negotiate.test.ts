import t from 'tap';
import { negotiate } from '../../src/fsm/negotiate.ts';
import type { FsmConfig } from '../../src/fsm/state.ts';
import type { Capability } from '../../src/wire/capability.ts';
import { RemoteError } from '../../src/wire/errors.ts';
import type { OpenMessage } from '../../src/wire/open.ts';
import { agreed, config, LOCAL_AS, openOf, PEER_AS } from '../support/fsm.ts';

const IPV4: Capability = { kind: 'multiprotocol', afi: 1, safi: 1 };
const IPV6: Capability = { kind: 'multiprotocol', afi: 2, safi: 1 };
const VPNV4: Capability = { kind: 'multiprotocol', afi: 1, safi: 128 };

function openWith(myAs: number, ...capabilities: Capability[]): OpenMessage {
  return { version: 4, myAs, holdTime: 90, bgpIdentifier: 1, capabilities };
}

function refusal(with_: FsmConfig, received: OpenMessage): RemoteError {
  const outcome = negotiate(with_, received);
  if (outcome instanceof RemoteError) return outcome;
  throw new Error('it was accepted');
}

t.test('what both offer is agreed', (t) => {
  const received = openOf(PEER_AS, { bgpIdentifier: 0xc0000201, holdTime: 30, more: [IPV6] });
  t.same(agreed(config, received), {
    peerAs: PEER_AS,
    peerIdentifier: 0xc0000201,
    holdTime: 30,
    keepaliveTime: 10,
    families: ['ipv4'],
    fourOctetAs: true,
    routeRefresh: true,
    extendedMessages: false,
    addPath: { receive: { ipv4: false, ipv6: false }, send: { ipv4: false, ipv6: false } },
    extendedNextHop: false,
    enhancedRouteRefresh: false,
    gracefulRestart: undefined,
    received,
  });
  t.end();
});

t.test('§4.2: the smaller hold time rules, and a zero of either side makes it zero', (t) => {
  const holdTime = (ours: number, theirs: number) => {
    const open = openOf(LOCAL_AS, { holdTime: ours });
    const { holdTime, keepaliveTime } = agreed(
      { ...config, open },
      openOf(PEER_AS, { holdTime: theirs }),
    );
    return [holdTime, keepaliveTime];
  };
  t.same(holdTime(90, 180), [90, 30]);
  t.same(holdTime(90, 10), [10, 3]);
  t.same(holdTime(90, 3), [3, 1]);
  t.same(holdTime(0, 90), [0, 0]);
  t.same(holdTime(90, 0), [0, 0]);
  t.end();
});

t.test('§6.2: another AS than the configured is Bad Peer AS, without data', (t) => {
  t.match(refusal(config, openOf(64499)), {
    code: 2,
    subcode: 2,
    data: new Uint8Array(0),
    message: 'it says AS 64499, configured is AS 64496',
  });
  t.end();
});

t.test('RFC 6793: the four-octet capability is believed before the two-octet field', (t) => {
  const large = { ...config, peerAs: 4200000001 };
  t.match(agreed(large, openOf(4200000001)), { peerAs: 4200000001, fourOctetAs: true });
  // The field alone would have matched.
  const field = openWith(PEER_AS, IPV4, { kind: 'fourOctetAs', asn: 4200000001 });
  t.match(refusal(config, field), { code: 2, subcode: 2 });
  t.end();
});

t.test('RFC 6793: an old speaker is known by its two-octet field, and AS_TRANS is nobody', (t) => {
  t.match(agreed(config, openWith(PEER_AS, IPV4)), { peerAs: PEER_AS, fourOctetAs: false });
  const { message } = refusal({ ...config, peerAs: 4200000001 }, openWith(23456, IPV4));
  t.match(message, 'AS 23456 (AS_TRANS, without the four-octet capability)');
  t.end();
});

t.test('RFC 6793: four octets need the capability on both sides', (t) => {
  const old = { ...config, open: openWith(LOCAL_AS, IPV4) };
  t.match(agreed(old), { fourOctetAs: false, routeRefresh: false });
  t.end();
});

t.test('RFC 6286: our own BGP Identifier is bad within our AS, and fine from another', (t) => {
  const internal = { ...config, peerAs: LOCAL_AS };
  t.match(refusal(internal, openOf(LOCAL_AS)), { code: 2, subcode: 3 });
  t.match(agreed(internal, openOf(LOCAL_AS, { bgpIdentifier: 1 })), { peerAs: LOCAL_AS });
  const same = openOf(PEER_AS, { bgpIdentifier: config.open.bgpIdentifier });
  t.match(agreed(config, same), { peerIdentifier: config.open.bgpIdentifier });
  t.end();
});

t.test('RFC 4760: who names no family speaks IPv4 unicast', (t) => {
  t.same(agreed(config, openWith(PEER_AS)).families, ['ipv4']);
  const silent = { ...config, open: openWith(LOCAL_AS) };
  t.same(agreed(silent, openWith(PEER_AS, VPNV4, IPV4)).families, ['ipv4']);
  t.end();
});

t.test('RFC 4760: the families are those that both name, in our order', (t) => {
  const both = { ...config, open: openWith(LOCAL_AS, IPV6, IPV4) };
  t.same(agreed(both, openWith(PEER_AS, IPV6, VPNV4, IPV4)).families, ['ipv4', 'ipv6']);
  t.same(agreed(both, openWith(PEER_AS, IPV6)).families, ['ipv6']);
  t.end();
});

t.test('RFC 5492: no family in common is Unsupported Capability, with what is missed', (t) => {
  const both = { ...config, open: openWith(LOCAL_AS, IPV4, IPV6) };
  t.match(refusal(both, openWith(PEER_AS, VPNV4)), {
    code: 2,
    subcode: 7,
    data: Uint8Array.of(1, 4, 0, 1, 0, 1, 1, 4, 0, 2, 0, 1),
    message: 'no address family in common: it does not offer ipv4 or ipv6',
  });
  const ipv6Only = { ...config, open: openWith(LOCAL_AS, IPV6) };
  t.match(refusal(ipv6Only, openWith(PEER_AS)), { code: 2, subcode: 7 });
  t.end();
});
