import t from 'tap';
import type { Family } from '../../src/net/family.ts';
import { RefreshRequests } from '../../src/session/refreshRequests.ts';
import { VirtualClock } from '../support/virtualClock.ts';

function asked() {
  const clock = new VirtualClock();
  const answers: (readonly Family[])[] = [];
  const requests = new RefreshRequests(clock, (families) => answers.push(families));
  return { clock, answers, requests };
}

t.test('the first request is answered at once, those of the next second together', (t) => {
  const { clock, answers, requests } = asked();
  requests.ask('ipv4');
  t.same(answers, [['ipv4']]);
  for (let i = 0; i < 10_000; i++) requests.ask(i % 2 === 0 ? 'ipv6' : 'ipv4');
  t.equal(answers.length, 1);
  clock.advance(1000);
  t.same(answers, [['ipv4'], ['ipv6', 'ipv4']]);
  clock.advance(60_000);
  t.equal(answers.length, 2, 'nobody asked again');
  t.equal(clock.pending, 0);
  requests.ask('ipv6');
  t.equal(answers.length, 3);
  t.end();
});

t.test('what was asked in one session is not answered in the next', (t) => {
  const { clock, answers, requests } = asked();
  requests.ask('ipv4');
  requests.ask('ipv4');
  requests.stop();
  t.equal(clock.pending, 0);
  clock.advance(10_000);
  t.equal(answers.length, 1);
  t.end();
});
