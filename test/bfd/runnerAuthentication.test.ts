import { createHash } from 'node:crypto';
import t from 'tap';
import { Authenticator } from '../../src/bfd/authenticator.ts';
import { decodePacket } from '../../src/bfd/packet.ts';
import { Runner } from '../../src/bfd/runner.ts';
import type { BfdAuthenticationKind } from '../../src/config/bfdAuthentication.ts';
import { BFD_AUTHENTICATION_KINDS } from '../../src/config/bfdAuthentication.ts';
import { VirtualClock } from '../support/virtualClock.ts';

const FAST = { interval: 100_000, multiplier: 3 };

/** Undefined: not authenticated. */
type Lock = { readonly kind: BfdAuthenticationKind; readonly password: string } | undefined;

/** Two ends of a way of 1 ms; what goes over it is kept, and may be changed or lost. */
class Pair {
  readonly clock = new VirtualClock();
  readonly told: string[] = [];
  /** Of `b`, as they came to `a`. */
  readonly heard: Uint8Array[] = [];
  /** What becomes of a packet on its way to `a`; undefined: it is lost. */
  mangle: (octets: Uint8Array) => Uint8Array | undefined = (octets) => octets;
  readonly a: Runner;
  b: Runner;
  readonly #locks: readonly [Lock, Lock];

  constructor(a: Lock, b: Lock) {
    this.#locks = [a, b];
    this.a = this.#end('a', 1, this.#locks[0], 0xffff_fff0, (octets) => deliver(this.b, octets));
    this.b = this.#otherEnd(2, 1000);
  }

  /** Without a word, as after a crash: by another discriminator, and other numbers. */
  restart(): void {
    const gone = this.b;
    this.b = this.#otherEnd(3, 5_000_000);
    gone.end();
  }

  standings(): readonly string[] {
    return [this.a.told().standing, this.b.told().standing];
  }

  #otherEnd(discriminator: number, firstSequence: number): Runner {
    return this.#end('b', discriminator, this.#locks[1], firstSequence, (octets) => {
      if (this.b.told().state === 'AdminDown') return;
      const came = this.mangle(octets);
      if (!came) return;
      this.heard.push(came);
      deliver(this.a, came);
    });
  }

  #end(
    name: string,
    discriminator: number,
    lock: Lock,
    firstSequence: number,
    arrive: (octets: Uint8Array) => void,
  ): Runner {
    const hash = (algorithm: string, octets: Uint8Array) =>
      createHash(algorithm).update(octets).digest();
    const key = lock && {
      kind: lock.kind,
      id: 1,
      password: new TextEncoder().encode(lock.password),
    };
    const runner: Runner = new Runner({
      clock: this.clock,
      discriminator,
      parameters: FAST,
      authenticator: key && new Authenticator({ key, firstSequence, hash }),
      send: (octets) => {
        this.clock.after(1, () => {
          if (name === 'a' || runner === this.b) arrive(octets);
        });
      },
      onState: ({ state, standing, detail }) =>
        this.told.push(`${name} ${state} ${standing} ${detail}`.trim()),
    });
    return runner;
  }
}

function pairOf(lock: Lock): Pair {
  return new Pair(lock, lock);
}

function deliver(to: Runner, octets: Uint8Array): void {
  const decoded = decodePacket(octets);
  if ('packet' in decoded) to.receive(decoded);
}

const BEST = { kind: 'meticulous-keyed-sha1', password: 'secret' } as const;

t.test('§6.7: two ends with one password come up and stay, by each kind, around 2^32', (t) => {
  for (const kind of BFD_AUTHENTICATION_KINDS) {
    const pair = pairOf({ kind, password: 'secret' });
    pair.clock.advance(1100);
    t.same(pair.standings(), ['up', 'up'], kind);
    pair.told.length = 0;
    pair.clock.advance(10_000);
    t.same(pair.told, [], kind);
    t.same(pair.a.counts('b').discards, {}, kind);
  }
  t.end();
});

t.test('§6.8.6: what does not fit never comes up, and is counted by its reason', (t) => {
  const cases: readonly (readonly [Lock, Lock, string, string])[] = [
    [BEST, { ...BEST, password: 'another' }, 'password', 'password'],
    [BEST, { ...BEST, kind: 'keyed-sha1' }, 'authentication-kind', 'authentication-kind'],
    [BEST, undefined, 'unsigned', 'unexpected-authentication'],
    [undefined, BEST, 'unexpected-authentication', 'unsigned'],
  ];
  for (const [a, b, first, second] of cases) {
    const pair = new Pair(a, b);
    pair.clock.advance(20_000);
    t.same(pair.standings(), ['starting', 'starting'], first);
    t.same(Object.keys(pair.a.counts('b').discards), [first]);
    t.same(Object.keys(pair.b.counts('a').discards), [second]);
    t.equal(pair.a.counts('b').received, 0);
  }
  t.end();
});

t.test('no changed packet keeps a session up: it is lost in the detection time', (t) => {
  for (const kind of BFD_AUTHENTICATION_KINDS.filter((each) => each !== 'simple')) {
    const pair = pairOf({ kind, password: 'secret' });
    pair.clock.advance(3000);
    t.same(pair.standings(), ['up', 'up']);
    // Its number is the next one: the digest alone tells.
    let at = 0;
    pair.mangle = (octets) => {
      at = (at + 5) % octets.length;
      return octets.with(at, octets[at]! ^ 0x40);
    };
    pair.clock.advance(303);
    t.equal(pair.a.told().standing, 'lost', kind);
    t.equal(pair.a.told().detail, 'control detection time expired', kind);
  }
  t.end();
});

t.test(
  '§6.7.3: what was heard once keeps no dead neighbour alive, sent again in any order',
  (t) => {
    for (const kind of ['meticulous-keyed-md5', 'meticulous-keyed-sha1'] as const) {
      const pair = pairOf({ kind, password: 'secret' });
      pair.clock.advance(3000);
      const recorded = [...pair.heard];
      pair.mangle = () => undefined;
      for (let i = 0; i < 31; i++) {
        pair.clock.advance(10);
        deliver(pair.a, recorded[(i * 7) % recorded.length]!);
        deliver(pair.a, recorded.at(-1)!);
      }
      t.equal(pair.a.told().standing, 'lost', kind);
      t.equal(pair.a.counts('b').discards.sequence, 62, kind);
    }
    t.end();
  },
);

t.test('§6.8.1: a neighbour that restarted is believed after twice the detection time', (t) => {
  const pair = pairOf(BEST);
  pair.clock.advance(3000);
  pair.restart();
  pair.clock.advance(500);
  t.equal(pair.a.told().standing, 'lost');
  t.ok((pair.a.counts('b').discards.sequence ?? 0) > 0, 'its numbers are others');
  pair.clock.advance(2500);
  t.same(pair.standings(), ['up', 'up']);
  t.end();
});
