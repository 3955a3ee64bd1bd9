import fc from 'fast-check';
import t from 'tap';
import { encodeCapability } from '../../src/wire/capability.ts';
import type { CodecContext } from '../../src/wire/context.ts';
import { describeMessage, describeMisframed } from '../../src/wire/describe.ts';
import { RemoteError } from '../../src/wire/errors.ts';
import { encodeNotification } from '../../src/wire/notification.ts';
import { encodeOpen } from '../../src/wire/open.ts';
import { concat, message, octets } from '../support/octets.ts';
import {
  capability,
  mutated,
  notificationMessage,
  openMessage,
} from '../support/wireArbitraries.ts';

const context: CodecContext = {
  fourOctetAs: true,
  addPath: { ipv4: false, ipv6: false },
  extendedMessages: false,
  extendedNextHop: false,
  internal: false,
};

function describe(wire: Uint8Array) {
  return describeMessage(wire, wire[18] ?? 0, 0, wire.length, context);
}

t.test('an OPEN shows its fields, the AS number that counts, and its capabilities', (t) => {
  const wire = message(1, '04 5ba0 005a c0000201 10 02 0e 41 04 00010000 01 04 0001 00 01 80 00');
  t.same(describe(wire), {
    type: 'OPEN',
    length: 45,
    version: 4,
    myAs: 23456,
    asn: 65536,
    holdTime: 90,
    bgpIdentifier: '192.0.2.1',
    capabilities: [
      { kind: 'fourOctetAs', asn: 65536, code: 65, text: 'four-octet AS 65536' },
      { kind: 'multiprotocol', afi: 1, safi: 1, code: 1, text: 'multiprotocol ipv4 unicast' },
      { kind: 'unknown', code: 128, value: '', text: 'capability 128' },
    ],
    verdict: { kind: 'ok' },
  });
  t.end();
});

t.test('an OPEN that is not acceptable still shows its fields', (t) => {
  t.match(describe(message(1, '04 fbf4 0001 c0000201 00')), {
    type: 'OPEN',
    holdTime: 1,
    verdict: { kind: 'session-reset', code: 2, subcode: 6, data: '', text: 'a hold time of 1 s' },
  });
  t.end();
});

t.test('an OPEN that cannot be read shows its octets', (t) => {
  const wire = message(1, '03 fbf4 005a c0000201 00');
  t.same(describe(wire), {
    type: 'OPEN',
    malformed: true,
    length: 29,
    octets: `${'ff'.repeat(16)}001d0103fbf4005ac000020100`,
    verdict: {
      kind: 'session-reset',
      code: 2,
      subcode: 1,
      data: '0004',
      text: 'BGP version 3 instead of 4',
      faults: ['BGP version 3 instead of 4'],
    },
  });
  t.end();
});

t.test('a NOTIFICATION shows its meaning and its communication', (t) => {
  t.same(describe(message(3, '06 02 02 6869')), {
    type: 'NOTIFICATION',
    length: 24,
    code: 6,
    subcode: 2,
    data: '026869',
    text: 'Cease/Administrative Shutdown: "hi"',
    communication: 'hi',
    verdict: { kind: 'ok' },
  });
  t.end();
});

t.test('a ROUTE-REFRESH shows its family and what it is for', (t) => {
  t.same(describe(message(5, '0002 01 01')), {
    type: 'ROUTE-REFRESH',
    length: 23,
    afi: 2,
    safi: 1,
    family: 'ipv6 unicast',
    subtype: 1,
    meaning: 'begin',
    verdict: { kind: 'ok' },
  });
  t.match(describe(message(5, '0002 07 01')), { meaning: 'unknown subtype, ignored' });
  t.match(describe(message(5, '0002')), {
    type: 'ROUTE-REFRESH',
    malformed: true,
    verdict: { kind: 'session-reset', code: 7, subcode: 1, data: `${'ff'.repeat(16)}0015050002` },
  });
  t.end();
});

t.test('a KEEPALIVE is just that, an UPDATE has a description of its own', (t) => {
  t.same(describe(message(4, '')), { type: 'KEEPALIVE', length: 19, verdict: { kind: 'ok' } });
  t.match(describe(message(2, '0000 0000')), { type: 'UPDATE', length: 23, endOfRib: 'ipv4' });
  t.end();
});

t.test('what is no message shows its octets, and its type where that means something', (t) => {
  const error = new RemoteError(
    1,
    2,
    octets('0014'),
    'a message of type 4 cannot be 20 octets long',
  );
  t.match(describeMisframed(octets(`${'ff'.repeat(16)} 0014 04 00`), error), {
    type: 'KEEPALIVE',
    malformed: true,
    length: 20,
    verdict: { kind: 'session-reset', code: 1, subcode: 2, data: '0014' },
  });
  const unsynchronized = new RemoteError(1, 1, octets(''), 'the marker is wrong');
  t.match(describeMisframed(octets('04'.repeat(19)), unsynchronized), { type: 'UNKNOWN' });
  t.end();
});

t.test('property: a description is JSON, of the message alone, whatever the message is', (t) => {
  const update = fc.uint8Array({ minLength: 4, maxLength: 120 }).map((body) => message(2, body));
  const wire = fc.oneof(
    mutated(openMessage.map(encodeOpen)),
    mutated(notificationMessage.map(encodeNotification)),
    mutated(update),
    mutated(capability.map((c) => message(5, encodeCapability(c)))),
  );
  fc.assert(
    fc.property(wire, fc.integer({ min: 1, max: 5 }), (octets, type) => {
      const alone = describeMessage(octets, type, 0, octets.length, context);
      const inside = concat(new Uint8Array(9).fill(0xff), octets, new Uint8Array(70).fill(0xff));
      t.same(describeMessage(inside, type, 9, 9 + octets.length, context), alone);
      t.same(JSON.parse(JSON.stringify(alone)), alone);
      return alone.length === octets.length;
    }),
    { seed: 7606, numRuns: 500 },
  );
  t.end();
});
