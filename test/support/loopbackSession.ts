/** A production `Session` on loopback against a `RawPeer`, on virtual time. */

import type { Test } from 'tap';
import type { PeerIndex } from '../../src/rib/ribIn.ts';
import type { SessionEvent } from '../../src/session/events.ts';
import { ReadBudget } from '../../src/session/readBudget.ts';
import { Session } from '../../src/session/session.ts';
import { configOf } from './ownRoute.ts';
import { RawListener, type RawOpen, type RawPeer } from './rawPeer.ts';
import { testRib } from './testRib.ts';
import { VirtualClock } from './virtualClock.ts';

export const LOCAL_AS = 64500;
export const PEER_AS = 64496;

export interface LoopbackSession {
  readonly session: Session;
  readonly clock: VirtualClock;
  readonly listener: RawListener;
  readonly events: readonly SessionEvent[];
  /** Resolves with the first event of this type from now on. */
  readonly happens: <Type extends SessionEvent['type']>(
    type: Type,
  ) => Promise<SessionEvent & { type: Type }>;
  /** Starts the session and answers its OPEN; resolves when it is Established. */
  readonly establish: (open?: Partial<RawOpen>) => Promise<RawPeer>;
}

/** `keys` are more of the upstream's keys, as YAML in flow style. */
export async function loopbackSession(
  t: Test,
  keys = '',
  rib = testRib(),
): Promise<LoopbackSession> {
  const listener = await RawListener.start();
  const config = configOf(`
asn: ${LOCAL_AS}
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
upstreams:
  peer: { asn: ${PEER_AS}, address: 127.0.0.1, port: ${listener.port}, ${keys} }
`);
  const neighbour = config.upstreams[0];
  if (!neighbour) throw new Error('the file names an upstream');
  const clock = new VirtualClock();
  const events: SessionEvent[] = [];
  const waiting = new Map<string, (event: SessionEvent) => void>();
  const session = new Session(
    { localAs: config.asn, routerId: config.routerId, neighbour },
    0 as PeerIndex,
    {
      clock,
      budget: new ReadBudget(clock),
      rib,
      exporter: rib,
      onEvent: (event) => {
        events.push(event);
        waiting.get(event.type)?.(event);
        waiting.delete(event.type);
      },
    },
  );
  t.teardown(async () => {
    await listener.close();
    await session.end({ subcode: 2, communication: '' });
  });
  const happens = <Type extends SessionEvent['type']>(type: Type) =>
    new Promise<SessionEvent & { type: Type }>((resolve) => {
      waiting.set(type, (event) => resolve(event as SessionEvent & { type: Type }));
    });
  const establish = async (open: Partial<RawOpen> = {}) => {
    const up = happens('SessionUp');
    session.start();
    const peer = await listener.next();
    await peer.establish({ asn: PEER_AS, ...open });
    await up;
    return peer;
  };
  return { session, clock, listener, events, happens, establish };
}
