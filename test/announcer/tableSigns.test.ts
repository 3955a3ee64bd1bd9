import fc from 'fast-check';
import t from 'tap';
import type { SignFact, SignKind } from '../../src/announcer/sign.ts';
import {
  FALL,
  judgeTable,
  LOADING,
  NO_TABLE,
  RISE,
  SETTLED,
  type TableSample,
  type TableStanding,
  tableSigns,
} from '../../src/announcer/tableSigns.ts';
import { configOf } from '../support/ownRoute.ts';

const config = configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
upstreams:
  transit-a:
    asn: 64496
    address: 192.0.2.10
    reachability: { canaries: [192.88.99.0/24, 198.41.0.0/24] }
`).upstreams[0]?.reachability;
if (!config) throw new Error('no reachability');
const reachability = config;

const BEGIN = 1_000_000;

/** A second at a time, as the daemon looks; longer steps for days that would take a while. */
class Watched {
  at = BEGIN;
  #standing: TableStanding = NO_TABLE;
  #sample: TableSample = {
    ...{ at: BEGIN, sessionSince: BEGIN, size: 0, hasDefault: false, canaries: 0 },
  };

  /** The session comes up now, or goes. */
  session(up: boolean): this {
    this.#sample = { ...this.#sample, sessionSince: up ? this.at : undefined };
    return this;
  }

  for(
    milliseconds: number,
    sends: Partial<Omit<TableSample, 'at' | 'sessionSince'>>,
    pace = 1000,
  ): this {
    for (const end = this.at + milliseconds; this.at < end; ) {
      this.at += pace;
      this.#sample = { ...this.#sample, ...sends, at: this.at };
      this.#standing = judgeTable(reachability, this.#standing, this.#sample, pace);
    }
    return this;
  }

  signs(): ReadonlyMap<SignKind, SignFact> {
    const signs = tableSigns(reachability, this.#standing, this.#sample);
    return new Map(signs.map((sign) => [sign.kind, sign]));
  }

  states(): string {
    return [...this.signs().values()].map(({ kind, state }) => `${kind} ${state}`).join(', ');
  }
}

const WHOLE = { size: 1000, hasDefault: true, canaries: 2 };
const NOTHING = { size: 0, hasDefault: false, canaries: 0 };

function loaded(): Watched {
  return new Watched().for(SETTLED + 2000, WHOLE);
}

t.test('what was never sent is no sign when it is missing', (t) => {
  const watched = new Watched().for(10 * LOADING, { ...NOTHING, size: 5 });
  t.equal(watched.states(), 'table well, default unknown, canaries unknown');
  t.end();
});

t.test('a table that has settled is the usual one, and what is gone of it is a sign', (t) => {
  const watched = loaded();
  t.equal(watched.states(), 'table well, default well, canaries well');
  watched.for(FALL, { ...WHOLE, size: 499 });
  t.equal(watched.states(), 'table well, default well, canaries well', 'a moment is no sign');
  watched.for(1000, {});
  t.equal(watched.states(), 'table bad, default well, canaries well');
  t.match(watched.signs().get('table')?.detail, /^it sends 499 of the usual (999|1000) prefixes$/);
  watched.for(RISE * 3, { size: 700 });
  t.match(watched.signs().get('table'), { state: 'bad' }, 'it has to come halfway back');
  watched.for(RISE + 1000, { size: 800 });
  t.match(watched.signs().get('table'), { state: 'well' });
  t.end();
});

t.test('a default and canaries that are withdrawn are signs of their own', (t) => {
  const watched = loaded().for(FALL + 1000, { hasDefault: false, canaries: 1 });
  t.equal(watched.states(), 'table well, default bad, canaries well', 'one canary lives');
  watched.for(FALL + 1000, { canaries: 0 });
  t.equal(watched.states(), 'table well, default bad, canaries bad');
  t.match(watched.signs().get('canaries')?.detail, 'it sends 0 of 2 canaries');
  watched.for(RISE, WHOLE);
  t.equal(watched.states(), 'table well, default bad, canaries bad', 'well for a while first');
  watched.for(1000, {});
  t.equal(watched.states(), 'table well, default well, canaries well');
  t.end();
});

t.test('a session that comes up may take its time to send what it used to', (t) => {
  const watched = loaded().session(false).for(5000, NOTHING);
  t.equal(watched.states(), 'table unknown, default unknown, canaries unknown');
  watched.session(true).for(LOADING, NOTHING);
  t.equal(watched.states(), 'table unknown, default unknown, canaries unknown');
  watched.for(FALL + 1000, NOTHING);
  t.equal(watched.states(), 'table bad, default bad, canaries bad');
  t.end();
});

t.test('a table that grows while it is loaded is not the usual one', (t) => {
  const watched = new Watched();
  for (let size = 1; size <= 40; size++) watched.for(1000, { size: size * 1000 });
  t.match(watched.signs().get('table'), { state: 'unknown' });
  watched.for(SETTLED + 1000, {});
  t.match(watched.signs().get('table')?.detail, 'it sends 40000 of the usual 40000 prefixes');
  t.end();
});

t.test('the usual size follows slowly what is so for good', (t) => {
  const watched = loaded().for(24 * 3_600_000, { size: 700 }, 60_000);
  t.match(watched.signs().get('table')?.detail, 'it sends 700 of the usual 700 prefixes');
  watched.for(60_000, { size: 300 });
  t.match(watched.signs().get('table'), { state: 'bad' });
  watched.for(4 * 24 * 3_600_000, {}, 60_000);
  t.match(watched.signs().get('table'), { state: 'well' }, 'after days it is what it sends');
  t.end();
});

t.test('a small table has no part whose loss would mean anything', (t) => {
  const watched = new Watched().for(SETTLED + 2000, { size: 3 }).for(60_000, { size: 0 });
  t.match(watched.signs().get('table'), { state: 'well' });
  t.end();
});

t.test(
  'whatever comes, nothing is bad that was not seen bad for a while, nor without a session',
  (t) => {
    const step = fc.record({
      ...{ up: fc.boolean(), size: fc.integer({ min: 0, max: 2000 }) },
      ...{ hasDefault: fc.boolean(), canaries: fc.integer({ min: 0, max: 2 }) },
      length: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let standing = NO_TABLE;
        let at = BEGIN;
        let sessionSince: number | undefined;
        let missing = 0;
        for (const { up, length, ...sends } of steps) {
          sessionSince = up ? (sessionSince ?? at) : undefined;
          for (let second = 0; second < length; second++) {
            at += 1000;
            const sample = { at, sessionSince, ...sends };
            standing = judgeTable(reachability, standing, sample, 1000);
            missing = sends.hasDefault || !up ? 0 : missing + 1000;
            const signs = tableSigns(reachability, standing, sample);
            const bad = signs.filter(({ state }) => state === 'bad');
            if (!up && bad.length > 0) return false;
            const gone = bad.some(({ kind }) => kind === 'default');
            if (gone && sends.hasDefault && standing.default.turningSince === undefined)
              return false;
            if (!gone && missing > LOADING + FALL + 1000 && standing.default.known) return false;
          }
        }
        return true;
      }),
      { seed: 8, numRuns: 50 },
    );
    t.end();
  },
);

t.test('table-drop 100%: a table that is gone whole is a sign', (t) => {
  const config = { ...reachability, tableDrop: 100 };
  let standing = NO_TABLE;
  const look = (seconds: number, from: number, size: number) => {
    for (let i = 0; i < seconds; i++) {
      const sample = { at: from + i * 1000, sessionSince: BEGIN, size };
      standing = judgeTable(config, standing, { ...sample, hasDefault: true, canaries: 2 }, 1000);
    }
    return standing.size.state;
  };
  t.equal(look(20, BEGIN, 1000), 'well');
  t.equal(look(10, BEGIN + 20_000, 1), 'well');
  t.equal(look(10, BEGIN + 30_000, 0), 'bad');
  t.end();
});
