import t from 'tap';
import {
  counterpartOf,
  isDownOrAcross,
  isUpOrAcross,
  ROLES,
  roleCode,
  roleOf,
} from '../../src/net/role.ts';

t.test('RFC 9234 §4.1: the numbers of the roles', (t) => {
  t.same(ROLES.map(roleCode), [0, 1, 2, 3, 4]);
  t.same([0, 1, 2, 3, 4, 5].map(roleOf), [...ROLES, undefined]);
  t.end();
});

t.test('RFC 9234 §4.2: each role has one that fits it, and fits that one', (t) => {
  t.same(ROLES.map(counterpartOf), ['customer', 'rs-client', 'rs', 'provider', 'peer']);
  for (const role of ROLES) t.equal(counterpartOf(counterpartOf(role)), role);
  t.end();
});

t.test('RFC 9234 §5: where routes are marked, and where marked ones do not go', (t) => {
  t.same(ROLES.filter(isUpOrAcross), ['provider', 'rs', 'peer']);
  t.same(ROLES.filter(isDownOrAcross), ['rs-client', 'customer', 'peer']);
  t.same([isUpOrAcross(undefined), isDownOrAcross(undefined)], [false, false]);
  t.end();
});
