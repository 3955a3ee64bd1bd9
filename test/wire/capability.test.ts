import fc from 'fast-check';
import t from 'tap';
import { type Capability, capabilitiesOf, encodeCapability } from '../../src/wire/capability.ts';
import { decodeCapabilities } from '../../src/wire/capabilityDecode.ts';
import { formatCapability } from '../../src/wire/capabilityText.ts';
import { decodeInside, octets } from '../support/octets.ts';
import { capability, mutated } from '../support/wireArbitraries.ts';

const rows: readonly [string, string, Capability, string][] = [
  [
    'RFC 4760 §8: multiprotocol; the reserved octet is ignored',
    '01 04 0002 00 01',
    { kind: 'multiprotocol', afi: 2, safi: 1 },
    'multiprotocol ipv6 unicast',
  ],
  ['RFC 2918 §2: route refresh', '02 00', { kind: 'routeRefresh' }, 'route refresh'],
  [
    'RFC 8950 §4: extended next hop has a SAFI of two octets',
    '05 06 0001 0001 0002',
    { kind: 'extendedNextHop', entries: [{ afi: 1, safi: 1, nextHopAfi: 2 }] },
    'extended next hop: ipv4 unicast over ipv6',
  ],
  ['RFC 8654 §3: extended message', '06 00', { kind: 'extendedMessage' }, 'extended message'],
  ['RFC 9234 §4.1: role', '09 01 03', { kind: 'role', role: 3 }, 'role customer'],
  ['RFC 9234 §4.1: a role of the future', '09 01 07', { kind: 'role', role: 7 }, 'role 7'],
  [
    'RFC 4724 §3: graceful restart for nothing',
    '40 02 0078',
    {
      kind: 'gracefulRestart',
      restarting: false,
      notification: false,
      restartTime: 120,
      entries: [],
    },
    'graceful restart 120 s',
  ],
  [
    'RFC 4724 §3, RFC 8538 §2: graceful restart with all its flags and the longest time',
    '40 0a cfff 0001 01 80 0002 01 00',
    {
      kind: 'gracefulRestart',
      restarting: true,
      notification: true,
      restartTime: 4095,
      entries: [
        { afi: 1, safi: 1, forwarding: true },
        { afi: 2, safi: 1, forwarding: false },
      ],
    },
    'graceful restart 4095 s, restarting, survives NOTIFICATION: ipv4 unicast, forwarding preserved; ipv6 unicast',
  ],
  [
    'RFC 6793 §3: four-octet AS',
    '41 04 ffffffff',
    { kind: 'fourOctetAs', asn: 4294967295 },
    'four-octet AS 4294967295',
  ],
  [
    'RFC 7911 §4: add-path',
    '45 0c 0001 01 01 0002 01 02 0001 04 03',
    {
      kind: 'addPath',
      entries: [
        { afi: 1, safi: 1, sendReceive: 1 },
        { afi: 2, safi: 1, sendReceive: 2 },
        { afi: 1, safi: 4, sendReceive: 3 },
      ],
    },
    'add-path: ipv4 unicast receive; ipv6 unicast send; ipv4 labelled-unicast send and receive',
  ],
  [
    'RFC 7313 §3.1: enhanced route refresh',
    '46 00',
    { kind: 'enhancedRouteRefresh' },
    'enhanced route refresh',
  ],
  [
    'RFC 9494 §3.1: long-lived graceful restart has a time of three octets',
    '47 07 0001 01 80 015180',
    {
      kind: 'longLivedGracefulRestart',
      entries: [{ afi: 1, safi: 1, forwarding: true, staleTime: 86400 }],
    },
    'long-lived graceful restart: ipv4 unicast 86400 s, forwarding preserved',
  ],
  [
    'hostname draft: host and domain',
    '49 0b 05 6564676531 04 74657374',
    { kind: 'fqdn', host: 'edge1', domain: 'test' },
    'host name edge1.test',
  ],
  [
    'hostname draft: no domain',
    '49 07 05 6564676531 00',
    { kind: 'fqdn', host: 'edge1', domain: '' },
    'host name edge1',
  ],
  [
    'version draft: software version',
    '4b 08 07 4652522f31302e',
    { kind: 'softwareVersion', version: 'FRR/10.' },
    'software version FRR/10.',
  ],
  [
    'RFC 5492 §3: one that is not known',
    '83 02 0001',
    { kind: 'unknown', code: 131, value: octets('0001') },
    'capability 131 (00 01)',
  ],
  [
    'RFC 5492 §3: one that is not known and empty',
    '80 00',
    { kind: 'unknown', code: 128, value: octets('') },
    'capability 128',
  ],
];

for (const [title, hex, value, text] of rows) {
  t.test(`${title}: both ways, and in words`, (t) => {
    const wire = octets(hex);
    t.same(decodeInside(decodeCapabilities, wire), { value: [value] });
    t.same(encodeCapability(value), wire);
    t.equal(formatCapability(value), text);
    t.end();
  });
}

t.test(
  '§6.2: a known capability with a length it cannot have is an OPEN error, unspecific',
  (t) => {
    const malformed = [
      ['01 03 0001 00', '01 05 0001 00 01 00'],
      ['02 01 00', '46 01 00', '06 01 00'],
      ['05 05 0001 0001 00', '05 07 0001 0001 0002 00'],
      ['09 00', '09 02 0000'],
      ['40 00', '40 01 00', '40 05 0078 0001 01'],
      ['41 00', '41 02 0001', '41 05 0000000001'],
      ['45 03 0001 01', '45 05 0001 01 01 00'],
      ['47 06 0001 01 80 0151', '47 08 0001 01 80 015180 00'],
    ];
    for (const hex of malformed.flat()) {
      const outcome = decodeInside(decodeCapabilities, octets(hex));
      t.same(outcome, { code: 2, subcode: 0, data: [] }, hex);
    }
    t.end();
  },
);

t.test('RFC 7911 §4: add-path with an unknown send/receive value is ignored as a whole', (t) => {
  for (const value of ['00', '04', 'ff']) {
    const body = `0001 01 01 0002 01 ${value}`;
    t.same(decodeInside(decodeCapabilities, octets(`45 08 ${body}`)), {
      value: [{ kind: 'unknown', code: 69, value: octets(body) }],
    });
  }
  t.end();
});

t.test('what only informs is ignored when it is malformed', (t) => {
  const malformed = [
    '49 00',
    '49 02 05 65',
    '49 02 01 65',
    '49 03 00 00 00',
    '4b 00',
    '4b 02 02 41',
    '4b 02 00 41',
  ];
  for (const hex of malformed) {
    const wire = octets(hex);
    const value = [{ kind: 'unknown', code: wire[0], value: wire.slice(2) }];
    t.same(decodeInside(decodeCapabilities, wire), { value }, hex);
  }
  t.end();
});

t.test('names and versions are safe to print', (t) => {
  const version = octets('4b 0f 0e 1b5b326a 0d0a e280ae ff 41 7f c285');
  t.same(decodeInside(decodeCapabilities, version), {
    value: [{ kind: 'softwareVersion', version: '\ufffd[2j \ufffd\ufffdA\ufffd\ufffd' }],
  });
  t.end();
});

t.test('a value that does not fit into 255 octets is our mistake', (t) => {
  const version = 'x'.repeat(255);
  t.throws(() => encodeCapability({ kind: 'softwareVersion', version }), RangeError);
  t.throws(
    () => encodeCapability({ kind: 'softwareVersion', version: 'é'.repeat(200) }),
    RangeError,
  );
  t.equal(encodeCapability({ kind: 'softwareVersion', version: version.slice(1) }).length, 257);
  t.end();
});

t.test('those of one kind keep their order', (t) => {
  const list: Capability[] = [
    { kind: 'multiprotocol', afi: 2, safi: 1 },
    { kind: 'routeRefresh' },
    { kind: 'multiprotocol', afi: 1, safi: 1 },
  ];
  t.same(
    capabilitiesOf(list, 'multiprotocol').map((c) => c.afi),
    [2, 1],
  );
  t.same(capabilitiesOf(list, 'role'), []);
  t.end();
});

t.test('property: what is encoded is decoded to the same, and has a text of one line', (t) => {
  fc.assert(
    fc.property(capability, (value) => {
      const outcome = decodeInside(decodeCapabilities, encodeCapability(value));
      t.same(outcome, { value: [value] });
      return /^[^\n]+$/.test(formatCapability(value));
    }),
    { seed: 2842, numRuns: 400 },
  );
  t.end();
});

t.test('property: near misses and noise end in values or in an OPEN error', (t) => {
  const wire = fc.oneof(mutated(capability.map(encodeCapability)), fc.uint8Array());
  fc.assert(
    fc.property(wire, (octets) => {
      const outcome = decodeInside(decodeCapabilities, octets);
      if (!('value' in outcome)) return outcome.code === 2 && outcome.subcode === 0;
      return outcome.value.every((c) => formatCapability(c) !== '');
    }),
    { seed: 3392, numRuns: 1000 },
  );
  t.end();
});
