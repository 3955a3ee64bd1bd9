/**
 * RFC 4271 §6 and §8.2.2 as a table: what a neighbour made of octets sends in which state, and the
 * NOTIFICATION that answers it, octet for octet. Real sockets, virtual time.
 */

import t, { type Test } from 'tap';
import { loopbackSession, PEER_AS } from '../support/loopbackSession.ts';
import { RAW_KEEPALIVE, type RawPeer, rawMessage, rawOpen, TYPE } from '../support/rawPeer.ts';

type State = 'OpenSent' | 'OpenConfirm' | 'Established';

/** Octets in hex: what comes, and the body of the answer: code, subcode, data. */
type Row = readonly [section: string, title: string, sent: string, notification: string];

const MARKER = 'ff'.repeat(16);

/** In any state: the header is all that is looked at. */
const HEADERS: readonly Row[] = [
  ['§6.1', 'a marker with a zero in it', `${'ff'.repeat(15)}00001304`, '0101'],
  ['§6.1', 'a length of 18', `${MARKER}001204`, '01020012'],
  ['§6.1', 'a length of 0', `${MARKER}000004`, '01020000'],
  ['§6.1, RFC 8654 §4', 'an OPEN of 4097 octets', `${MARKER}100101`, '01021001'],
  ['§6.1', 'an OPEN of 28 octets', `${MARKER}001c01`, '0102001c'],
  ['§6.1', 'an UPDATE of 22 octets', `${MARKER}001602`, '01020016'],
  ['§6.1', 'a KEEPALIVE of 20 octets', `${MARKER}001404`, '01020014'],
  ['§6.1', 'type 0', `${MARKER}001300`, '010300'],
  ['§6.1', 'type 6', `${MARKER}001306`, '010306'],
];

const CAPABILITIES = '010400010001 41040000fbf0';
const open = (fields: Partial<Parameters<typeof rawOpen>[0]>) =>
  rawOpen({ asn: PEER_AS, capabilities: CAPABILITIES, ...fields });
const openBody = (body: string) => rawMessage(TYPE.open, body);

const OPENS: readonly Row[] = [
  ['§6.2', 'version 3', openBody('03 fbf0 005a c0000263 00'), '02010004'],
  ['§6.2', 'version 5', openBody('05 fbf0 005a c0000263 00'), '02010004'],
  ['§6.2', 'another AS', rawOpen({ asn: 64499 }), '0202'],
  ['RFC 7607', 'AS 0', openBody('04 0000 005a c0000263 00'), '0202'],
  ['RFC 6793', 'AS 0 in four octets', open({ capabilities: '010400010001 410400000000' }), '0202'],
  ['RFC 6286', 'identifier 0.0.0.0', open({ identifier: '00000000' }), '0203'],
  ['§6.2', 'an optional parameter of type 1', openBody('04fbf0005ac0000263 03 010100'), '0204'],
  ['§6.2', 'a hold time of 1 s', open({ holdTime: 1 }), '0206'],
  ['§6.2', 'a hold time of 2 s', open({ holdTime: 2 }), '0206'],
  ['RFC 5492', 'no family of ours', open({ capabilities: '010400020001' }), '0207010400010001'],
  ['RFC 9234', 'our own role, customer', open({ capabilities: `${CAPABILITIES} 090103` }), '020b'],
  ['§6.2', 'a parameter that is cut', openBody('04fbf0005ac0000263 02 0206'), '0200'],
  ['§6.2', 'a malformed capability', open({ capabilities: '0103000100' }), '0200'],
];

const UPDATE = rawMessage(TYPE.update, '0000 0000');
const REFRESH = rawMessage(TYPE.routeRefresh, '0001 00 01');

const UNEXPECTED: Readonly<Record<State, readonly Row[]>> = {
  OpenSent: [
    ['RFC 6608', 'a KEEPALIVE', RAW_KEEPALIVE, '050104'],
    ['RFC 6608', 'an UPDATE', UPDATE, '050102'],
    ['RFC 6608', 'a ROUTE-REFRESH', REFRESH, '050105'],
  ],
  OpenConfirm: [
    ['RFC 6608', 'an UPDATE', UPDATE, '050202'],
    ['RFC 6608', 'a ROUTE-REFRESH', REFRESH, '050205'],
    ['RFC 6608', 'a second OPEN', open({}), '050201'],
  ],
  Established: [['RFC 6608', 'a second OPEN', open({}), '050301']],
};

function update(attributes: string, nlri = '', withdrawn = ''): string {
  const of = (text: string) => {
    const octets = text.replaceAll(' ', '');
    return `${(octets.length / 2).toString(16).padStart(4, '0')}${octets}`;
  };
  return rawMessage(TYPE.update, `${of(withdrawn)}${of(attributes)}${nlri}`);
}

const BASIC = '40010100 40020602010000fbf0 400304c6336401';

/** Faults that RFC 7606 leaves to a reset: no route is announced that could be withdrawn instead. */
const UPDATES: readonly Row[] = [
  ['§6.3', 'lengths beyond the message', rawMessage(TYPE.update, 'ffff0000'), '0301'],
  ['§6.3', 'a well-known attribute that is not known', update('406301aa'), '0302406301aa'],
  ['§6.3', 'ORIGIN marked optional', update('c0010100'), '0304c0010100'],
  ['§6.3', 'ORIGIN of two octets', update('4001020000'), '03054001020000'],
  ['§6.3', 'ORIGIN 3', update('40010103'), '030640010103'],
  ['§6.3', 'NEXT_HOP 0.0.0.0', update('40030400000000'), '030840030400000000'],
  ['RFC 7606 §5.3', 'MP_REACH_NLRI of 3 octets', update('800e03000101'), '0309800e03000101'],
  ['§6.3', 'a withdrawn prefix of 33 bits', update('', '', '21cb007100 00'), '030a'],
  ['§6.3', 'an announced prefix of 33 bits', update(BASIC, '21cb00710000'), '030a'],
  ['§6.3', 'an AS_PATH segment of type 5', update('4002060501 0000fbf0'), '030b'],
  ['RFC 7606 §3(g)', 'MP_UNREACH_NLRI twice', update('800f03000101 800f03000101'), '0301'],
];

for (const [section, title, sent, notification] of HEADERS) {
  for (const state of ['OpenSent', 'OpenConfirm', 'Established'] as const) {
    answers(section, title, state, sent, notification);
  }
}
for (const [section, title, sent, notification] of OPENS) {
  answers(section, title, 'OpenSent', sent, notification);
}
for (const state of ['OpenSent', 'OpenConfirm', 'Established'] as const) {
  for (const [section, title, sent, notification] of UNEXPECTED[state]) {
    answers(section, title, state, sent, notification);
  }
}
for (const [section, title, sent, notification] of UPDATES) {
  answers(section, title, 'Established', sent, notification);
}

function answers(section: string, title: string, state: State, sent: string, notification: string) {
  t.test(`${section}: ${title} in ${state} is answered with ${notification}`, async (t) => {
    const peer = await peerIn(t, state);
    peer.send(sent);
    t.equal((await peer.nextOf(TYPE.notification)).body, notification);
    t.equal(await peer.end(), 'FIN', 'and the connection is closed');
  });
}

async function peerIn(t: Test, state: State): Promise<RawPeer> {
  const { session, listener, establish } = await loopbackSession(t);
  if (state === 'Established') return establish();
  session.start();
  const peer = await listener.next();
  await peer.nextOf(TYPE.open);
  if (state === 'OpenSent') return peer;
  peer.send(open({}));
  await peer.nextOf(TYPE.keepalive);
  return peer;
}

for (const [holdTime, agreed] of [
  [0, 0],
  [3, 3],
  [65535, 90],
] as const) {
  t.test(`§4.2: a hold time of ${holdTime} s is taken, and ${agreed} s agreed`, async (t) => {
    const { session, clock, establish } = await loopbackSession(t);
    const peer = await establish({ holdTime });
    t.equal(session.snapshot().holdTime, agreed);
    if (agreed > 0) return;
    // §4.4: no KEEPALIVE, and silence is no fault.
    const { keepalive } = session.snapshot().sent;
    clock.advance(3_600_000);
    t.match(session.snapshot(), { state: 'Established', sent: { keepalive } });
    peer.destroy();
  });
}

t.test('§6.4: a NOTIFICATION is never answered by another', async (t) => {
  const { session, happens, establish } = await loopbackSession(t);
  const peer = await establish();
  const down = happens('SessionDown');
  peer.send(rawMessage(TYPE.notification, '0305 40010200'));
  t.match(await down, { reason: { kind: 'notificationReceived' } });
  t.equal(session.snapshot().sent.notification, 0);
});

t.test('everything byte by byte: OPEN, KEEPALIVE, UPDATE, NOTIFICATION', async (t) => {
  const { session, listener, happens } = await loopbackSession(t);
  session.start();
  const peer = await listener.next();
  const down = happens('SessionDown');
  const cease = rawMessage(TYPE.notification, '0602');
  const all = [open({}), RAW_KEEPALIVE, update(BASIC, '18cb0071'), RAW_KEEPALIVE, cease];
  const octets = Buffer.from(all.join('').replaceAll(' ', ''), 'hex');
  for (const octet of octets) {
    await new Promise((resolve) => peer.socket.write(Buffer.of(octet), resolve));
  }
  t.match(await down, { wasUp: true, reason: { notification: { code: 6, subcode: 2 } } });
  t.match(session.snapshot().received, { open: 1, keepalive: 2, update: 1, notification: 1 });
});
