import { createHash } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import {
  type AuthenticationKey,
  encodeSection,
  type Hash,
  judgeSection,
  sectionOctets,
} from '../../src/bfd/authentication.ts';
import { type ControlPacket, decodePacket, encodePacket } from '../../src/bfd/packet.ts';
import {
  BFD_AUTHENTICATION_KINDS,
  type BfdAuthenticationKind,
} from '../../src/config/bfdAuthentication.ts';
import { octets as fromHex } from '../support/octets.ts';

const hash: Hash = (name, octets) => createHash(name).update(octets).digest();

function keyOf(kind: BfdAuthenticationKind, password: string): AuthenticationKey {
  return { kind, id: 5, password: new TextEncoder().encode(password) };
}

const UP: ControlPacket = {
  ...{ diagnostic: 0, state: 'Up', poll: false, final: false, demand: false, detectMult: 3 },
  ...{ myDiscriminator: 0x01020304, yourDiscriminator: 0x0a0b0c0d },
  ...{ desiredMinTx: 300_000, requiredMinRx: 300_000 },
};

interface Known {
  readonly kind: BfdAuthenticationKind;
  readonly password: string;
  readonly sequence: number | undefined;
  readonly hex: string;
}

/** Up, A, 3, the length; discriminators; 300 ms twice, no echo. */
const head = (length: string) => `20c403${length} 01020304 0a0b0c0d 000493e0 000493e0 00000000`;

/** Digests by `openssl dgst`: of the packet with the key, padded with zeros, in the digest's place. */
const KNOWN: readonly Known[] = [
  {
    ...{ kind: 'simple', password: 'secret', sequence: undefined },
    hex: `${head('21')} 01 09 05 736563726574`,
  },
  {
    ...{ kind: 'keyed-md5', password: 'secret', sequence: 0xfffffffe },
    hex: `${head('30')} 02 18 05 00 fffffffe bce10f546d33bf912939f42007fce309`,
  },
  {
    ...{ kind: 'meticulous-keyed-md5', password: 'sixteen octets!!', sequence: 0 },
    hex: `${head('30')} 03 18 05 00 00000000 26b7c74e2496070047ea1584840b1f23`,
  },
  {
    ...{ kind: 'keyed-sha1', password: 'secret', sequence: 0x12345678 },
    hex: `${head('34')} 04 1c 05 00 12345678 e37765526837dda5c957180f4c78b34bb5527b34`,
  },
  {
    ...{ kind: 'meticulous-keyed-sha1', password: 'exactly 20 octets !!', sequence: 0xffffffff },
    hex: `${head('34')} 05 1c 05 00 ffffffff 9c84ab16cc6b6101de9e4adea7625678392e464d`,
  },
];

function signed(key: AuthenticationKey, sequence: number, packet = UP): Uint8Array {
  const octets = encodePacket(packet, sectionOctets(key));
  encodeSection(octets, key, sequence, hash);
  return octets;
}

/** What becomes of octets from the wire, where this key is expected. */
function judged(octets: Uint8Array, key: AuthenticationKey, lastSequence?: number) {
  const decoded = decodePacket(octets);
  if ('fault' in decoded) return decoded;
  if (!decoded.signed) return { fault: 'unsigned' };
  const { detectMult } = decoded.packet;
  return judgeSection(decoded.signed, { key, lastSequence, detectMult }, hash);
}

t.test('§4.2 to §4.4: a packet of each kind, both ways', (t) => {
  for (const { kind, password, sequence, hex } of KNOWN) {
    const key = keyOf(kind, password);
    const expected = fromHex(hex);
    t.same(signed(key, sequence ?? 77), expected, kind);
    t.same(judged(expected, key), { sequence }, kind);
    // As sockets give them: slices of something larger, which is not to be written to.
    const received = Buffer.concat([Buffer.alloc(7, 0xff), expected, Buffer.alloc(5, 0xff)]);
    const before = Buffer.from(received);
    t.same(judged(received.subarray(7, 7 + expected.length), key), { sequence }, kind);
    t.same(received, before, 'what came is as it came');
  }
  t.same(
    KNOWN.map(({ kind }) => kind),
    BFD_AUTHENTICATION_KINDS,
  );
  t.end();
});

t.test('§6.7: each fault by its name', (t) => {
  for (const { kind, password, hex } of KNOWN) {
    const key = keyOf(kind, password);
    const octets = fromHex(hex);
    const changed = (at: number, value: number) => octets.with(at, value);
    for (const other of BFD_AUTHENTICATION_KINDS) {
      if (other === kind) continue;
      t.same(judged(octets, keyOf(other, password)), { fault: 'authentication-kind' }, kind);
    }
    t.same(judged(octets, { ...key, id: 6 }), { fault: 'key-id' });
    t.same(judged(octets, keyOf(kind, `${password.slice(0, -1)}x`)), { fault: 'password' });
    t.same(judged(octets, keyOf(kind, password.slice(0, -1))), { fault: 'password' });
    t.same(judged(changed(25, octets.length - 25), key), { fault: 'malformed' });
    t.same(judged(changed(25, 0), key), { fault: 'malformed' });
    t.same(judged(changed(24, 0), key), { fault: 'authentication-kind' });
    t.same(judged(changed(3, 26), key), { fault: 'key-id' }, 'cut after its length');
    t.same(judged(encodePacket(UP), key), { fault: 'unsigned' });
  }
  const md5 = keyOf('keyed-md5', 'secret');
  const long = Uint8Array.of(...signed(md5, 1), 0);
  long[3] = long.length;
  long[25] = 25;
  t.same(judged(long, md5), { fault: 'malformed' }, 'Auth Len must be 24');
  t.end();
});

t.test('§6.7.3, §6.7.4: no bit of a packet can be changed unnoticed', (t) => {
  for (const { kind, password, sequence, hex } of KNOWN) {
    const key = keyOf(kind, password);
    const octets = fromHex(hex);
    // The rest of the packet is not covered by a Simple Password.
    const first = kind === 'simple' ? 24 : 0;
    const believed: string[] = [];
    for (let at = first; at < octets.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const mutated = octets.with(at, octets[at]! ^ (1 << bit));
        for (const last of [undefined, sequence === undefined ? undefined : sequence - 1]) {
          if ('sequence' in judged(mutated, key, last)) believed.push(`${kind} ${at}.${bit}`);
        }
      }
    }
    t.same(believed, [], kind);
  }
  t.end();
});

t.test('no section makes it throw, and none that is made up is believed', (t) => {
  const sections = fc.tuple(
    fc.constantFrom(...BFD_AUTHENTICATION_KINDS),
    fc.integer({ min: 0, max: 6 }),
    fc.integer({ min: 0, max: 40 }),
    fc.uint8Array({ minLength: 0, maxLength: 40 }),
    fc.boolean(),
  );
  fc.assert(
    fc.property(sections, ([kind, type, length, rest, honest]) => {
      const section = Uint8Array.of(type, honest ? rest.length + 3 : length, 5, ...rest);
      const octets = encodePacket(UP, section.length);
      octets.set(section, 24);
      t.ok('fault' in judged(octets, keyOf(kind, 'never guessed')));
    }),
    { seed: 5880, numRuns: 500 },
  );
  t.end();
});

t.test('§6.7.3: the window, around 2^32, against a model in whole numbers', (t) => {
  const numbers = fc.tuple(
    fc.constantFrom(...KNOWN.slice(1)),
    fc.integer({ min: 0, max: 0xffff_ffff }),
    fc.oneof(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -800, max: 800 })),
    fc.integer({ min: 1, max: 255 }),
  );
  fc.assert(
    fc.property(numbers, ([{ kind, password }, last, step, detectMult]) => {
      const key = keyOf(kind, password);
      const sequence = Number((BigInt(last) + BigInt(step) + (1n << 32n)) % (1n << 32n));
      const octets = signed(key, sequence, { ...UP, detectMult });
      const least = kind.startsWith('meticulous') ? 1 : 0;
      const fits = step >= least && step <= 3 * detectMult;
      t.same(judged(octets, key, last), fits ? { sequence } : { fault: 'sequence' });
    }),
    { seed: 5880, numRuns: 500 },
  );
  t.end();
});
