import fc from 'fast-check';
import t from 'tap';
import { decodeOpen, encodeOpen, fourOctetAsOf, type OpenMessage } from '../../src/wire/open.ts';
import { decodeInside, message, octets } from '../support/octets.ts';
import { mutated, openMessage } from '../support/wireArbitraries.ts';

/** An OPEN from a body in hexadecimal: everything behind the header. */
function open(body: string): Uint8Array {
  return message(1, body);
}

const MINIMAL = '04 fbf4 005a c0000201'; // version 4, AS 64500, 90 s, 192.0.2.1

const minimal: OpenMessage = {
  version: 4,
  myAs: 64500,
  holdTime: 90,
  bgpIdentifier: 0xc0000201,
  capabilities: [],
};

const bothWays: readonly [string, Uint8Array, OpenMessage][] = [
  ['RFC 4271 §4.2: without parameters', open(`${MINIMAL} 00`), minimal],
  [
    'RFC 5492 §4: all capabilities in one parameter',
    open(`${MINIMAL}
      1b                        # 27 octets of parameters
      02 19                     # capabilities, 25 octets
        01 04 0001 00 01        # multiprotocol ipv4 unicast
        01 04 0002 00 01        # multiprotocol ipv6 unicast
        02 00                   # route refresh
        41 04 00010000          # AS 65536
        09 01 03                # role customer
        46 00                   # enhanced route refresh
    `),
    {
      ...minimal,
      capabilities: [
        { kind: 'multiprotocol', afi: 1, safi: 1 },
        { kind: 'multiprotocol', afi: 2, safi: 1 },
        { kind: 'routeRefresh' },
        { kind: 'fourOctetAs', asn: 65536 },
        { kind: 'role', role: 3 },
        { kind: 'enhancedRouteRefresh' },
      ],
    },
  ],
  [
    'RFC 9072 §2: 253 octets of capabilities are the most that the short form holds',
    open(`${MINIMAL} ff 02 fd c8 fb ${'00'.repeat(251)}`),
    { ...minimal, capabilities: [{ kind: 'unknown', code: 200, value: new Uint8Array(251) }] },
  ],
  [
    'RFC 9072 §2: with one octet more the form is the extended one',
    open(`${MINIMAL}
      ff ff 0101                # extended: 257 octets of parameters
      02 00fe                   # capabilities, 254 octets
        c8 fc ${'00'.repeat(252)}
    `),
    { ...minimal, capabilities: [{ kind: 'unknown', code: 200, value: new Uint8Array(252) }] },
  ],
];

for (const [title, wire, value] of bothWays) {
  t.test(`${title}, both ways`, (t) => {
    t.same(decodeInside(decodeOpen, wire), { value });
    t.same(encodeOpen(value), wire);
    t.end();
  });
}

const readOnly: readonly [string, string, OpenMessage['capabilities']][] = [
  ['RFC 5492 §4: a parameter without capabilities', '02 02 00', []],
  [
    'RFC 5492 §4: several parameters, one of them with several capabilities, duplicates kept',
    `12 02 02 02 00             # route refresh
        02 08 46 00 01 04 0001 00 01
        02 02 02 00`,
    [
      { kind: 'routeRefresh' },
      { kind: 'enhancedRouteRefresh' },
      { kind: 'multiprotocol', afi: 1, safi: 1 },
      { kind: 'routeRefresh' },
    ],
  ],
  [
    'RFC 9072 §2: the extended form for few octets',
    'ff ff 0005 02 0002 02 00',
    [{ kind: 'routeRefresh' }],
  ],
  [
    'RFC 9072 §2: the one-octet length is ignored in the extended form',
    '07 ff 0005 02 0002 02 00',
    [{ kind: 'routeRefresh' }],
  ],
  ['RFC 9072 §2: the extended form with nothing in it', 'ff ff 0000', []],
];

for (const [title, parameters, capabilities] of readOnly) {
  t.test(`${title} is read`, (t) => {
    const wire = open(`${MINIMAL} ${parameters}`);
    t.same(decodeInside(decodeOpen, wire), { value: { ...minimal, capabilities } });
    t.end();
  });
}

const refused: readonly [string, string, number, number, string][] = [
  ['§6.2: version 3, answered with the version we speak', '03 fbf4 005a c0000201 00', 2, 1, '0004'],
  ['§6.2: version 5, answered with the version we speak', '05 fbf4 005a c0000201 00', 2, 1, '0004'],
  ['RFC 7607 §2: AS 0', '04 0000 005a c0000201 00', 2, 2, ''],
  [
    'RFC 7607 §2: AS 0 in the four-octet capability',
    `${MINIMAL} 08 02 06 41 04 00000000`,
    2,
    2,
    '',
  ],
  ['§6.2: a hold time of 1 s', '04 fbf4 0001 c0000201 00', 2, 6, ''],
  ['§6.2: a hold time of 2 s', '04 fbf4 0002 c0000201 00', 2, 6, ''],
  ['RFC 6286 §2.2: BGP Identifier 0', '04 fbf4 005a 00000000 00', 2, 3, ''],
  ['§6.2: optional parameter 1 (Authentication, gone)', `${MINIMAL} 03 01 01 00`, 2, 4, ''],
  ['§6.2: optional parameter 3', `${MINIMAL} 02 03 00`, 2, 4, ''],
  ['RFC 9072 §2: parameter 255 that is not the first', `${MINIMAL} 04 02 00 ff 00`, 2, 4, ''],
  ['§6.2: more parameters than their length says', `${MINIMAL} 00 02 00`, 2, 0, ''],
  ['§6.2: fewer parameters than their length says', `${MINIMAL} 03 02 00`, 2, 0, ''],
  ['§6.2: a parameter without a length', `${MINIMAL} 01 02`, 2, 0, ''],
  ['§6.2: a parameter longer than the message', `${MINIMAL} 02 02 01`, 2, 0, ''],
  ['§6.2: a capability without a length', `${MINIMAL} 03 02 01 02`, 2, 0, ''],
  ['§6.2: a capability longer than its parameter', `${MINIMAL} 06 02 02 02 01 02 00`, 2, 0, ''],
  [
    'RFC 9072 §2: an extended length that is wrong',
    `${MINIMAL} ff ff 0006 02 0002 02 00`,
    2,
    0,
    '',
  ],
  [
    'RFC 9072 §2: an extended parameter without a whole length',
    `${MINIMAL} ff ff 0002 02 00`,
    2,
    0,
    '',
  ],
  ['§6.1: a message too short to be one', '04 fbf4 005a c00002', 1, 2, '001b'],
];

for (const [what, body, code, subcode, data] of refused) {
  t.test(`${what} is refused`, (t) => {
    t.same(decodeInside(decodeOpen, open(body)), { code, subcode, data: [...octets(data)] });
    t.end();
  });
}

t.test('§4.2: hold times of 0, 3 and 65535 s are fine', (t) => {
  for (const [hex, holdTime] of [
    ['0000', 0],
    ['0003', 3],
    ['ffff', 65535],
  ] as const) {
    const wire = open(`04 fbf4 ${hex} c0000201 00`);
    t.same(decodeInside(decodeOpen, wire), { value: { ...minimal, holdTime } });
  }
  t.end();
});

t.test('RFC 6793 §4.1: the AS number is the one in the capability, the last of several', (t) => {
  t.equal(fourOctetAsOf(minimal), undefined);
  const capabilities = [1, 65536].map((asn) => ({ kind: 'fourOctetAs' as const, asn }));
  t.equal(fourOctetAsOf({ ...minimal, capabilities }), 65536);
  t.end();
});

t.test('an OPEN of FRR 8.4 is understood whole', (t) => {
  const wire = octets(`
    ffffffffffffffffffffffffffffffff 008c 01
    04 fbf0 00b4 c0000201 6f
    02 06 01 04 0001 00 01
    02 06 01 04 0002 00 01
    02 02 80 00                                     # route refresh as it was before its RFC
    02 02 02 00
    02 02 46 00
    02 06 41 04 0000fbf0
    02 02 06 00
    02 03 09 01 00
    02 0a 45 08 0001 01 01 0002 01 03
    02 14 49 12 05 6564676531 0b 6578616d706c652e6e6574
    02 0c 40 0a c078 0001 01 00 0002 01 00
    02 10 47 0e 0001 01 80 000000 0002 01 80 000000`);
  const f = { afi: 1, safi: 1 };
  const g = { afi: 2, safi: 1 };
  t.same(decodeInside(decodeOpen, wire), {
    value: {
      version: 4,
      myAs: 64496,
      holdTime: 180,
      bgpIdentifier: 0xc0000201,
      capabilities: [
        { kind: 'multiprotocol', ...f },
        { kind: 'multiprotocol', ...g },
        { kind: 'unknown', code: 128, value: new Uint8Array(0) },
        { kind: 'routeRefresh' },
        { kind: 'enhancedRouteRefresh' },
        { kind: 'fourOctetAs', asn: 64496 },
        { kind: 'extendedMessage' },
        { kind: 'role', role: 0 },
        {
          kind: 'addPath',
          entries: [
            { ...f, sendReceive: 1 },
            { ...g, sendReceive: 3 },
          ],
        },
        { kind: 'fqdn', host: 'edge1', domain: 'example.net' },
        {
          kind: 'gracefulRestart',
          restarting: true,
          notification: true,
          restartTime: 120,
          entries: [
            { ...f, forwarding: false },
            { ...g, forwarding: false },
          ],
        },
        {
          kind: 'longLivedGracefulRestart',
          entries: [
            { ...f, forwarding: true, staleTime: 0 },
            { ...g, forwarding: true, staleTime: 0 },
          ],
        },
      ],
    },
  });
  t.end();
});

t.test('an OPEN of BIRD 2.0 is understood whole, and written the same', (t) => {
  const wire = octets(`
    ffffffffffffffffffffffffffffffff 0059 01
    04 fbf1 00f0 c0000202 3c
    02 3a
      01 04 0001 00 01
      01 04 0002 00 01
      02 00
      06 00
      40 0a 0078 0001 01 00 0002 01 00
      41 04 0000fbf1
      45 04 0001 01 01
      46 00
      47 0e 0001 01 00 000e10 0002 01 00 000e10`);
  const f = { afi: 1, safi: 1 };
  const g = { afi: 2, safi: 1 };
  const value: OpenMessage = {
    version: 4,
    myAs: 64497,
    holdTime: 240,
    bgpIdentifier: 0xc0000202,
    capabilities: [
      { kind: 'multiprotocol', ...f },
      { kind: 'multiprotocol', ...g },
      { kind: 'routeRefresh' },
      { kind: 'extendedMessage' },
      {
        kind: 'gracefulRestart',
        restarting: false,
        notification: false,
        restartTime: 120,
        entries: [
          { ...f, forwarding: false },
          { ...g, forwarding: false },
        ],
      },
      { kind: 'fourOctetAs', asn: 64497 },
      { kind: 'addPath', entries: [{ ...f, sendReceive: 1 }] },
      { kind: 'enhancedRouteRefresh' },
      {
        kind: 'longLivedGracefulRestart',
        entries: [
          { ...f, forwarding: false, staleTime: 3600 },
          { ...g, forwarding: false, staleTime: 3600 },
        ],
      },
    ],
  };
  t.same(decodeInside(decodeOpen, wire), { value });
  t.same(encodeOpen(value), wire);
  t.end();
});

t.test('RFC 8654 §4: an OPEN that would be longer than 4096 octets is our mistake', (t) => {
  const value = new Uint8Array(255);
  const capabilities = Array.from({ length: 16 }, () => ({
    kind: 'unknown' as const,
    code: 200,
    value,
  }));
  t.throws(() => encodeOpen({ ...minimal, capabilities }), RangeError);
  t.end();
});

t.test('property: what is encoded is decoded to the same', (t) => {
  fc.assert(
    fc.property(openMessage, (value) => {
      t.same(decodeInside(decodeOpen, encodeOpen(value)), { value });
    }),
    { seed: 5492, numRuns: 200 },
  );
  t.end();
});

t.test(
  'property: near misses and noise end in a value or in the NOTIFICATION they deserve',
  (t) => {
    const noise = fc.uint8Array({ maxLength: 300 });
    const nearMiss = mutated(openMessage.map(encodeOpen));
    fc.assert(
      fc.property(fc.oneof(nearMiss, noise), (wire) => {
        const outcome = decodeInside(decodeOpen, wire);
        return 'value' in outcome || outcome.code === 2 || (outcome.code === 1 && wire.length < 29);
      }),
      { seed: 9072, numRuns: 1000 },
    );
    t.end();
  },
);
