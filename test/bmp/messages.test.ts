import t, { type Test } from 'tap';
import { encodeInitiation, encodeTermination } from '../../src/bmp/message.ts';
import {
  encodePeerDown,
  encodePeerUp,
  encodeStatistics,
  type PeerDown,
} from '../../src/bmp/peerMessages.ts';
import { parseAddress } from '../../src/net/text.ts';
import { message, octets } from '../support/octets.ts';

const at = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

function address(text: string) {
  const parsed = parseAddress(text);
  if (!parsed) throw new Error(`${text} is not an address`);
  return parsed;
}

const ipv4 = { address: address('198.51.100.1'), peerAs: 64496, bgpIdentifier: 0xc6336401 };
const ipv6 = { address: address('2001:db8::1'), peerAs: 4200000001, bgpIdentifier: 0xc6336401 };

const IPV4_HEADER = `
  00 00 00 00 00 00 00 00 00 00              # global instance, no flags, no distinguisher
  00 00 00 00 00 00 00 00 00 00 00 00 c6 33 64 01
  00 00 fb f0 c6 33 64 01                    # AS 64496, identifier
  69 57 35 a5 00 0a 58 70                    # 1767323045 s, 678000 us
`;
const IPV6_HEADER = `
  00 80 00 00 00 00 00 00 00 00              # V: the address is IPv6
  20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01
  fa 56 ea 01 c6 33 64 01
  69 57 35 a5 00 0a 58 70`;

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const same = (t: Test, bytes: Uint8Array, text: string) => t.equal(hex(bytes), hex(octets(text)));

t.test('RFC 7854 §4.3: Initiation has sysDescr and sysName', async (t) => {
  same(
    t,
    encodeInitiation({ sysDescr: 'multihomed 1', sysName: 'edge' }),
    `03 00 00 00 1e 04
     00 01 00 0c 6d 75 6c 74 69 68 6f 6d 65 64 20 31
     00 02 00 04 65 64 67 65`,
  );
});

t.test('RFC 7854 §4.5: Termination has its reason, and words where there are any', async (t) => {
  same(t, encodeTermination(0), '03 00 00 00 0c 05  00 01 00 02 00 00');
  same(
    t,
    encodeTermination(2, 'slow'),
    '03 00 00 00 14 05  00 01 00 02 00 02  00 00 00 04 73 6c 6f 77',
  );
});

const OPEN_SENT = message(1, '04 fb f4 00 5a c0 00 02 01 00');
const OPEN_RECEIVED = message(1, '04 fb f0 00 5a c6 33 64 01 02 02 00');
const opens = { openSent: OPEN_SENT, openReceived: OPEN_RECEIVED };

t.test('RFC 7854 §4.10: Peer Up has both ends and both OPENs as they were', async (t) => {
  same(
    t,
    encodePeerUp({
      ...{ ...ipv4, ...opens, localAddress: address('198.51.100.2'), since: at },
      ...{ localPort: 54321, remotePort: 179 },
    }),
    `03 00 00 00 80 03 ${IPV4_HEADER}
     00 00 00 00 00 00 00 00 00 00 00 00 c6 33 64 02
     d4 31 00 b3 ${hex(OPEN_SENT)} ${hex(OPEN_RECEIVED)}`,
  );
  same(
    t,
    encodePeerUp({
      ...{ ...ipv6, ...opens, localAddress: address('2001:db8::2'), since: at },
      ...{ localPort: 179, remotePort: 40000 },
    }),
    `03 00 00 00 80 03 ${IPV6_HEADER}
     20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02
     00 b3 9c 40 ${hex(OPEN_SENT)} ${hex(OPEN_RECEIVED)}`,
  );
});

const NOTIFICATION = message(3, '06 02');
const downs: readonly (readonly [string, PeerDown, string])[] = [
  [
    '1: our NOTIFICATION',
    { kind: 'local-notification', notification: NOTIFICATION },
    `01 ${hex(NOTIFICATION)}`,
  ],
  ['2: an event of ours', { kind: 'local-event', event: 29 }, '02 00 1d'],
  [
    '3: its NOTIFICATION',
    { kind: 'remote-notification', notification: NOTIFICATION },
    `03 ${hex(NOTIFICATION)}`,
  ],
  ['4: the connection was lost', { kind: 'remote-without-word' }, '04'],
  ['5: no longer told of', { kind: 'no-longer-monitored' }, '05'],
];

for (const [title, down, body] of downs) {
  t.test(`RFC 7854 §4.9: Peer Down, reason ${title}`, async (t) => {
    const length = (6 + 42 + octets(body).length).toString(16).padStart(8, '0');
    same(t, encodePeerDown(ipv4, down, at), `03 ${length} 02 ${IPV4_HEADER} ${body}`);
  });
}

t.test('RFC 7854 §4.8: Statistics are a counter, a gauge, and a gauge a family', async (t) => {
  const routes = [
    { family: 'ipv4', count: 0x1_0000_0002 },
    { family: 'ipv6', count: 7 },
  ] as const;
  same(
    t,
    encodeStatistics(ipv4, { treatedAsWithdraw: 3, routes }, at),
    `03 00 00 00 66 01 ${IPV4_HEADER} 00 00 00 04
     00 0b 00 04 00 00 00 03
     00 07 00 08 00 00 00 01 00 00 00 09
     00 09 00 0b 00 01 01 00 00 00 01 00 00 00 02
     00 09 00 0b 00 02 01 00 00 00 00 00 00 00 07`,
  );
});
