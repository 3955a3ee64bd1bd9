import t from 'tap';
import { PrefixLimit, prefixCount } from '../../src/session/prefixLimit.ts';

const LIMITS = { ipv4: 1000, ipv6: 10, warn: 80, idle: 1800 };

t.test('who wavers at the line is warned of once, who comes back from well below it again', (t) => {
  const limit = new PrefixLimit();
  const told = (count: number) => limit.check(LIMITS, 'ipv4', count)?.kind;
  t.equal(told(799), undefined);
  t.equal(told(800), 'nearing');
  for (let i = 0; i < 100; i++) t.equal(told(720 + (i % 2) * 80), undefined);
  t.equal(told(719), undefined);
  t.equal(told(800), 'nearing');
  t.equal(told(1000), undefined);
  t.equal(told(1001), 'exceeded');
  limit.begin();
  t.equal(told(800), 'nearing', 'in another session');
  t.end();
});

t.test('each family has its own limit, or none', (t) => {
  const limit = new PrefixLimit();
  t.match(limit.check(LIMITS, 'ipv6', 8), { kind: 'nearing', family: 'ipv6', count: 8, limit: 10 });
  t.equal(limit.check(LIMITS, 'ipv4', 800)?.kind, 'nearing');
  t.equal(limit.check({ ...LIMITS, ipv4: undefined }, 'ipv4', 1e6), undefined);
  t.end();
});

t.test('one prefix is not called prefixes', (t) => {
  t.equal(prefixCount(1, 'ipv6'), '1 IPv6 prefix');
  t.equal(prefixCount(0, 'ipv4'), '0 IPv4 prefixes');
  t.end();
});
