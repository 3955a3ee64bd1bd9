/** Each call of an operator over the application that the control socket serves. */

import t from 'tap';
import { controlApp } from '../../src/control/app.ts';
import { FakeDaemon } from '../support/fakeDaemon.ts';

const PREFIX = '203.0.113.0/24';

function served() {
  const daemon = new FakeDaemon();
  const app = controlApp(daemon);
  /** The status, and what is said. */
  const ask = async (method: string, target: string, body?: string) => {
    const response = await app.request(target, { method, ...(body === undefined ? {} : { body }) });
    const said: Record<string, unknown> & { error?: { code: string; message: string } } =
      JSON.parse(await response.text());
    return { status: response.status, said };
  };
  const refused = async (method: string, target: string) => {
    const { status, said } = await ask(method, target);
    return `${status} ${said.error?.code}: ${said.error?.message}`;
  };
  return { daemon, ask, refused };
}

t.test('an order by hand is leased, shown at each neighbour, and taken back', async (t) => {
  const { ask, refused } = served();
  const ordered = await ask('POST', `/v1/orders?action=withdraw&prefix=${PREFIX}&for=600`);
  t.equal(ordered.status, 200);
  t.match(ordered.said, {
    survivesRestart: false,
    orders: [
      {
        prefix: PREFIX,
        action: 'withdraw',
        upstream: null,
        since: '2026-01-02T03:04:05.000Z',
        until: '2026-01-02T03:14:05.000Z',
        text: 'withdrawn by hand until 2026-01-02T03:14:05.000Z',
      },
    ],
  });
  const { said } = await ask('GET', `/v1/explain?prefix=203.0.113.9`);
  t.match(said, {
    prefix: PREFIX,
    orders: [{ action: 'withdraw' }],
    neighbours: [
      {
        neighbour: 'transit-a',
        because: [{ kind: 'ordered', text: /^withdrawn by hand until/ }],
        session: { state: 'Established', link: 'link eth1 is up' },
        budget: { profile: 'unknown', confirmed: false, penalty: 0, suppress: 3000, held: null },
      },
      { neighbour: 'transit-b', session: { link: /eth2 is down \(no carrier\)/ } },
    ],
  });
  const back = await ask('DELETE', `/v1/orders?prefix=${PREFIX}`);
  t.match(back, { status: 200, said: { orders: [] } });
  t.match(
    await refused('DELETE', `/v1/orders?prefix=${PREFIX}&upstream=transit-a`),
    '409 refused: nothing was ordered by hand for 203.0.113.0/24 at transit-a alone',
  );
});

t.test('what is not ours, or nowhere known, is refused with what was meant', async (t) => {
  const { ask, refused } = served();
  const order = '/v1/orders?action=withdraw&prefix=';
  t.match(
    await refused('POST', `${order}203.0.113.0/25`),
    '409 refused: 203.0.113.0/25 is not in the file, but a part of 203.0.113.0/24, which is announced as one: write 203.0.113.0/24 if that is meant',
  );
  t.match(
    await refused('POST', `${order}${PREFIX}&upstream=transit-c`),
    '409 refused: there is no upstream transit-c; did you mean transit-a?',
  );
  t.match(
    await refused('POST', `/v1/orders?action=blackhole&prefix=203.0.113.7`),
    /^409 refused: of no upstream in the file is it known how it is asked to blackhole/,
  );
  t.match(
    await refused('GET', '/v1/explain?prefix=192.0.2.0/24'),
    /^404 not-ours: 192.0.2.0\/24 is not in the file, which has 203.0.113.0\/24/,
  );
  t.match(await refused('POST', '/v1/drains?target=transit-c'), /^409 .* did you mean transit-a/);
  t.match(await refused('DELETE', '/v1/drains?target=site'), '409 refused: site is not drained');
  t.match(await ask('GET', '/v1/orders'), { said: { orders: [], drains: [], undone: [] } });
});

t.test('a query that cannot be understood is told so, and orders nothing', async (t) => {
  const { refused } = served();
  for (const [method, target, told] of [
    ['POST', '/v1/orders?action=withdraw', 'prefix is missing'],
    ['POST', `/v1/orders?prefix=${PREFIX}`, 'action is missing: announce, withdraw, blackhole'],
    ['POST', `/v1/orders?action=drop&prefix=${PREFIX}`, '"drop" is not a action: announce, '],
    ['POST', `/v1/orders?action=withdraw&prefix=${PREFIX}&for=0`, '"0" is not a for: a number'],
    ['POST', `/v1/orders?action=withdraw&prefix=${PREFIX}&fro=9`, 'did you mean for?'],
    ['GET', '/v1/explain?prefix=203.0.113.5/24', 'write 203.0.113.0/24 if that is the prefix'],
    ['GET', '/v1/explain?prefix=fe80', '"fe80" is no prefix: write it as 203.0.113.0/24'],
    ['POST', '/v1/drains', 'target is missing'],
    ['POST', '/v1/drains?target=2001:db8::/33x', 'is no prefix'],
    ['POST', '/v1/reload?confirm=soon', '"soon" is not a confirm: a number from 1'],
  ] as const) {
    const said = await refused(method, target);
    t.ok(said.startsWith('400 bad-query: ') && said.includes(told), `${target}: ${said}`);
  }
});

t.test('RFC 8326: a drain is priced, begun, seen in explain, and undone', async (t) => {
  const { ask } = served();
  t.match(await ask('GET', '/v1/drains/price?target=site'), { said: { prices: [] } });
  const begun = await ask('POST', `/v1/drains?target=${PREFIX}&timeout=90&threshold=5000`);
  t.match(begun, {
    status: 200,
    said: {
      drains: [
        {
          target: PREFIX,
          kind: 'prefix',
          // Nothing is on any wire here, and so there is nothing to wait for.
          phase: 'drained',
          deadline: '2026-01-02T03:05:35.000Z',
          threshold: 5000,
          shifted: { by: 'time', bitsPerSecond: null },
        },
      ],
    },
  });
  t.match(await ask('GET', `/v1/explain?prefix=${PREFIX}`), {
    said: { drains: [{ target: PREFIX }], neighbours: [{ because: [{}, { kind: 'draining' }] }] },
  });
  t.match(await ask('DELETE', `/v1/drains?target=${PREFIX}`), {
    status: 200,
    said: { drains: [] },
  });
});

t.test('a plan is made of the file in the body, and nothing is done', async (t) => {
  const { daemon, ask } = served();
  const before = daemon.announcer.outcome;
  const file = `
asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24, 198.51.100.0/24]
upstreams:
  transit-a: { asn: 64496, address: 198.51.100.1, med: 10, communities: ["64496:1"] }
  transit-b: { asn: 64497, address: 198.51.100.5, interface: eth2, prepend: 2, hold-time: 30s }
`;
  const { status, said } = await ask('POST', '/v1/plan', file);
  t.equal(status, 200);
  t.match(said, {
    against: 'daemon',
    configFile: '/etc/multihomed/multihomed.yaml',
    neighbours: [
      {
        neighbour: 'transit-a',
        session: 'reset',
        announce: [{ prefixes: ['198.51.100.0/24'], attributes: { med: 10 } }],
        withdraw: ['2001:db8:113::/48'],
      },
      { neighbour: 'transit-b', session: 'reset', announce: [] },
    ],
  });
  t.equal(daemon.announcer.outcome, before);
  const bad = await ask('POST', '/v1/plan', 'asn: nothing\n');
  t.match(bad, { status: 422, said: { error: { code: 'configuration-refused' } } });
  t.ok(Array.isArray(bad.said.problems));
  const large = await ask('POST', '/v1/plan', `# ${'x'.repeat(100_000)}\n${file}`);
  t.equal(large.status, 200, 'a file may be larger than other bodies');
});

t.test('a reload may ask for a confirmation, which is given once', async (t) => {
  const { daemon, ask, refused } = served();
  await ask('POST', '/v1/reload?confirm=300');
  t.equal(daemon.within, 300_000);
  t.match(await ask('POST', '/v1/confirm'), { status: 200, said: { ok: true } });
  t.match(await refused('POST', '/v1/confirm'), /^409 refused: nothing waits for a confirmation/);
});

t.test('the budget has a line for people and a number for scripts', async (t) => {
  const { ask } = served();
  const { said } = await ask('GET', '/v1/budget');
  t.match(said, {
    budgets: [
      {
        upstream: 'transit-a',
        prefixes: [PREFIX],
        clearAt: null,
        suppressedUntil: null,
        nextFlap: { after: 2000, suppress: 3000, suppressedUntil: null },
        text: 'penalty 0 of 3000; one more flap makes it 2000, which is not suppressed',
      },
      {},
      {},
    ],
  });
});
