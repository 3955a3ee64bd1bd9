import t from 'tap';
import { FAMILIES } from '../../src/net/family.ts';
import { parseAddress } from '../../src/net/text.ts';
import type { PeerIndex } from '../../src/rib/ribIn.ts';
import { errorEvent, Receiver } from '../../src/session/receiver.ts';
import { RemoteError } from '../../src/wire/errors.ts';
import { faultText, Verdict } from '../../src/wire/update.ts';
import { message, octets } from '../support/octets.ts';
import { testRib } from '../support/testRib.ts';
import { attribute, GOOD, PREFIX, SESSION, update, viewOf } from '../support/updateBytes.ts';

const PEER = 1 as PeerIndex;

function receiving() {
  const rib = testRib([PEER]);
  const [address, localAddress] = ['198.51.100.1', '198.51.100.2'].map(parseAddress);
  if (!address || !localAddress) throw new Error('those are addresses');
  const context = SESSION.external;
  const session = { peerAs: 64496, bgpIdentifier: 1, address, localAddress, context };
  rib.peerUp(PEER, { ...session, maxPaths: 1 });
  const told: unknown[] = [];
  const receiver = new Receiver(rib, PEER, {
    fault: (verdict, fault) => told.push({ verdict, fault }),
    refreshRequested: (request) => told.push(request),
    endOfRib: () => {},
  });
  receiver.begin(FAMILIES);
  const receive = (bytes: Uint8Array, established = true) => {
    return receiver.event(bytes, bytes[18]!, 0, bytes.length, established ? context : undefined);
  };
  return { rib, told, receiver, receive };
}

const ROUTE = update({ attributes: [GOOD.origin, GOOD.asPath, GOOD.nextHop], nlri: PREFIX });
const OPEN = message(1, '04 fbf0 005a c0000202 00');

t.test('each type of message is its event', (t) => {
  const { receive } = receiving();
  t.match(receive(OPEN, false), { type: 'BGPOpen', open: { myAs: 64496, holdTime: 90 } });
  t.same(receive(message(4, '')), { type: 'KeepAliveMsg' });
  t.match(receive(message(3, '0602')), {
    type: 'NotifMsg',
    notification: { code: 6, subcode: 2 },
  });
  t.match(
    receive(message(3, '0201 0004')),
    { type: 'NotifMsgVerErr' },
    'RFC 4271 §8.1.5, event 24',
  );
  t.match(receive(message(5, '0001 00 01')), { type: 'RouteRefreshMsg' });
  t.end();
});

t.test('an UPDATE is routes when Established, and an event for the state machine before', (t) => {
  const { rib, receive } = receiving();
  t.equal(receive(ROUTE), undefined);
  t.equal(rib.counts(PEER, 'ipv4').received, 1);
  t.same(receive(ROUTE, false), { type: 'UpdateMsg' });
  t.same(receive(message(2, 'ffff'), false), { type: 'UpdateMsg' }, 'not even looked at');
  t.equal(rib.counts(PEER, 'ipv4').received, 1);
  t.end();
});

t.test('RFC 2918: a refresh is asked for in Established only', (t) => {
  const { told, receive } = receiving();
  receive(message(5, '0001 00 01'), false);
  t.same(told, []);
  receive(message(5, '0002 00 01'));
  t.match(told, [{ afi: 2, safi: 1, subtype: 0 }]);
  t.end();
});

t.test('RFC 7606: a fault that the session survives is told once of each kind', (t) => {
  const { told, receiver, receive } = receiving();
  const noOrigin = update({ attributes: [GOOD.asPath, GOOD.nextHop], nlri: PREFIX });
  for (let i = 0; i < 100; i++) t.equal(receive(noOrigin), undefined);
  t.match(told, [{ verdict: 'treat-as-withdraw', fault: /ORIGIN/ }]);
  t.equal(receiver.counts().treatAsWithdraw, 100);
  receiver.begin(FAMILIES);
  receive(noOrigin);
  t.equal(told.length, 2, 'and again in the next session');
  t.end();
});

t.test('a neighbour that is faulty in ever new ways fills no log', (t) => {
  const { told, receive } = receiving();
  const good = [GOOD.origin, GOOD.asPath, GOOD.nextHop];
  const kinds = new Set<string>();
  for (const code of [4, 5, 6, 7, 8, 9, 10, 16, 17, 18, 32, 35]) {
    for (const [flags, value] of [
      [0x00, '00000000'],
      [0xc0, '0000000000'],
      [0x80, '00'],
    ] as const) {
      const bytes = update({ attributes: [...good, attribute(flags, code, value)], nlri: PREFIX });
      const view = viewOf(bytes);
      if (view.verdict !== Verdict.ok) kinds.add(faultText(view));
      receive(bytes);
    }
  }
  t.ok(kinds.size > 20, `${kinds.size} kinds of faults`);
  t.equal(told.length, 20);
  t.end();
});

t.test('what resets the session is thrown, with the NOTIFICATION it deserves', (t) => {
  const { receive } = receiving();
  const code = (bytes: Uint8Array, established = true) => {
    try {
      return receive(bytes, established);
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      return `${errorEvent(error).type} ${error.code}/${error.subcode}`;
    }
  };
  t.equal(code(update({ withdrawn: '21 cb00710000' })), 'UpdateMsgErr 3/10');
  t.equal(code(message(1, '03 fbf0 005a c0000202 00'), false), 'BGPOpenMsgErr 2/1');
  t.equal(code(message(5, '0001 00 0100')), 'BGPHeaderErr 7/1', 'RFC 7313 §5');
  t.end();
});

t.test('offsets are of the receive buffer: a message is read where it lies', (t) => {
  const { rib, receiver } = receiving();
  const buffer = Uint8Array.of(...octets('ff'.repeat(7)), ...ROUTE, ...octets('ff'.repeat(9)));
  receiver.event(buffer, 2, 7, 7 + ROUTE.length, SESSION.external);
  t.equal(rib.counts(PEER, 'ipv4').received, 1);
  t.end();
});
