/** Whatever happens to the daemon, its record replays to the same decisions and octets. */

import fc from 'fast-check';
import t, { type Test } from 'tap';
import { readRecord } from '../../src/record/readRecord.ts';
import { Replay } from '../../src/replay/replay.ts';
import { TYPE } from '../support/rawPeer.ts';
import { RecordedAnnouncing } from '../support/recordedAnnouncing.ts';

const HEAD = 'asn: 64500\nrouter-id: 192.0.2.1\nlisten: ["127.0.0.1:1179"]\n';
const CHECKS = 'checks: { web: { exec: [/bin/probe, --key=hush], interval: 5s } }\n';
const MANY =
  'checks: { web: { exec: [/bin/probe, --key=hush], interval: 5s }, x: { tcp: "192.0.2.80:80" }, y: { tcp: "192.0.2.81:80" }, z: { tcp: "192.0.2.81:81" }, self: { ping: 198.51.100.1 } }\ncorrelated-failure: { self-check: self }\n';
const PREFIXES =
  'prefixes: [{ prefix: 203.0.113.0/24, needs: web, on-failure: backup }, 198.51.100.0/24, 2001:db8:113::/48]\n';
const A = 'asn: 64496, address: 127.0.0.2, passive: true, interface: eth1, damping: cisco';
const B = 'asn: 64497, address: 127.0.0.3, passive: true, interface: eth2, families: [ipv4, ipv6]';
const C = 'asn: 64499, address: 127.0.0.4, passive: true, interface: eth3';
const NEXT_HOP = 'next-hop: { ipv6: "2001:db8::2" }';

/** The first is what it begins with. */
const FILES: readonly string[] = [
  `${HEAD}${CHECKS}${PREFIXES}upstreams: { a: { ${A} }, b: { ${B}, ${NEXT_HOP} } }\ndownstreams: { c: { ${C} } }\n`,
  `${HEAD}${MANY}${PREFIXES.replace('needs: web', 'needs: { all: [web, x, y, z] }')}upstreams: { a: { ${A}, reachability: {}, prepend: 2, communities: ["64500:1", rt:1:2] }, b: { ${B}, next-hop: { ipv6: "2001:db8::3" } } }\n`,
  `${HEAD}${CHECKS.replace('hush', 'other')}prefixes: [198.51.100.0/24, 192.0.2.0/24]\nupstreams: { a: { ${A}, hold-time: 30s }, b: { ${B}, ${NEXT_HOP}, med: 5 } }\n`,
];

function replayed(text: string) {
  const replay = new Replay();
  const { lines, torn } = readRecord(text);
  const difference = lines.reduce(
    (found: ReturnType<Replay['take']>, line) => found ?? replay.take(line),
    undefined,
  );
  const kinds = new Set(lines.map(({ line }) => line.do));
  return { difference, torn, lines: lines.length, kinds };
}

type Step =
  | { readonly do: 'up' | 'down'; readonly name: string }
  | { readonly do: 'link'; readonly name: string; readonly up: boolean }
  | { readonly do: 'check'; readonly state: 'up' | 'down' | 'rising' }
  | { readonly do: 'checks'; readonly state: 'up' | 'down' }
  | { readonly do: 'sign'; readonly bad: boolean }
  | { readonly do: 'wait' | 'stand'; readonly ms: number }
  | { readonly do: 'order'; readonly action: 'announce' | 'withdraw' | 'undo' }
  | { readonly do: 'drain'; readonly upstream: boolean; readonly undo: boolean }
  | { readonly do: 'reload'; readonly file: number };

const neighbour = fc.constantFrom('a', 'b', 'c');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('up'), name: neighbour }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('down'), name: neighbour }) },
  fc.record({
    do: fc.constant('link'),
    name: fc.constantFrom('eth1', 'eth2'),
    up: fc.boolean(),
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('check'),
      state: fc.constantFrom('up', 'up', 'down', 'rising'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('wait'),
      ms: fc.constantFrom(1, 500, 500, 7000, 60_000, 900_000, 4_000_000),
    }),
  },
  fc.record({ do: fc.constant('stand'), ms: fc.constantFrom(1500, 20_000) }),
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('checks'), state: fc.constantFrom('up', 'down') }),
  },
  fc.record({ do: fc.constant('sign'), bad: fc.boolean() }),
  fc.record({
    do: fc.constant('order'),
    action: fc.constantFrom('announce', 'withdraw', 'undo'),
  }),
  fc.record({ do: fc.constant('drain'), upstream: fc.boolean(), undo: fc.boolean() }),
  fc.record({ do: fc.constant('reload'), file: fc.nat({ max: FILES.length - 1 }) }),
) as fc.Arbitrary<Step>;

async function happen(edge: RecordedAnnouncing, one: Step): Promise<void> {
  switch (one.do) {
    case 'up':
      await edge.up(one.name);
      break;
    case 'down':
      await edge.down(one.name);
      break;
    case 'link':
      edge.link(one.name, one.up);
      break;
    case 'check':
      edge.check('web', one.state, 9000);
      break;
    case 'checks':
      for (const name of ['web', 'x', 'y', 'z', 'self']) edge.check(name, one.state, 9000);
      break;
    case 'sign':
      edge.sign('a', one.bad);
      break;
    case 'wait':
      edge.clock.advance(one.ms);
      break;
    case 'stand':
      edge.clock.standStill(one.ms);
      break;
    case 'order':
      await edge.order(one.action, '198.51.100.0/24');
      break;
    case 'drain': {
      const target = one.upstream
        ? ({ kind: 'upstream', name: 'a' } as const)
        : ({ kind: 'prefix', prefix: '198.51.100.0/24' } as const);
      await edge.drain(target, one.undo);
      break;
    }
    case 'reload':
      await edge.reload(FILES[one.file] ?? '');
  }
}

async function played(t: Test, steps: readonly Step[]): Promise<readonly string[]> {
  const edge = await RecordedAnnouncing.start(t, FILES[0] ?? '', { maxSize: 8000 });
  for (const one of steps) await happen(edge, one);
  await edge.stop();
  return edge.texts();
}

t.test('property: whatever happens, each file of the record replays alone', async (t) => {
  let files = 0;
  const kinds = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 30 }), async (steps) => {
      const all = await played(t, steps);
      for (const text of all) {
        files++;
        const result = replayed(text);
        for (const kind of result.kinds) kinds.add(kind);
        if (result.difference) throw new Error(JSON.stringify(result.difference, undefined, 1));
        if (text.includes('hush')) throw new Error('what may be secret is in the record');
      }
    }),
    { seed: 1, numRuns: 4, endOnFailure: true },
  );
  t.ok(files > 4, `${files} files`);
  t.comment([...kinds].join(' '));
});

t.test('a neighbour that asks for everything again is in the record (RFC 2918)', async (t) => {
  const edge = await RecordedAnnouncing.start(t, FILES[0] ?? '', { maxSize: 1_000_000 });
  await edge.up('a');
  const peer = edge.peer('a');
  await peer?.nextOf(TYPE.update);
  const asked = edge.events.next('RoutesSent');
  peer?.send('ffffffffffffffffffffffffffffffff00170500010001');
  t.equal((await asked).asked, true);
  edge.clock.advance(1000);
  await edge.down('a');
  await edge.stop();
  const [text = '', ...others] = await edge.texts();
  t.same(others, []);
  const { difference, kinds } = replayed(text);
  t.equal(difference, undefined);
  t.ok(
    ['opened', 'repeated', 'routes', 'end-of-rib', 'sent', 'received'].every((k) =>
      kinds.has(k as never),
    ),
  );
});
