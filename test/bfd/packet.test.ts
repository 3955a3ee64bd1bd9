import fc from 'fast-check';
import t from 'tap';
import { nearFilter } from '../../src/bfd/listenSocket.ts';
import {
  type ControlPacket,
  decodePacket,
  diagnosticText,
  encodePacket,
  SESSION_STATES,
} from '../../src/bfd/packet.ts';
import { octets as fromHex } from '../support/octets.ts';

const UP: ControlPacket = {
  diagnostic: 0,
  state: 'Up',
  poll: true,
  final: false,
  demand: false,
  detectMult: 3,
  myDiscriminator: 0x01020304,
  yourDiscriminator: 0xfffffffe,
  desiredMinTx: 300_000,
  requiredMinRx: 50_000,
};
/** Version 1, Up, Poll; multiplier 3, 24 octets; discriminators; 300 ms, 50 ms, no echo. */
const UP_HEX = '20e00318 01020304 fffffffe 000493e0 0000c350 00000000'.replaceAll(' ', '');

t.test('§4.1: a packet, both ways; C and D are clear, echo is refused', (t) => {
  t.equal(Buffer.from(encodePacket(UP)).toString('hex'), UP_HEX);
  t.same(decodePacket(fromHex(UP_HEX)), { packet: UP });
  t.end();
});

t.test('§6.8.6: what is discarded before a session is asked', (t) => {
  const changed = (octet: number, value: number) => {
    const octets = fromHex(UP_HEX);
    octets[octet] = value;
    return decodePacket(octets);
  };
  t.same(changed(0, 0x40), { fault: 'version' });
  t.same(changed(3, 23), { fault: 'length' });
  t.same(changed(3, 25), { fault: 'length' }, 'longer than what came');
  t.same(decodePacket(fromHex(UP_HEX).subarray(0, 23)), { fault: 'length' });
  t.same(decodePacket(new Uint8Array()), { fault: 'length' });
  t.same(changed(2, 0), { fault: 'multiplier' });
  t.same(changed(1, 0xe1), { fault: 'multipoint' });
  const none = fromHex(UP_HEX);
  none.fill(0, 4, 8);
  t.same(decodePacket(none), { fault: 'discriminator' });
  const unaware = fromHex(UP_HEX);
  unaware.fill(0, 8, 12);
  t.same(decodePacket(unaware), { fault: 'discriminator' }, 'Up, and has not heard us');
  unaware[1] = 0x40;
  t.match(decodePacket(unaware), { packet: { state: 'Down', yourDiscriminator: 0 } });
  t.same(changed(1, 0xe4), { fault: 'length' }, 'no room for an authentication section');
  const signed = Uint8Array.of(...fromHex(UP_HEX), 1, 2);
  signed[1] = 0xe4;
  signed[3] = 26;
  t.match(decodePacket(signed), { packet: { state: 'Up' }, signed });
  t.end();
});

t.test('any packet comes back as it went; no octets make it throw', (t) => {
  const octets32 = fc.integer({ min: 1, max: 0xffff_ffff });
  const packets = fc.record({
    diagnostic: fc.integer({ min: 0, max: 31 }),
    state: fc.constantFrom(...SESSION_STATES),
    poll: fc.boolean(),
    final: fc.boolean(),
    demand: fc.boolean(),
    detectMult: fc.integer({ min: 1, max: 255 }),
    myDiscriminator: octets32,
    yourDiscriminator: octets32,
    desiredMinTx: octets32,
    requiredMinRx: octets32,
  });
  const settings = { seed: 5880, numRuns: 500 };
  fc.assert(
    fc.property(packets, (packet) => {
      t.same(decodePacket(encodePacket(packet)), { packet });
    }),
    { ...settings, numRuns: 100 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (octets) => {
      decodePacket(octets);
    }),
    settings,
  );
  t.end();
});

t.test('diagnostics in words, unknown ones by number', (t) => {
  t.equal(diagnosticText(1), 'control detection time expired');
  t.equal(diagnosticText(19), 'diagnostic 19');
  t.end();
});

t.test('RFC 5881 §5: the filter reads the TTL where each family has it', (t) => {
  t.equal(nearFilter('ipv4').length, 32);
  const offsets = (['ipv4', 'ipv6'] as const).map(
    (family) => new DataView(nearFilter(family).buffer).getUint32(4, true) & 0xffff,
  );
  t.same(offsets, [8, 7]);
  t.end();
});
