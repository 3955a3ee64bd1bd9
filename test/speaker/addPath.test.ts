/** RFC 7911, sending: every path that may be sent, each under an identifier that stays its own. */

import t from 'tap';
import { parsePrefix } from '../../src/net/text.ts';
import { ExportGroups } from '../../src/speaker/exportGroups.ts';
import { bringUp, feed, finish, makeRib, peerIndex } from '../rib/fixture.ts';
import { FOUR_OCTET, type SetSpec } from '../rib/updates.ts';
import { downstream, PLAIN, Receiver } from './receiver.ts';

const A = '10.1.0.0/16';
const B = '10.2.0.0/16';
const BOTH = { ipv4: true, ipv6: true };
const PATHS = { ...PLAIN, addPath: BOTH };
const EXTENDED = { extendedMessages: true };

class Edge {
  readonly rib = makeRib({ routeWords: 1 << 21, attributeWords: 1 << 23 });
  readonly groups = new ExportGroups({
    rib: this.rib,
    onEvent: () => {},
    wake: () => {},
    held: false,
  });

  constructor() {
    for (const source of [0, 1, 2]) bringUp(this.rib, source);
  }

  announce(source: number, prefix: string, set: SetSpec = {}, context = FOUR_OCTET): void {
    const path = [64496 + source];
    feed(this.rib, peerIndex(source), { path, ...set, announce: [prefix] }, context);
  }

  work(...receivers: readonly Receiver[]): void {
    finish(this.rib);
    for (let [more, before] = [true, -1]; more || written(receivers) > before; ) {
      before = written(receivers);
      more = this.groups.work(100);
      for (const receiver of receivers) if (!receiver.stalled) receiver.read();
    }
  }
}

function written(receivers: readonly Receiver[]): number {
  return receivers.reduce((sum, { chunks }) => sum + chunks.length, 0);
}

function joined(edge: Edge, context = PATHS): Receiver {
  const receiver = new Receiver(downstream(), context);
  receiver.join(edge.groups);
  return receiver;
}

/** Identifier -> the AS that the path came from. */
function paths({ table }: Receiver, prefix = A): Record<string, string> {
  const all = [...table].filter(([key]) => key.startsWith(`${prefix}#`));
  return Object.fromEntries(
    all.map(([key, text]) => [key.split('#')[1] ?? '', /2=64500,(\d+)/.exec(text)?.[1] ?? '']),
  );
}

t.test('every accepted path goes out, and the best one alone to others', (t) => {
  const edge = new Edge();
  const receiver = joined(edge);
  const plain = joined(edge, PLAIN);
  for (const source of [0, 1, 2]) edge.announce(source, A);
  edge.work(receiver, plain);
  t.same(paths(receiver), { 2: '64496', 3: '64497', 4: '64498' });
  t.same([...plain.table.keys()], [A]);
  t.equal(receiver.membership?.advertised('ipv4'), 3);
  const prefix = parsePrefix(A);
  t.same(prefix && receiver.membership?.standing(prefix), {
    advertised: true,
    refusal: undefined,
  });
  t.end();
});

t.test('a path keeps its identifier while others come, change and go', (t) => {
  const edge = new Edge();
  const receiver = joined(edge);
  edge.announce(1, A);
  edge.work(receiver);
  t.same(paths(receiver), { 3: '64497' });
  edge.announce(0, A);
  edge.announce(2, A, { path: [64498, 7, 7, 7] });
  edge.work(receiver);
  t.same(paths(receiver), { 2: '64496', 3: '64497', 4: '64498' });
  const { announced, withdrawn } = receiver;
  edge.announce(2, A, { path: [64498, 8] });
  edge.work(receiver);
  t.equal(receiver.announced - announced, 1, 'the changed one alone, though it is not the best');
  feed(edge.rib, peerIndex(0), { withdraw: [A] });
  edge.work(receiver);
  t.same(paths(receiver), { 3: '64497', 4: '64498' });
  t.equal(receiver.withdrawn - withdrawn, 1, 'the best one is withdrawn by its identifier');
  t.equal(receiver.announced - announced, 1, 'and nothing is announced in its place');
  t.end();
});

t.test('the paths of a neighbour that is lost are withdrawn, and no others', (t) => {
  const edge = new Edge();
  const receiver = joined(edge);
  for (const source of [0, 1, 2]) for (const prefix of [A, B]) edge.announce(source, prefix);
  edge.work(receiver);
  edge.rib.peerDown(peerIndex(1));
  edge.work(receiver);
  t.same(paths(receiver, A), { 2: '64496', 4: '64498' });
  t.same(paths(receiver, B), { 2: '64496', 4: '64498' });
  edge.groups.checkInvariants();
  t.end();
});

t.test('a path that may not be sent holds back none of the others', (t) => {
  const edge = new Edge();
  const receiver = joined(edge);
  edge.announce(0, A, { communities: [0xffffff01] });
  edge.announce(1, A, { path: [64497, 64999] });
  edge.announce(2, A);
  edge.work(receiver);
  t.same(paths(receiver), { 4: '64498' }, 'NO_EXPORT and a loop stay here');
  edge.announce(2, A, { communities: [0xffffff01] });
  edge.work(receiver);
  t.same(paths(receiver), {});
  t.end();
});

t.test('a prefix of ours has no learned path, and has them again when it is not ours', (t) => {
  const edge = new Edge();
  const receiver = joined(edge);
  for (const source of [0, 1]) edge.announce(source, A);
  edge.work(receiver);
  edge.groups.setOwnPrefixes([parsePrefix(A)].filter((prefix) => prefix !== undefined));
  t.same(paths(receiver), {}, 'at once');
  edge.groups.setOwnPrefixes([]);
  edge.work(receiver);
  t.same(paths(receiver), { 2: '64496', 3: '64497' });
  t.end();
});

t.test('who comes late is sent everything, a prefix with more than a chunk of paths too', (t) => {
  const edge = new Edge();
  const context = { ...PATHS, ...EXTENDED };
  const first = joined(edge, context);
  const raw = [0xd0, 99, 0x9c, 0x40, ...new Array<number>(40_000).fill(1)];
  for (const source of [0, 1, 2]) {
    edge.announce(source, A, { raw }, { ...FOUR_OCTET, ...EXTENDED });
    edge.announce(source, B);
  }
  edge.work(first);
  const late = joined(edge, context);
  edge.work(first, late);
  for (const receiver of [first, late]) {
    t.same(Object.keys(paths(receiver, A)), ['2', '3', '4']);
    t.same(Object.keys(paths(receiver, B)), ['2', '3', '4']);
    t.same(receiver.endOfRib, ['ipv4', 'ipv6']);
  }
  const { announced } = late;
  late.membership?.refresh('ipv4', false);
  edge.work(first, late);
  t.equal(late.announced - announced, 6, 'RFC 2918: all of them again, each once');
  t.end();
});

t.test('what is watched for is what somebody is sent', (t) => {
  const edge = new Edge();
  t.equal(edge.rib.table.everyPath, false);
  const receiver = joined(edge);
  t.equal(edge.rib.table.everyPath, true);
  receiver.leave();
  t.equal(edge.rib.table.everyPath, false);
  t.end();
});
