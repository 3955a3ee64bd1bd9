import t from 'tap';
import { causeOfFlags, causeOfSysfs } from '../../src/monitor/linkState.ts';

t.test('up takes UP and LOWER_UP and no NO-CARRIER', (t) => {
  t.equal(causeOfFlags(['BROADCAST', 'UP', 'LOWER_UP']), 'up');
  t.equal(causeOfFlags(['BROADCAST', 'UP']), 'no-carrier');
  t.equal(causeOfFlags(['NO-CARRIER', 'UP', 'LOWER_UP']), 'no-carrier');
  t.equal(causeOfFlags(['BROADCAST', 'LOWER_UP']), 'admin-down');
  t.equal(causeOfFlags([]), 'admin-down');
  t.end();
});

t.test('RFC 2863: the operational states that pass traffic are up and unknown', (t) => {
  t.equal(causeOfSysfs('1\n', 'up\n'), 'up');
  t.equal(causeOfSysfs('1\n', 'unknown\n'), 'up');
  for (const state of ['down', 'dormant', 'lowerlayerdown', 'notpresent', 'testing']) {
    t.equal(causeOfSysfs('1\n', `${state}\n`), 'no-carrier', state);
  }
  t.equal(causeOfSysfs('0\n', 'up\n'), 'no-carrier', 'the carrier goes before the state does');
  t.end();
});
