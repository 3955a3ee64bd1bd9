import { createHash } from 'node:crypto';
import t from 'tap';
import type { AuthenticationKey, Hash } from '../../src/bfd/authentication.ts';
import { Authenticator } from '../../src/bfd/authenticator.ts';
import { Engine } from '../../src/bfd/engine.ts';
import type { BfdTarget, FromThread } from '../../src/bfd/messages.ts';
import { type ControlPacket, encodePacket } from '../../src/bfd/packet.ts';
import { VirtualClock } from '../support/virtualClock.ts';

const TARGET: BfdTarget = {
  neighbour: 'a',
  interval: 100_000,
  multiplier: 3,
  address: '127.0.0.2',
  family: 'ipv4',
  localAddress: '127.0.0.1',
  interface: undefined,
  multihop: false,
  authentication: undefined,
};

/** Packets are handed in; what is sent goes to a port of loopback that nobody listens on. */
function engineOf(hash: Hash = (name, octets) => createHash(name).update(octets).digest()) {
  const clock = new VirtualClock();
  const told: FromThread[] = [];
  let next = 100;
  const engine = new Engine({
    clock,
    unguessable: () => next++,
    hash,
    tell: (message) => told.push(message),
    ports: { single: 0, multi: 0 },
  });
  const standing = () =>
    told.flatMap((message) => (message.type === 'state' ? [message.standing] : [])).at(-1);
  const discarded = () => {
    clock.advance(1000);
    const last = told.findLast((message) => message.type === 'counts');
    return last?.type === 'counts'
      ? { own: last.counts[0]?.discards, strangers: last.strangers }
      : undefined;
  };
  return { engine, clock, told, standing, discarded };
}

function packet(changes: Partial<ControlPacket>): Uint8Array {
  return encodePacket({
    ...{ diagnostic: 0, state: 'Down', poll: false, final: false, demand: false },
    ...{ detectMult: 50, myDiscriminator: 7, yourDiscriminator: 100 },
    ...{ desiredMinTx: 1_000_000, requiredMinRx: 1_000_000 },
    ...changes,
  });
}

t.test('§6.3: the first packet is found by its source, later ones by our discriminator', (t) => {
  const { engine, standing } = engineOf();
  t.teardown(() => engine.stop());
  engine.configure([TARGET]);
  engine.receive(packet({ yourDiscriminator: 0 }), '127.0.0.2', false);
  engine.receive(packet({ state: 'Init' }), '127.0.0.2', false);
  t.equal(standing(), 'up');
  t.end();
});

t.test('§6.8.6: Down without our discriminator is the neighbour beginning anew', (t) => {
  const { engine, standing } = engineOf();
  t.teardown(() => engine.stop());
  engine.configure([TARGET]);
  engine.receive(packet({ state: 'Init' }), '127.0.0.2', false);
  engine.receive(packet({ myDiscriminator: 8, yourDiscriminator: 0 }), '127.0.0.2', false);
  t.equal(standing(), 'lost');
  engine.receive(packet({ myDiscriminator: 8, state: 'Init' }), '127.0.0.2', false);
  t.equal(standing(), 'up');
  t.end();
});

t.test('§6.8.6: who is not the neighbour is not believed, and counted', (t) => {
  const { engine, standing, discarded } = engineOf();
  t.teardown(() => engine.stop());
  engine.configure([TARGET]);
  engine.receive(packet({ state: 'Init' }), '127.0.0.2', false);
  engine.receive(packet({}), '127.0.0.3', false);
  engine.receive(packet({ yourDiscriminator: 101 }), '127.0.0.2', false);
  engine.receive(packet({ state: 'Up', yourDiscriminator: 0 }), '127.0.0.2', false);
  engine.receive(packet({ demand: true, state: 'Up' }), '127.0.0.2', false);
  engine.receive(packet({}).subarray(0, 20), '127.0.0.2', false);
  engine.receive(packet({}), '127.0.0.2', true);
  engine.receive(new Uint8Array(), 'no address', false);
  t.equal(standing(), 'up');
  t.same(discarded(), { own: { 'other-session': 1, demand: 1, malformed: 2 }, strangers: 3 });
  t.end();
});

t.test('a session whose place changed is another; the others stay as they are', (t) => {
  const { engine, standing } = engineOf();
  t.teardown(() => engine.stop());
  engine.configure([TARGET]);
  engine.receive(packet({ state: 'Init' }), '127.0.0.2', false);
  engine.configure([{ ...TARGET, interval: 200_000 }]);
  t.equal(standing(), 'up');
  engine.configure([{ ...TARGET, interval: 200_000, address: '127.0.0.4' }]);
  t.equal(standing(), 'starting');
  t.end();
});

const KEY: AuthenticationKey = {
  kind: 'keyed-md5',
  id: 1,
  password: new TextEncoder().encode('secret'),
};

t.test('another password is another session; the same one, given anew, is not', (t) => {
  const { engine, told, standing, discarded } = engineOf();
  t.teardown(() => engine.stop());
  const b = { ...TARGET, neighbour: 'b', address: '127.0.0.3' };
  engine.configure([{ ...TARGET, authentication: KEY }, b]);
  // Ours has 100, and its first number is 101.
  const theirs = new Authenticator({
    key: KEY,
    firstSequence: 7,
    hash: (name, octets) => createHash(name).update(octets).digest(),
  });
  const init: ControlPacket = {
    ...{ diagnostic: 0, state: 'Init', poll: false, final: false, demand: false },
    ...{ detectMult: 50, myDiscriminator: 7, yourDiscriminator: 100 },
    ...{ desiredMinTx: 1_000_000, requiredMinRx: 1_000_000 },
  };
  engine.receive(packet({ state: 'Init' }), '127.0.0.2', false);
  t.equal(standing(), 'starting');
  t.same(discarded()?.own, { unsigned: 1 });
  engine.receive(theirs.encode(init), '127.0.0.2', false);
  t.equal(standing(), 'up');
  const before = told.length;
  const again = { ...KEY, password: Uint8Array.from(KEY.password) };
  engine.configure([{ ...TARGET, authentication: again }, b]);
  t.same(
    told.slice(before).filter(({ type }) => type === 'state'),
    [],
  );
  for (const change of [{ password: new TextEncoder().encode('other!') }, { id: 2 }]) {
    const from = told.length;
    engine.configure([{ ...TARGET, authentication: { ...KEY, ...change } }, b]);
    t.match(
      told.slice(from).filter(({ type }) => type === 'state'),
      [{ neighbour: 'a', standing: 'starting', state: 'Down' }],
      'and that of the other neighbour stays',
    );
  }
  engine.configure([TARGET, b]);
  t.equal(standing(), 'starting', 'none is another one, too');
  t.end();
});

t.test('where a hash is forbidden, that session cannot run, and the others do', (t) => {
  const { engine, told } = engineOf(() => {
    throw new Error('disabled for FIPS');
  });
  t.teardown(() => engine.stop());
  const simple = { ...KEY, kind: 'simple' } as const;
  const b = { ...TARGET, neighbour: 'b', address: '127.0.0.3', authentication: simple };
  engine.configure([{ ...TARGET, authentication: KEY }, b]);
  t.match(told, [
    {
      type: 'failed',
      neighbours: ['a'],
      cause: 'this machine does not hash by md5: disabled for FIPS',
    },
    { type: 'state', neighbour: 'b', standing: 'starting' },
  ]);
  t.end();
});
