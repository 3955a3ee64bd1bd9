import { createHash } from 'node:crypto';
import t from 'tap';
import type { AuthenticationKey } from '../../src/bfd/authentication.ts';
import { Authenticator } from '../../src/bfd/authenticator.ts';
import { type ControlPacket, decodePacket } from '../../src/bfd/packet.ts';

const KEY: AuthenticationKey = {
  kind: 'meticulous-keyed-sha1',
  id: 1,
  password: new TextEncoder().encode('secret'),
};

const UP: ControlPacket = {
  ...{ diagnostic: 0, state: 'Up', poll: false, final: false, demand: false, detectMult: 3 },
  ...{ myDiscriminator: 1, yourDiscriminator: 2, desiredMinTx: 300_000, requiredMinRx: 300_000 },
};

function authenticator(firstSequence: number, key = KEY): Authenticator {
  const hash = (name: string, octets: Uint8Array) => createHash(name).update(octets).digest();
  return new Authenticator({ key, firstSequence, hash });
}

function judge(by: Authenticator, octets: Uint8Array) {
  const decoded = decodePacket(octets);
  if ('fault' in decoded) throw new Error('the packet is none');
  return by.judge(decoded.packet, decoded.signed);
}

function sequenceOf(octets: Uint8Array): number {
  return new DataView(octets.buffer).getUint32(28);
}

t.test('§6.7.3: each packet has the next number, and after 2^32-1 comes 0', (t) => {
  const one = authenticator(0xffff_fffd);
  const sent = [1, 2, 3, 4].map(() => sequenceOf(one.encode(UP)));
  t.same(sent, [0xffff_fffe, 0xffff_ffff, 0, 1]);
  t.end();
});

t.test('what comes twice, or late, is refused; what was lost is not waited for', (t) => {
  const [theirs, ours] = [authenticator(0xffff_fffa), authenticator(0)];
  const packets = Array.from({ length: 20 }, () => theirs.encode(UP));
  t.equal(judge(ours, packets[3]!), undefined, 'the first one may have any number');
  t.equal(judge(ours, packets[3]!), 'sequence', 'again');
  t.equal(judge(ours, packets[2]!), 'sequence', 'late');
  t.equal(judge(ours, packets[13]!), 'sequence', 'more than three times the multiplier ahead');
  t.equal(judge(ours, packets[12]!), undefined, 'just so many');
  t.end();
});

t.test('§6.7.4, erratum 7083: only a packet that is believed says where the numbers are', (t) => {
  const [theirs, stranger, ours] = [
    authenticator(1000),
    authenticator(5000, { ...KEY, password: new TextEncoder().encode('guessed') }),
    authenticator(0),
  ];
  t.equal(judge(ours, stranger.encode(UP)), 'password');
  t.equal(judge(ours, theirs.encode(UP)), undefined, 'though a stranger was first');
  t.equal(judge(ours, authenticator(1002, { ...KEY, id: 2 }).encode(UP)), 'key-id');
  t.equal(judge(ours, theirs.encode(UP)), undefined);
  t.end();
});

t.test('§6.8.1: forgotten, any number is taken again', (t) => {
  const ours = authenticator(0);
  t.equal(judge(ours, authenticator(1000).encode(UP)), undefined);
  const restarted = authenticator(7_000_000);
  t.equal(judge(ours, restarted.encode(UP)), 'sequence');
  ours.forget();
  t.equal(judge(ours, restarted.encode(UP)), undefined);
  t.end();
});
