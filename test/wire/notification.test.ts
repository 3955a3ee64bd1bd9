import fc from 'fast-check';
import t from 'tap';
import {
  communicationOf,
  decodeNotification,
  encodeCommunication,
  encodeNotification,
  encodePrefixLimit,
  formatNotification,
  hardReset,
  hardResetOf,
  type NotificationMessage,
} from '../../src/wire/notification.ts';
import { decodeInside, message, octets } from '../support/octets.ts';
import { mutated, notificationMessage } from '../support/wireArbitraries.ts';

function notification(code: number, subcode: number, data = ''): NotificationMessage {
  return { code, subcode, data: octets(data) };
}

t.test('§4.5: code, subcode and data, both ways', (t) => {
  const wire = message(3, '02 02 fbf4');
  const value = notification(2, 2, 'fbf4');
  t.same(decodeInside(decodeNotification, wire), { value });
  t.same(encodeNotification(value), wire);
  t.end();
});

t.test('§4.5: without data, both ways', (t) => {
  const wire = message(3, '04 00');
  t.same(decodeInside(decodeNotification, wire), { value: notification(4, 0) });
  t.same(encodeNotification(notification(4, 0)), wire);
  t.end();
});

t.test('§6.1: one that is too short is refused', (t) => {
  const outcome = decodeInside(decodeNotification, message(3, '06'));
  t.same(outcome, { code: 1, subcode: 2, data: [0, 20] });
  t.end();
});

t.test('RFC 4486 §4: the limit of prefixes, with its family', (t) => {
  t.same(encodePrefixLimit('ipv4', 100), octets('0001 01 00000064'));
  t.same(encodePrefixLimit('ipv6', 0xfffffffe), octets('0002 01 fffffffe'));
  t.end();
});

t.test('data that does not fit into 4096 octets is cut', (t) => {
  const wire = encodeNotification({ code: 3, subcode: 1, data: new Uint8Array(5000).fill(7) });
  t.equal(wire.length, 4096);
  t.same(wire.subarray(16, 21), octets('1000 03 03 01'));
  t.equal(wire.at(-1), 7);
  t.end();
});

const named: readonly [number, number, string][] = [
  [1, 1, 'Message Header Error/Connection Not Synchronized'],
  [1, 2, 'Message Header Error/Bad Message Length'],
  [1, 3, 'Message Header Error/Bad Message Type'],
  [2, 0, 'OPEN Message Error/Unspecific'],
  [2, 1, 'OPEN Message Error/Unsupported Version Number'],
  [2, 2, 'OPEN Message Error/Bad Peer AS'],
  [2, 3, 'OPEN Message Error/Bad BGP Identifier'],
  [2, 4, 'OPEN Message Error/Unsupported Optional Parameter'],
  [2, 6, 'OPEN Message Error/Unacceptable Hold Time'],
  [2, 7, 'OPEN Message Error/Unsupported Capability'],
  [2, 11, 'OPEN Message Error/Role Mismatch'],
  [3, 1, 'UPDATE Message Error/Malformed Attribute List'],
  [3, 2, 'UPDATE Message Error/Unrecognized Well-known Attribute'],
  [3, 3, 'UPDATE Message Error/Missing Well-known Attribute'],
  [3, 4, 'UPDATE Message Error/Attribute Flags Error'],
  [3, 5, 'UPDATE Message Error/Attribute Length Error'],
  [3, 6, 'UPDATE Message Error/Invalid ORIGIN Attribute'],
  [3, 8, 'UPDATE Message Error/Invalid NEXT_HOP Attribute'],
  [3, 9, 'UPDATE Message Error/Optional Attribute Error'],
  [3, 10, 'UPDATE Message Error/Invalid Network Field'],
  [3, 11, 'UPDATE Message Error/Malformed AS_PATH'],
  [4, 0, 'Hold Timer Expired'],
  [5, 0, 'Finite State Machine Error/Unspecified Error'],
  [5, 1, 'Finite State Machine Error/Receive Unexpected Message in OpenSent State'],
  [5, 2, 'Finite State Machine Error/Receive Unexpected Message in OpenConfirm State'],
  [5, 3, 'Finite State Machine Error/Receive Unexpected Message in Established State'],
  [6, 0, 'Cease'],
  [6, 1, 'Cease/Maximum Number of Prefixes Reached'],
  [6, 2, 'Cease/Administrative Shutdown'],
  [6, 3, 'Cease/Peer De-configured'],
  [6, 4, 'Cease/Administrative Reset'],
  [6, 5, 'Cease/Connection Rejected'],
  [6, 6, 'Cease/Other Configuration Change'],
  [6, 7, 'Cease/Connection Collision Resolution'],
  [6, 8, 'Cease/Out of Resources'],
  [6, 9, 'Cease/Hard Reset'],
  [6, 10, 'Cease/BFD Down'],
  [6, 42, 'Cease/subcode 42'],
  [7, 1, 'ROUTE-REFRESH Message Error/Invalid Message Length'],
  [8, 0, 'Send Hold Timer Expired'],
  [42, 7, 'error 42/7'],
];

t.test(
  'RFC 4271, 4486, 6608, 7313, 8538, 9234, 9384, 9687: each code and subcode has its name',
  (t) => {
    for (const [code, subcode, text] of named) {
      t.equal(formatNotification(notification(code, subcode)), text);
    }
    t.end();
  },
);

const explained: readonly [string, NotificationMessage, string][] = [
  [
    '§6.1: the length',
    notification(1, 2, '0012'),
    'Message Header Error/Bad Message Length (length 18)',
  ],
  ['§6.1: the type', notification(1, 3, '09'), 'Message Header Error/Bad Message Type (type 9)'],
  [
    '§6.2: the version',
    notification(2, 1, '0004'),
    'OPEN Message Error/Unsupported Version Number (version 4 is supported)',
  ],
  [
    'RFC 5492 §5: the capabilities that are missed',
    notification(2, 7, '01 04 0002 00 01 41 04 0000fbf4'),
    'OPEN Message Error/Unsupported Capability (multiprotocol ipv6 unicast, four-octet AS 64500)',
  ],
  [
    'RFC 5492 §5: capabilities that are malformed',
    notification(2, 7, '01 05 0002'),
    'OPEN Message Error/Unsupported Capability (data 01 05 00 02)',
  ],
  [
    'RFC 4486 §4: the limit',
    notification(6, 1, '0001 01 00000064'),
    'Cease/Maximum Number of Prefixes Reached (ipv4 unicast, limit 100)',
  ],
  [
    '§6.3: an attribute stays hexadecimal',
    notification(3, 4, '40 01 01 00'),
    'UPDATE Message Error/Attribute Flags Error (data 40 01 01 00)',
  ],
  [
    'much data is cut',
    notification(3, 1, '00'.repeat(100)),
    `UPDATE Message Error/Malformed Attribute List (data ${'00 '.repeat(32)}... (100 octets))`,
  ],
  [
    'RFC 8538 §3.1: a hard reset shows what is in it',
    notification(6, 9, '06 03'),
    'Cease/Hard Reset (Cease/Peer De-configured)',
  ],
  [
    'RFC 8538 §3.1: a hard reset with a shutdown communication',
    notification(6, 9, '06 02 03 627965'),
    'Cease/Hard Reset (Cease/Administrative Shutdown: "bye")',
  ],
  [
    'RFC 8538 §3.1: a hard reset in a hard reset is not unwrapped for ever',
    notification(6, 9, '06 09 06 09 06 03'),
    'Cease/Hard Reset (Cease/Hard Reset (data 06 09 06 03))',
  ],
  [
    'RFC 8538 §3.1: a hard reset without a whole message in it',
    notification(6, 9, '06'),
    'Cease/Hard Reset (data 06)',
  ],
];

for (const [title, value, text] of explained) {
  t.test(`${title}: in words`, (t) => {
    t.equal(formatNotification(value), text);
    t.end();
  });
}

function shutdown(data: Uint8Array, subcode = 2): NotificationMessage {
  return { code: 6, subcode, data };
}

t.test('RFC 9003 §2: a shutdown communication, both ways', (t) => {
  const data = octets('0e 6261636b2061742031343a303021');
  t.same(encodeCommunication('back at 14:00!'), data);
  t.equal(communicationOf(shutdown(data)), 'back at 14:00!');
  t.equal(communicationOf(shutdown(data, 4)), 'back at 14:00!');
  t.equal(formatNotification(shutdown(data)), 'Cease/Administrative Shutdown: "back at 14:00!"');
  t.end();
});

t.test('RFC 9003 §2: no text is no data', (t) => {
  t.same(encodeCommunication(''), new Uint8Array(0));
  t.equal(communicationOf(shutdown(octets(''))), undefined);
  t.equal(communicationOf(shutdown(octets('00'))), undefined);
  t.end();
});

t.test('RFC 9003 §2: only Administrative Shutdown and Reset carry a communication', (t) => {
  for (const subcode of [0, 1, 3, 5, 6, 7, 8, 9, 10]) {
    t.equal(communicationOf(shutdown(octets('02 6869'), subcode)), undefined);
  }
  t.equal(communicationOf(notification(5, 2, '02 6869')), undefined);
  t.end();
});

t.test('RFC 9003 §2: a text is cut to 255 octets, never within a character', (t) => {
  t.equal(encodeCommunication('x'.repeat(300)).length, 256);
  const cut = encodeCommunication(`${'x'.repeat(253)}日本`); // 253 + 3 would be 256
  t.equal(cut[0], 253);
  t.equal(cut.length, 254);
  const emoji = encodeCommunication('🚀'.repeat(100)); // 63 × 4 = 252
  t.equal(emoji[0], 252);
  t.equal(communicationOf(shutdown(emoji)), '🚀'.repeat(63));
  t.end();
});

t.test('RFC 9003 §4: a wrong length is no communication, and shows as octets', (t) => {
  const wrong = shutdown(octets('05 6869'));
  t.equal(communicationOf(wrong), undefined);
  t.equal(formatNotification(wrong), 'Cease/Administrative Shutdown (data 05 68 69)');
  t.end();
});

t.test('RFC 9003 §4, §6: malformed and dangerous characters are replaced', (t) => {
  const dangerous = [
    ['malformed UTF-8', '02 ff41', '\ufffdA'],
    ['a sequence that is cut', '02 e697', '\ufffd'],
    ['escape', '05 1b5b33316d', '\ufffd[31m'],
    ['C1 control', '03 c29b41', '\ufffdA'],
    ['line breaks and tab', '06 610d0a090a62', 'a   b'],
    ['NUL and DEL', '02 007f', '\ufffd\ufffd'],
    ['right-to-left override', '04 e280ae41', '\ufffdA'],
    ['line separator', '03 e280a8', '\ufffd'],
    ['byte order mark', '04 efbbbf41', '\ufffdA'],
  ] as const;
  for (const [what, data, text] of dangerous) {
    t.equal(communicationOf(shutdown(octets(data))), text, what);
  }
  t.end();
});

t.test('a text with quotes cannot pretend to end', (t) => {
  const value = shutdown(encodeCommunication('bye" neighbour=other'));
  t.equal(formatNotification(value), 'Cease/Administrative Shutdown: "bye\\" neighbour=other"');
  t.end();
});

t.test('a real hard reset and a real shutdown communication (tcpdump)', (t) => {
  const hardReset = octets('ffffffffffffffffffffffffffffffff 0017 03 06 09 06 03');
  const value = decodeNotification(hardReset, 0, hardReset.length);
  t.same(hardResetOf(value), notification(6, 3));
  const text = 'This is a test of the shutdown communication system.';
  const real = message(
    3,
    '06 02 34 5468697320697320612074657374206f66207468652073687574646f776e20636f6d6d756e69636174696f6e2073797374656d2e',
  );
  t.equal(communicationOf(decodeNotification(real, 0, real.length)), text);
  t.same(encodeNotification(shutdown(encodeCommunication(text))), real);
  t.end();
});

t.test('property: what is encoded is decoded to the same, and has a text of one line', (t) => {
  fc.assert(
    fc.property(notificationMessage, (value) => {
      t.same(decodeInside(decodeNotification, encodeNotification(value)), { value });
      return /^[^\p{Cc}\p{Cf}]+$/u.test(formatNotification(value));
    }),
    { seed: 4486, numRuns: 200 },
  );
  t.end();
});

t.test(
  'property: any text is said again as far as it fits, without its control characters',
  (t) => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        const data = encodeCommunication(text);
        if (data.length > 256 || (data.length > 0 && data[0] !== data.length - 1)) return false;
        const said = communicationOf(shutdown(data)) ?? '';
        return [...said].every((c, i) => c === '\ufffd' || c === ' ' || c === [...text][i]);
      }),
      { seed: 9003, numRuns: 300 },
    );
    t.end();
  },
);

t.test('property: near misses and noise end in a value, or are too short', (t) => {
  const wire = fc.oneof(mutated(notificationMessage.map(encodeNotification)), fc.uint8Array());
  fc.assert(
    fc.property(wire, (octets) => {
      const outcome = decodeInside(decodeNotification, octets);
      if ('value' in outcome) return formatNotification(outcome.value) !== '';
      return octets.length < 21 && outcome.code === 1;
    }),
    { seed: 8203, numRuns: 500 },
  );
  t.end();
});

t.test('RFC 8538 §3.1: a Hard Reset has code, subcode and data of what it stands for', (t) => {
  const inner = { code: 6, subcode: 2, data: encodeCommunication('maintenance') };
  const outer = hardReset(inner);
  t.equal(
    Buffer.from(encodeNotification(outer)).subarray(19).toString('hex'),
    `060906020b${Buffer.from('maintenance').toString('hex')}`,
  );
  t.same(hardResetOf(outer), inner);
  t.equal(communicationOf(outer), 'maintenance');
  t.end();
});
