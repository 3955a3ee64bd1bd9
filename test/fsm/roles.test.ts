import t from 'tap';
import { negotiate } from '../../src/fsm/negotiate.ts';
import { type Role, roleCode } from '../../src/net/role.ts';
import type { Capability } from '../../src/wire/capability.ts';
import { RemoteError } from '../../src/wire/errors.ts';
import { config, LOCAL_AS, openOf, PEER_AS } from '../support/fsm.ts';

const NOT_A_ROLE = 9;

type Said = Role | typeof NOT_A_ROLE;

function role(said: Said): Capability {
  return { kind: 'role', role: said === NOT_A_ROLE ? said : roleCode(said) };
}

/** `up`, or the words of the refusal. */
function outcome(ours: readonly Said[], theirs: readonly Said[], strictRole = false): string {
  const open = openOf(LOCAL_AS, { more: ours.map(role) });
  const received = openOf(PEER_AS, { more: theirs.map(role) });
  const negotiated = negotiate({ ...config, open, strictRole }, received);
  if (!(negotiated instanceof RemoteError)) return 'up';
  const { code, subcode, data, message } = negotiated;
  return `${code}/${subcode} [${data}] ${message}`;
}

const PAIRS: readonly (readonly [ours: Role, theirs: readonly Role[]])[] = [
  ['customer', ['provider']],
  ['provider', ['customer']],
  ['peer', ['peer']],
  ['rs', ['rs-client']],
  ['rs-client', ['rs']],
];

for (const [ours, fitting] of PAIRS) {
  t.test(`RFC 9234 §4.2: to a ${ours} only ${fitting} fits, else Role Mismatch`, (t) => {
    for (const theirs of ['provider', 'rs', 'rs-client', 'customer', 'peer'] as const) {
      const expected = fitting.includes(theirs) ? /^up$/ : /^2\/11 \[\] it says that it is /;
      t.match(outcome([ours], [theirs]), expected, theirs);
      t.match(outcome([ours], [theirs], true), expected, `${theirs}, strict`);
    }
    t.end();
  });
}

t.test('RFC 9234 §4.2: who says no role is let in, unless strict', (t) => {
  t.equal(outcome(['customer'], []), 'up');
  t.equal(outcome(['customer'], [], true), '2/11 [] it says no role, and is to say one');
  t.end();
});

t.test('RFC 9234 §4.2: several capabilities have to say the same', (t) => {
  t.equal(outcome(['customer'], ['provider', 'provider']), 'up');
  t.match(outcome(['customer'], ['provider', 'peer']), '2/11 [] it says more than one role');
  t.end();
});

t.test('RFC 9234 §4.1: a number that is no role fits none', (t) => {
  t.match(outcome(['customer'], [NOT_A_ROLE]), '2/11 [] it says that it is of role 9');
  t.end();
});

t.test('where we say no role, whatever the neighbour says is no matter', (t) => {
  t.equal(outcome([], ['customer', NOT_A_ROLE]), 'up');
  t.equal(outcome([], [], true), 'up');
  t.end();
});
