import fc from 'fast-check';
import t from 'tap';
import { checkHeader, messageLength, messageType, writeHeader } from '../../src/wire/header.ts';
import { encodeKeepalive } from '../../src/wire/keepalive.ts';
import { decodeInside, octets } from '../support/octets.ts';

t.test('§4.1: a header is written where it belongs and nowhere else', (t) => {
  const target = octets('aa '.repeat(23));
  writeHeader(target, 2, 4096, 2);
  t.same(target, octets(`aaaa ${'ff'.repeat(16)} 1000 02 aaaa`));
  t.equal(messageLength(target, 2), 4096);
  t.equal(messageType(target, 2), 2);
  t.end();
});

t.test('RFC 8654 §4: a length of 65535 is written whole', (t) => {
  const target = new Uint8Array(19);
  writeHeader(target, 0, 65535, 3);
  t.same(target, octets(`${'ff'.repeat(16)} ffff 03`));
  t.end();
});

t.test('§4.4: a KEEPALIVE is a header, a fresh one each time', (t) => {
  t.same(encodeKeepalive(), octets(`${'ff'.repeat(16)} 0013 04`));
  encodeKeepalive().fill(0);
  t.same(encodeKeepalive(), octets(`${'ff'.repeat(16)} 0013 04`));
  t.end();
});

t.test('property: what is let through has a length and a type that go together', (t) => {
  const length = fc.oneof(fc.nat(40), fc.nat(0xffff));
  const type = fc.oneof({ weight: 5, arbitrary: fc.nat(6) }, fc.nat(255));
  fc.assert(
    fc.property(length, type, fc.constantFrom(4096, 65535), (length, type, maxLength) => {
      const header = Uint8Array.of(...Array(16).fill(0xff), length >>> 8, length & 0xff, type);
      const outcome = decodeInside((bytes, start) => checkHeader(bytes, start, maxLength), header);
      const shortest = [Infinity, 29, 23, 21, 19, 19][type] ?? Infinity;
      const longest = [0, 4096, maxLength, maxLength, 19, maxLength][type] ?? 0;
      const fits = length >= shortest && length <= longest;
      if ('value' in outcome) return fits;
      const inRange = length >= 19 && length <= maxLength;
      const subcode = inRange && longest === 0 ? 3 : 2;
      return !fits && outcome.code === 1 && outcome.subcode === subcode;
    }),
    { seed: 8654, numRuns: 1000 },
  );
  t.end();
});
