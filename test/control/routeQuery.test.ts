import t from 'tap';
import {
  type RouteParameters,
  type RouteQuery,
  routeParameters,
  routeQuery,
} from '../../src/control/routeQuery.ts';

const parse = (search: string): RouteQuery =>
  routeQuery(routeParameters(new URLSearchParams(search)));

function scopeText({ scope }: RouteQuery): string {
  if (scope.kind === 'all') return `all ${scope.families.join(' ')}`;
  return `${scope.kind} ${scope.kind === 'match' ? scope.address.text : scope.prefix.text}`;
}

t.test('each way to name a place in the table', (t) => {
  for (const [search, scope] of [
    ['', 'all ipv4 ipv6'],
    ['family=ipv6', 'all ipv6'],
    ['prefix=203.0.113.0/24', 'exact 203.0.113.0/24'],
    ['prefix=2001:DB8:0::/48&family=ipv6', 'exact 2001:db8::/48'],
    ['covered=0.0.0.0/0', 'covered 0.0.0.0/0'],
    ['covering=203.0.113.0%2F24', 'covering 203.0.113.0/24'],
    ['covering=203.0.113.9', 'covering 203.0.113.9/32'],
    ['covering=2001:db8::1', 'covering 2001:db8::1/128'],
    ['match=203.0.113.9', 'match 203.0.113.9'],
  ] as const) {
    t.equal(scopeText(parse(search)), scope, search);
  }
  t.match(parse('neighbour=transit-a&state=refused&limit=10'), {
    neighbour: 'transit-a',
    state: 'refused',
    limit: 10,
  });
  t.end();
});

t.test('what cannot be meant is refused, with what would be right', (t) => {
  for (const [search, message] of [
    ['prefx=203.0.113.0/24', 'prefx is not a parameter; did you mean prefix?'],
    ['colour=blue', /^colour is not a parameter; there are prefix, match, /],
    ['limit=1&limit=2', 'limit is there twice'],
    ['prefix=10.0.0.0/8&match=10.0.0.1', 'prefix and match exclude each other'],
    ['prefix=10.1.0.0/8', '10.1.0.0/8 has bits set after its /8: the prefix would be 10.0.0.0/8'],
    ['prefix=10.0.0.0', '"10.0.0.0" is not a prefix'],
    ['prefix=10.0.0.0/33', '"10.0.0.0/33" is not a prefix'],
    ['covered=', '"" is not a prefix'],
    ['match=10.0.0.0/8', '"10.0.0.0/8" is neither a prefix nor an IP address'],
    ['covering=nowhere', '"nowhere" is neither a prefix nor an IP address'],
    ['match=::1&family=ipv4', '::1 is ipv6, not ipv4'],
    ['family=ipv5', '"ipv5" is not a family: ipv4 or ipv6'],
    ['state=worst', '"worst" is not a state: best, accepted, refused'],
    ['limit=0', '"0" is not a limit: a number from 1 on'],
    ['limit=1e3', '"1e3" is not a limit: a number from 1 on'],
  ] as const) {
    t.throws(() => parse(search), { name: 'QueryError', message }, search);
  }
  t.end();
});

t.test('no name that every object has is a parameter', (t) => {
  for (const name of ['constructor', '__proto__', 'toString']) {
    t.throws(() => parse(`${name}=1`), { name: 'QueryError' }, name);
  }
  const nothing: RouteParameters = {};
  t.strictSame(routeParameters(new URLSearchParams()), nothing);
  t.end();
});
