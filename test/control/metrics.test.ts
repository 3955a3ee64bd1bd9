import t from 'tap';
import { Delays } from '../../src/control/delays.ts';
import { MetricsWriter } from '../../src/control/metrics.ts';
import { FakeDaemon, FULL_TABLE } from '../support/fakeDaemon.ts';

t.test('a scrape has every kind of number, each with its labels', async (t) => {
  const daemon = new FakeDaemon();
  daemon.measured.begin('link', 1000);
  daemon.measured.sent('withdraw', 1002);
  daemon.measured.sent('withdraw', 1004.5);
  const { type, text } = await new MetricsWriter().write(daemon);
  t.match(type, /^text\/plain; version=0\.0\.4/);
  for (const line of [
    'multihomed_info{version="0.1.0"} 1',
    'multihomed_session_up{neighbour="transit-a",kind="upstream"} 1',
    'multihomed_session_flaps_total{neighbour="transit-b"} 2',
    'multihomed_messages_total{neighbour="transit-a",direction="sent",type="keepalive"} 7',
    'multihomed_advertised{prefix="203.0.113.0/24",neighbour="transit-a"} 1',
    'multihomed_link_up{interface="eth2"} 0',
    'multihomed_check_state{check="web",state="up"} 1',
    'multihomed_learned_paths{neighbour="transit-a",family="ipv4",state="accepted"} 890',
    'multihomed_cause_to_wire_seconds_bucket{le="0.0025",cause="link",action="withdraw"} 1',
    'multihomed_cause_to_wire_seconds_bucket{le="0.005",cause="link",action="withdraw"} 2',
    'multihomed_cause_to_wire_seconds_bucket{le="+Inf",cause="link",action="withdraw"} 2',
    'multihomed_cause_to_wire_seconds_count{cause="link",action="withdraw"} 2',
    'multihomed_advertised_omitted 0',
  ]) {
    t.ok(text.split('\n').includes(line), line);
  }
  t.match(text, /# TYPE multihomed_cause_to_wire_seconds histogram/);
});

t.test('the full table in the kernel is counted where the file wants it there', async (t) => {
  const daemon = new FakeDaemon();
  const before = await new MetricsWriter().write(daemon);
  t.notMatch(before.text, /multihomed_kernel/);
  daemon.full = FULL_TABLE;
  const { text } = await new MetricsWriter().write(daemon);
  for (const line of [
    'multihomed_kernel_routes{family="ipv4",state="installed"} 950000',
    'multihomed_kernel_routes{family="ipv6",state="failed"} 1',
    'multihomed_kernel_pending 12',
    'multihomed_kernel_requests_total{outcome="done"} 1150000',
    'multihomed_kernel_requests_total{outcome="refused"} 3',
  ]) {
    t.ok(text.split('\n').includes(line), line);
  }
});

t.test('100,000 prefixes do not make 100,000 series', async (t) => {
  const daemon = new FakeDaemon();
  const [first] = daemon.announcements();
  if (!first) throw new Error('the fake daemon announces nothing');
  daemon.announcements = () => new Array(100_000).fill(first);
  const { text } = await new MetricsWriter().write(daemon);
  t.ok(text.split('\n').length < 300);
  t.match(text, /^multihomed_advertised_omitted 100000$/m);
});

t.test('an UPDATE is counted for the latest cause, and for none that is long past', (t) => {
  const delays = new Delays();
  delays.sent('withdraw', 5);
  t.strictSame(delays.take(), []);
  delays.begin('check', 0);
  delays.begin('stop', 10);
  delays.sent('withdraw', 11);
  delays.sent('withdraw', 100_000);
  t.strictSame(delays.take(), [{ cause: 'stop', action: 'withdraw', seconds: 0.001 }]);
  t.strictSame(delays.take(), []);
  t.end();
});

t.test('what is withdrawn by order is no late withdrawal of what happened before', (t) => {
  const delays = new Delays();
  delays.begin('check', 0);
  delays.pass();
  delays.sent('withdraw', 20_000);
  t.strictSame(delays.take(), []);
  delays.sent('announce', 30_000);
  t.match(delays.take(), [{ cause: 'check', action: 'announce' }], 'that may have been held');
  delays.begin('link', 31_000);
  delays.sent('withdraw', 31_001);
  t.match(delays.take(), [{ cause: 'link', action: 'withdraw', seconds: 0.001 }]);
  t.end();
});
