import t from 'tap';
import { transition } from '../../src/fsm/transition.ts';
import type { Capability } from '../../src/wire/capability.ts';
import { agreed, config, LOCAL_AS, openOf, PEER_AS } from '../support/fsm.ts';

const [RECEIVE, SEND, BOTH] = [1, 2, 3];
const IPV6: Capability = { kind: 'multiprotocol', afi: 2, safi: 1 };

function paths(ipv4?: number, ipv6?: number): Capability {
  const entry = (afi: number, sendReceive?: number) =>
    sendReceive === undefined ? [] : [{ afi, safi: 1, sendReceive }];
  return { kind: 'addPath', entries: [...entry(1, ipv4), ...entry(2, ipv6)] };
}

/** As `rs/-s`: for IPv4 received and sent, for IPv6 sent. */
function directions(ours: readonly Capability[], theirs: readonly Capability[]): string {
  const open = openOf(LOCAL_AS, { more: [IPV6, ...ours] });
  const received = openOf(PEER_AS, { more: [IPV6, ...theirs] });
  const { receive, send } = agreed({ ...config, open }, received).addPath;
  const text = (family: 'ipv4' | 'ipv6') =>
    `${receive[family] ? 'r' : '-'}${send[family] ? 's' : '-'}`;
  return `${text('ipv4')}/${text('ipv6')}`;
}

t.test('RFC 7911 §4: a way is open where one can send and the other can receive', (t) => {
  for (const [ours, theirs, expected] of [
    [BOTH, BOTH, 'rs'],
    [BOTH, SEND, 'r-'],
    [BOTH, RECEIVE, '-s'],
    [RECEIVE, SEND, 'r-'],
    [SEND, RECEIVE, '-s'],
    [RECEIVE, RECEIVE, '--'],
    [SEND, SEND, '--'],
    [RECEIVE, BOTH, 'r-'],
    [SEND, BOTH, '-s'],
  ] as const) {
    t.equal(directions([paths(ours)], [paths(theirs)]), `${expected}/--`, `${ours} and ${theirs}`);
  }
  t.end();
});

t.test('RFC 7911 §4: each family by itself, and none that only one side names', (t) => {
  t.equal(directions([paths(BOTH, BOTH)], [paths(BOTH, RECEIVE)]), 'rs/-s');
  t.equal(directions([paths(BOTH, BOTH)], [paths(undefined, BOTH)]), '--/rs');
  t.equal(directions([paths(BOTH, BOTH)], []), '--/--');
  t.equal(directions([], [paths(BOTH, BOTH)]), '--/--');
  t.end();
});

t.test('RFC 7911 §4: of two entries for a family, the first counts', (t) => {
  t.equal(directions([paths(BOTH)], [paths(SEND), paths(BOTH)]), 'r-/--');
  t.end();
});

t.test('a family that the session does not carry has no path identifiers', (t) => {
  const open = openOf(LOCAL_AS, { more: [IPV6, paths(BOTH, BOTH)] });
  const { addPath } = agreed({ ...config, open }, openOf(PEER_AS, { more: [paths(BOTH, BOTH)] }));
  t.same(addPath.receive, { ipv4: true, ipv6: false });
  t.end();
});

const NEXT_HOPS: Capability = {
  kind: 'extendedNextHop',
  entries: [{ afi: 1, safi: 1, nextHopAfi: 2 }],
};
const OF_MULTICAST: Capability = {
  kind: 'extendedNextHop',
  entries: [{ afi: 1, safi: 2, nextHopAfi: 2 }],
};
const EXTENDED: Capability = { kind: 'extendedMessage' };

t.test('RFC 8950 §4, RFC 8654 §4: what both offer is agreed', (t) => {
  const both = (ours: readonly Capability[], theirs: readonly Capability[]) => {
    const open = openOf(LOCAL_AS, { more: ours });
    const { extendedNextHop, extendedMessages } = agreed(
      { ...config, open },
      openOf(PEER_AS, { more: theirs }),
    );
    return [extendedNextHop, extendedMessages];
  };
  t.same(both([NEXT_HOPS, EXTENDED], [EXTENDED, NEXT_HOPS]), [true, true]);
  t.same(both([NEXT_HOPS, EXTENDED], []), [false, false]);
  t.same(both([], [NEXT_HOPS, EXTENDED]), [false, false]);
  t.same(both([NEXT_HOPS], [OF_MULTICAST]), [false, false]);
  t.end();
});

t.test('RFC 8654 §4: who has our offer may send extended messages without one of its own', (t) => {
  const allows = (ours: readonly Capability[], theirs: readonly Capability[]) => {
    const with_ = { ...config, open: openOf(LOCAL_AS, { more: ours }) };
    const counters = { connectRetryCounter: 0, oscillations: 0, eagerRetries: 0 };
    const [, actions] = transition(
      { name: 'OpenSent', config: with_, counters },
      { type: 'BGPOpen', open: openOf(PEER_AS, { more: theirs }) },
    );
    return actions.some(({ type }) => type === 'allowExtendedMessages');
  };
  t.ok(allows([EXTENDED], [EXTENDED]));
  t.ok(allows([EXTENDED], []));
  t.notOk(allows([], [EXTENDED]));
  t.end();
});
