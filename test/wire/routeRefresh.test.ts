import fc from 'fast-check';
import t from 'tap';
import {
  decodeRouteRefresh,
  encodeRouteRefresh,
  RouteRefreshSubtype,
} from '../../src/wire/routeRefresh.ts';
import { decodeInside, message, octets } from '../support/octets.ts';
import { mutated } from '../support/wireArbitraries.ts';

t.test('RFC 2918 §3: a request, both ways', (t) => {
  const wire = message(5, '0001 00 01');
  const value = { afi: 1, subtype: RouteRefreshSubtype.request, safi: 1 };
  t.same(decodeInside(decodeRouteRefresh, wire), { value });
  t.same(encodeRouteRefresh(value), wire);
  t.end();
});

t.test('RFC 7313 §3.2: beginning and end of a refresh', (t) => {
  t.same(
    encodeRouteRefresh({ afi: 2, subtype: RouteRefreshSubtype.begin, safi: 1 }),
    message(5, '0002 01 01'),
  );
  t.same(
    encodeRouteRefresh({ afi: 2, subtype: RouteRefreshSubtype.end, safi: 1 }),
    message(5, '0002 02 01'),
  );
  t.end();
});

t.test('RFC 7313 §5: an unknown subtype is a value, for the session to ignore', (t) => {
  t.same(decodeInside(decodeRouteRefresh, message(5, '0001 ff 01')), {
    value: { afi: 1, subtype: 255, safi: 1 },
  });
  t.same(
    decodeInside(decodeRouteRefresh, message(5, '0001 03 01 0102 0304')),
    { value: { afi: 1, subtype: 3, safi: 1 } },
    'however long it is',
  );
  t.end();
});

t.test('RFC 7313 §5: a wrong length is answered with the whole message', (t) => {
  for (const body of ['', '0001 01', '0001 01 01 00', '0001 00 01 01 40 0005 80 00000000']) {
    const wire = message(5, body);
    const outcome = decodeInside(decodeRouteRefresh, wire);
    t.same(outcome, { code: 7, subcode: 1, data: [...wire] });
  }
  t.end();
});

t.test('RFC 7313 §5: or with as much of it as a NOTIFICATION holds', (t) => {
  const wire = message(5, new Uint8Array(4096 - 19));
  t.match(decodeInside(decodeRouteRefresh, wire), { code: 7, data: [...wire.subarray(0, 4075)] });
  t.end();
});

t.test('a real one, with the ORF entries that we never offer (packetlife)', (t) => {
  const wire = octets(`
    ffffffffffffffffffffffffffffffff 0036 05
    0001 00 01                        # ipv4 unicast
    01 80 0018                        # ORF: immediate, type 128, 24 octets
    ${'00'.repeat(27)}`);
  t.match(decodeInside(decodeRouteRefresh, wire), { code: 7, subcode: 1 });
  t.end();
});

t.test('property: round trip; near misses end in a value or in 7/1', (t) => {
  const uint8 = fc.nat(255);
  const value = fc.record({ afi: fc.nat(0xffff), subtype: uint8, safi: uint8 });
  fc.assert(
    fc.property(value, (refresh) => {
      t.same(decodeInside(decodeRouteRefresh, encodeRouteRefresh(refresh)), { value: refresh });
    }),
    { seed: 2918, numRuns: 100 },
  );
  fc.assert(
    fc.property(fc.oneof(mutated(value.map(encodeRouteRefresh)), fc.uint8Array()), (wire) => {
      const outcome = decodeInside(decodeRouteRefresh, wire);
      if (!('value' in outcome)) return outcome.code === 7;
      return wire.length === 23 || (wire.length > 23 && outcome.value.subtype > 2);
    }),
    { seed: 7313, numRuns: 300 },
  );
  t.end();
});
