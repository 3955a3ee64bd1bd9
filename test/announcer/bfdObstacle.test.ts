import t from 'tap';
import { BFD_HOLD } from '../../src/announcer/bfdObstacle.ts';
import { decide } from '../../src/announcer/decide.ts';
import { type Facts, NO_FACTS } from '../../src/announcer/facts.ts';
import { initialState } from '../../src/announcer/state.ts';
import type { BfdFact, BfdStanding } from '../../src/bfd/bfdFact.ts';
import { intentsOf } from '../../src/daemon/intents.ts';
import { CeaseSubcode } from '../../src/wire/constants.ts';
import { configOf } from '../support/ownRoute.ts';

function configWith(bfd: string) {
  return configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
upstreams: { transit-a: { asn: 64496, address: 192.0.2.10, bfd: ${bfd} } }
`);
}

const LENIENT = configWith('{}');
const STRICT = configWith('{ strict: true }');
const SINCE = 100_000;

function factsWith(standing: BfdStanding | undefined, established = false): Facts {
  const fact = (known: BfdStanding): BfdFact => ({
    ...{ neighbour: 'transit-a', standing: known, since: SINCE },
    detail: 'control detection time expired',
  });
  return {
    ...NO_FACTS,
    bfd: new Map(standing ? [['transit-a', fact(standing)]] : []),
    sessions: new Map(established ? [['transit-a', { since: 0, families: ['ipv4'] }]] : []),
  };
}

function outcome(config: typeof LENIENT, facts: Facts, now = SINCE) {
  const decided = decide(config, facts, initialState(config), now);
  const session = decided.desired.get('transit-a')?.session;
  return { decided, reason: session?.reason.kind, wakeAt: decided.wakeAt };
}

t.test(
  'RFC 9384: what is lost ends the session with Cease/BFD Down, and holds it for a while',
  (t) => {
    const lost = outcome(LENIENT, factsWith('lost', true));
    t.equal(lost.reason, 'bfd-down');
    t.equal(lost.wakeAt, SINCE + BFD_HOLD);
    const down = intentsOf(lost.decided.desired).get('transit-a')?.down;
    t.match(down, { subcode: CeaseSubcode.bfdDown, communication: /^BFD is down/ });
    const later = outcome(LENIENT, factsWith('lost'), SINCE + BFD_HOLD);
    t.equal(later.reason, 'configured', 'some neighbours run BFD over a session alone');
    t.end();
  },
);

t.test('RFC 5882 §3.2: switched off by the neighbour, it keeps nothing down', (t) => {
  for (const config of [LENIENT, STRICT]) {
    for (const standing of ['off', 'up'] as const) {
      t.equal(outcome(config, factsWith(standing)).reason, 'configured');
    }
  }
  t.end();
});

t.test('strict: no session before BFD is up; one that is up is not dropped for that', (t) => {
  for (const standing of [undefined, 'starting', 'impossible'] as const) {
    t.equal(outcome(LENIENT, factsWith(standing)).reason, 'configured');
    t.equal(outcome(STRICT, factsWith(standing)).reason, 'bfd-awaited');
    t.equal(outcome(STRICT, factsWith(standing, true)).reason, 'configured');
  }
  t.equal(outcome(STRICT, factsWith('lost'), SINCE + 10 * BFD_HOLD).reason, 'bfd-down');
  t.end();
});
