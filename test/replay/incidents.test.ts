/**
 * Recorded incidents, replayed: what a daemon once decided and sent is what this one decides and
 * sends. `MULTIHOMED_REFRESH=1` records them anew, when it is meant to be another.
 */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { readRecord } from '../../src/record/readRecord.ts';
import { Replay } from '../../src/replay/replay.ts';
import { RecordedAnnouncing } from '../support/recordedAnnouncing.ts';

const INCIDENTS = new URL('./incidents/', import.meta.url);

const FILE = `asn: 64500
router-id: 192.0.2.1
listen: ["127.0.0.1:1179"]
checks:
  web: { tcp: "203.0.113.10:80" }
prefixes:
  - { prefix: 203.0.113.0/24, needs: web }
  - 2001:db8:113::/48
upstreams:
  transit-a: { asn: 64496, address: 127.0.0.2, passive: true, interface: eth1, damping: cisco }
  transit-b:
    { asn: 64497, address: 127.0.0.3, passive: true, interface: eth2, families: [ipv4, ipv6], next-hop: { ipv6: "2001:db8::2" }, damping: juniper }
`;
const MINUTE = 60_000;

/** A prober that lives, for so many seconds. */
function probed(edge: RecordedAnnouncing, state: 'up' | 'down', seconds: number): void {
  for (let passed = 0; passed < seconds; passed += 5) {
    edge.check('web', state, 9500);
    edge.clock.advance(5000);
  }
}

async function begun(edge: RecordedAnnouncing): Promise<void> {
  await edge.up('transit-a');
  await edge.up('transit-b');
  probed(edge, 'up', 10);
}

const SCENARIOS: Readonly<Record<string, (edge: RecordedAnnouncing) => Promise<void>>> = {
  'flapping-link': async (edge) => {
    await begun(edge);
    for (let flap = 0; flap < 3; flap++) {
      const down = edge.events.next('SessionDown');
      edge.link('eth1', false);
      await down;
      edge.clock.advance(2000);
      edge.link('eth1', true);
      await edge.up('transit-a');
      probed(edge, 'up', 20);
    }
    edge.clock.advance(30 * MINUTE);
  },
  'failing-check': async (edge) => {
    await begun(edge);
    probed(edge, 'down', 30);
    probed(edge, 'up', 90);
    probed(edge, 'down', 10);
    // Nobody probes any more.
    edge.clock.advance(15 * MINUTE);
  },
  drain: async (edge) => {
    await begun(edge);
    await edge.drain({ kind: 'upstream', name: 'transit-a' });
    probed(edge, 'up', 70);
    await edge.drain({ kind: 'upstream', name: 'transit-a' }, true);
    probed(edge, 'up', 120);
    await edge.order('withdraw', '203.0.113.0/24');
    probed(edge, 'up', 10);
  },
};

async function recordAnew(t: Test): Promise<void> {
  mkdirSync(INCIDENTS, { recursive: true });
  for (const [name, play] of Object.entries(SCENARIOS)) {
    const edge = await RecordedAnnouncing.start(t, FILE, { maxSize: 10_000_000 });
    await play(edge);
    await edge.stop();
    const [text = ''] = await edge.texts();
    const anywhere = text.replace(/"pid":\d+/, '"pid":1');
    writeFileSync(new URL(`${name}.jsonl`, INCIDENTS), anywhere);
  }
}

t.test('each incident replays to the decisions and octets that were recorded', async (t) => {
  if (process.env.MULTIHOMED_REFRESH === '1') await recordAnew(t);
  const files = readdirSync(INCIDENTS);
  t.strictSame(
    files,
    Object.keys(SCENARIOS)
      .map((name) => `${name}.jsonl`)
      .toSorted(),
  );
  for (const file of files) {
    const { lines, torn } = readRecord(readFileSync(new URL(file, INCIDENTS), 'utf8'));
    t.equal(torn, undefined);
    const replay = new Replay();
    for (const line of lines) t.equal(replay.take(line), undefined, `${file}:${line.number}`);
    t.ok(lines.filter(({ line }) => line.do === 'routes').length > 3, file);
  }
});
