import t from 'tap';
import { resolveCollision, type Side } from '../../src/fsm/collision.ts';
import type { StateName } from '../../src/fsm/state.ts';

const low = { bgpIdentifier: 0x0a000001, asn: 64500 };
const high = { bgpIdentifier: 0xc0000201, asn: 64496 };

type Verdict = ReturnType<typeof resolveCollision>;

/** Where an OPEN has come, the other connection's state, and who goes: at the higher, the lower. */
const table: readonly (readonly [Side, StateName, Verdict, Verdict])[] = [
  ['outgoing', 'Idle', 'none', 'none'],
  ['outgoing', 'Active', 'none', 'none'],
  ['incoming', 'Connect', 'none', 'none'],
  // The connection of the higher speaker stays, if an OPEN comes on it ...
  ['outgoing', 'OpenSent', 'other', 'wait'],
  ['outgoing', 'OpenConfirm', 'other', 'this'],
  ['incoming', 'OpenSent', 'wait', 'other'],
  ['incoming', 'OpenConfirm', 'this', 'other'],
  // ... unless another one is Established.
  ['outgoing', 'Established', 'this', 'this'],
  ['incoming', 'Established', 'this', 'this'],
];

for (const [side, other, atHigher, atLower] of table) {
  t.test(`§6.8: an OPEN on the ${side} connection, the other in ${other}`, (t) => {
    t.equal(resolveCollision(side, other, high, low), atHigher, 'at the higher speaker');
    t.equal(resolveCollision(side, other, low, high), atLower, 'at the lower speaker');
    t.end();
  });
}

t.test('§6.8: both ends keep the same connection once both have an OPEN on both', (t) => {
  const atHigh = resolveCollision('incoming', 'OpenConfirm', high, low);
  const atLow = resolveCollision('outgoing', 'OpenConfirm', low, high);
  t.same([atHigh, atLow], ['this', 'this']);
  t.end();
});

t.test('RFC 6286 §2.3: of equal identifiers the larger AS is the higher', (t) => {
  const small = { bgpIdentifier: 7, asn: 65000 };
  const large = { bgpIdentifier: 7, asn: 4200000001 };
  t.equal(resolveCollision('incoming', 'OpenConfirm', large, small), 'this');
  t.equal(resolveCollision('incoming', 'OpenConfirm', small, large), 'other');
  t.end();
});
