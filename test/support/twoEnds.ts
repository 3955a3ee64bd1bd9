/**
 * Two speakers against each other over a network whose every delay is a choice: `moves` lists what
 * may happen next, `make` makes it happen. Worlds are plain values, so that a test can walk all of
 * them.
 *
 * A connection is known by its opener and number. Octets of one direction stay in order; nothing
 * else does: the opener learns that it is connected, and the acceptor's program of the connection,
 * at any time after the handshake. `fin` ends a direction; what is sent to an end that has closed
 * comes back as a reset, which overtakes what that end had sent before.
 */

import type { ConnectionEvent } from '../../src/fsm/events.ts';
import type { Side } from '../../src/fsm/neighbour.ts';
import type { Program, Ran } from './program.ts';

export type End = 'a' | 'b';
export const ENDS = ['a', 'b'] as const;
const OTHER = { a: 'b', b: 'a' } as const;
const SIDES = ['outgoing', 'incoming'] as const;

type Segment = ConnectionEvent | { readonly type: 'fin' };

interface Pipe {
  /** `new`: the end's program does not know of the connection yet. */
  readonly end: 'new' | 'open' | 'closed';
  /** What is under way to this end. */
  readonly queue: readonly Segment[];
}

interface Connection {
  readonly opener: End;
  readonly isShaken: boolean;
  readonly at: Readonly<Record<End, Pipe>>;
}

export interface World {
  readonly programs: Readonly<Record<End, Program>>;
  /** Which connection each side has. */
  readonly legs: Readonly<Record<End, Readonly<Record<Side, number | undefined>>>>;
  readonly connections: readonly Connection[];
  readonly toStart: readonly End[];
  /** ConnectRetryTimers that may still expire. */
  readonly retries: Readonly<Record<End, number>>;
}

export interface Move {
  readonly text: string;
  readonly make: () => World;
}

/** Neither end is started; each may retry so many times. */
export function worldOf(a: Program, b: Program, retries = { a: 0, b: 0 }): World {
  const none = { outgoing: undefined, incoming: undefined };
  return {
    programs: { a, b },
    legs: { a: none, b: none },
    connections: [],
    toStart: ['a', 'b'],
    retries,
  };
}

/** Everything is faster than the timers that bound a collision: they expire when all else is done. */
export function moves(world: World): readonly Move[] {
  const starts = world.toStart.map((end) => ({
    text: `start ${end}`,
    make: () => start(world, end),
  }));
  const retries = ENDS.filter((end) => world.retries[end] > 0 && world.programs[end].canRetry).map(
    (end) => ({ text: `retry ${end}`, make: () => retry(world, end) }),
  );
  const network = world.connections.flatMap((connection, id) => [
    ...handshake(world, connection, id),
    ...ENDS.flatMap((end) => arrivals(world, connection, id, end)),
  ]);
  const fast = [...starts, ...retries, ...network];
  return fast.length > 0
    ? fast
    : ENDS.filter((end) => world.programs[end].isPatient).map((end) => expiry(world, end));
}

function expiry(world: World, end: End): Move {
  return {
    text: `patience ${end}`,
    make: () => run(world, end, (program) => program.endPatience()),
  };
}

export function start(world: World, end: End): World {
  const toStart = world.toStart.filter((each) => each !== end);
  return run({ ...world, toStart }, end, (program) => program.start());
}

function retry(world: World, end: End): World {
  const retries = { ...world.retries, [end]: world.retries[end] - 1 };
  return run({ ...world, retries }, end, (program) => program.retry());
}

function handshake(world: World, connection: Connection, id: number): readonly Move[] {
  const { opener, isShaken } = connection;
  if (isShaken) return [];
  const make = () => withConnection(world, id, { ...connection, isShaken: true });
  return [{ text: `handshake ${opener}${id}`, make }];
}

/** What may happen next to the connection at `end`. */
function arrivals(world: World, connection: Connection, id: number, end: End): readonly Move[] {
  const { opener, isShaken, at } = connection;
  const pipe = at[end];
  const name = `${opener}${id}`;
  if (isShaken && pipe.end === 'new') {
    return end === opener
      ? [{ text: `connected ${name}`, make: () => connected(world, id, end) }]
      : [{ text: `accept ${name}`, make: () => accept(world, id, end) }];
  }
  const [segment] = pipe.queue;
  if (!segment || pipe.end === 'new') return [];
  return [{ text: `${segment.type} ${name}→${end}`, make: () => deliver(world, id, end, segment) }];
}

function connected(world: World, id: number, end: End): World {
  const next = withPipe(world, id, end, { end: 'open' });
  return run(next, end, (program) => program.step('outgoing', { type: 'TcpCRAcked' }));
}

function accept(world: World, id: number, end: End): World {
  if (!world.programs[end].accepts) return close(world, id, end);
  const next = withLeg(withPipe(world, id, end, { end: 'open' }), end, 'incoming', id);
  return run(next, end, (program) => program.step('incoming', { type: 'TcpConnectionConfirmed' }));
}

function deliver(world: World, id: number, end: End, segment: Segment): World {
  const { at } = connectionOf(world, id);
  const next = withPipe(world, id, end, { queue: at[end].queue.slice(1) });
  const side = SIDES.find((each) => world.legs[end][each] === id);
  if (!side) return segment.type === 'fin' ? next : reset(next, id, OTHER[end]);
  if (segment.type !== 'fin') return run(next, end, (program) => program.step(side, segment));
  const gone = withLeg(close(next, id, end), end, side, undefined);
  const failed = { type: 'TcpConnectionFails', cause: 'closed' } as const;
  return run(gone, end, (program) => program.step(side, failed));
}

/** Octets came to a closed end: its kernel answers with a reset, and what was under way is lost. */
function reset(world: World, id: number, end: End): World {
  return connectionOf(world, id).at[end].end === 'closed'
    ? world
    : withPipe(world, id, end, { queue: [{ type: 'fin' }] });
}

function close(world: World, id: number, end: End): World {
  const closed = withPipe(world, id, end, { end: 'closed', queue: [] });
  return connectionOf(closed, id).at[OTHER[end]].end === 'closed'
    ? closed
    : send(closed, id, end, { type: 'fin' });
}

function send(world: World, id: number, from: End, segment: Segment): World {
  const to = OTHER[from];
  const { queue } = connectionOf(world, id).at[to];
  return withPipe(world, id, to, { queue: [...queue, segment] });
}

function run(world: World, end: End, does: (program: Program) => Ran): World {
  const [program, actions] = does(world.programs[end]);
  const next = { ...world, programs: { ...world.programs, [end]: program } };
  return actions.reduce((w, { side, action }) => {
    if (action.type === 'connectTcp') return dial(w, end);
    const id = w.legs[end][side];
    if (id === undefined) return w;
    switch (action.type) {
      case 'dropTcp':
        return withLeg(close(w, id, end), end, side, undefined);
      case 'sendOpen':
        return send(w, id, end, { type: 'BGPOpen', open: action.open });
      case 'sendKeepalive':
        return send(w, id, end, { type: 'KeepAliveMsg' });
      case 'sendNotification':
        return send(w, id, end, { type: 'NotifMsg', notification: action.notification });
      default:
        return w;
    }
  }, next);
}

function dial(world: World, end: End): World {
  const fresh: Pipe = { end: 'new', queue: [] };
  const connection: Connection = { opener: end, isShaken: false, at: { a: fresh, b: fresh } };
  const id = world.connections.length;
  return withLeg(
    { ...world, connections: [...world.connections, connection] },
    end,
    'outgoing',
    id,
  );
}

function connectionOf(world: World, id: number): Connection {
  return world.connections[id]!;
}

function withConnection(world: World, id: number, connection: Connection): World {
  return { ...world, connections: world.connections.with(id, connection) };
}

function withPipe(world: World, id: number, end: End, changed: Partial<Pipe>): World {
  const connection = connectionOf(world, id);
  const at = { ...connection.at, [end]: { ...connection.at[end], ...changed } };
  return withConnection(world, id, { ...connection, at });
}

function withLeg(world: World, end: End, side: Side, id: number | undefined): World {
  return { ...world, legs: { ...world.legs, [end]: { ...world.legs[end], [side]: id } } };
}

/** Two worlds with the same key have the same future. */
export function worldKey(world: World): string {
  const ends = ENDS.map((end) => {
    const { outgoing, incoming } = world.legs[end];
    return `${world.programs[end].text} ${outgoing} ${incoming} ${world.retries[end]}`;
  });
  const connections = world.connections.map(({ opener, isShaken, at }) => {
    const pipes = [at.a, at.b].map(({ end, queue }) => `${end} ${queue.map(segmentText)}`);
    return `${opener} ${isShaken} ${pipes.join('|')}`;
  });
  return [...world.toStart, ...ends, ...connections].join('\n');
}

function segmentText(segment: Segment): string {
  return segment.type === 'NotifMsg'
    ? `${segment.notification.code}/${segment.notification.subcode}`
    : segment.type;
}
