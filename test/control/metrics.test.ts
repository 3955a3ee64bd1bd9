import t from 'tap';
import { decide } from '../../src/announcer/decide.ts';
import { NO_FACTS } from '../../src/announcer/facts.ts';
import { initialState } from '../../src/announcer/state.ts';
import { loadConfig } from '../../src/config/load.ts';
import { Delays } from '../../src/control/delays.ts';
import { MetricsWriter } from '../../src/control/metrics.ts';
import { MetricsPage } from '../../src/control/metricsPage.ts';
import { FakeDaemon, FULL_TABLE, NOW } from '../support/fakeDaemon.ts';

async function scrape(daemon: FakeDaemon) {
  const { type, text } = await new MetricsWriter().write(daemon);
  return { type, text: [...text].join('') };
}

t.test('a scrape has every kind of number, each with its labels', async (t) => {
  const daemon = new FakeDaemon();
  daemon.measured.begin('link', 1000);
  daemon.measured.sent('withdraw', 1002);
  daemon.measured.sent('withdraw', 1004.5);
  const { type, text } = await scrape(daemon);
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
  const before = await scrape(daemon);
  t.notMatch(before.text, /multihomed_kernel/);
  daemon.full = FULL_TABLE;
  const { text } = await scrape(daemon);
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

t.test('thousands of prefixes do not make thousands of series', async (t) => {
  const prefixes = Array.from({ length: 1500 }, (_, i) => `20.${i >> 8}.${i & 255}.0/24`);
  const { config } = loadConfig(
    `asn: 64500\nrouter-id: 192.0.2.1\nprefixes: [${prefixes.join(', ')}]
upstreams: { a: { asn: 64496, address: 198.51.100.1 }, b: { asn: 64497, address: 198.51.100.5 } }\n`,
    'x.yaml',
  );
  if (!config) throw new Error('the file is good');
  const daemon = new FakeDaemon();
  const { announcer } = daemon;
  const outcome = decide(config, announcer.facts(), initialState(config), announcer.now());
  const decided = { ...announcer, outcome, now: () => NOW, facts: () => NO_FACTS };
  daemon.announcer = { ...decided, operate: async () => ({ ok: false, why: 'not here' }) };
  const { text } = await scrape(daemon);
  t.ok(text.split('\n').length < 300);
  t.match(text, /^multihomed_advertised_omitted 3000$/m);
});

t.test(
  'a piece is not long, whatever is written, and lines of a metric stand together',
  async (t) => {
    const page = new MetricsPage();
    for (let i = 0; i < 10_000; i++) {
      page.gauge('a', 'An a', { name: `x"\\\n${i}` }, i);
      page.counter('b_total', 'All b', { name: String(i % 100) }, i);
    }
    const pieces = [...page.text()];
    t.ok(pieces.every((piece) => piece.length < 64 * 64));
    const lines = pieces.join('').split('\n');
    t.strictSame(lines.slice(0, 3), [
      '# HELP a An a',
      '# TYPE a gauge',
      'a{name="x\\"\\\\\\n0"} 0',
    ]);
    t.strictSame(lines.slice(10_002, 10_005), [
      '# HELP b_total All b',
      '# TYPE b_total counter',
      'b_total{name="0"} 9900',
    ]);
    t.equal(lines.length, 10_000 + 100 + 4 + 1, 'the same series is there once');
  },
);

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
