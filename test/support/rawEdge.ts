/** The production daemon's core on loopback, every neighbour of it made of octets. In real time. */

import type { Test } from 'tap';
import { Announcing } from '../../src/daemon/announcing.ts';
import type { DaemonEvent } from '../../src/daemon/events.ts';
import { systemClock } from '../../src/session/clock.ts';
import type { SpeakerEvent } from '../../src/speaker/speaker.ts';
import { Happenings } from './happenings.ts';
import { configOf, onAnyPort } from './ownRoute.ts';
import { type RawOpen, RawPeer, TYPE } from './rawPeer.ts';

export interface RawEdge {
  readonly events: Happenings<DaemonEvent | SpeakerEvent>;
  readonly announcing: Announcing;
  /** A connection from that address, Established. */
  readonly up: (address: string, open: RawOpen) => Promise<RawPeer>;
  /** The same, before any OPEN. */
  readonly connect: (address: string) => Promise<RawPeer>;
}

/** `neighbours` is the file without its head, which says AS 64500 and 192.0.2.1. */
export async function rawEdge(t: Test, neighbours: string): Promise<RawEdge> {
  const text = `asn: 64500\nrouter-id: 192.0.2.1\nlisten: ["127.0.0.1:1179"]\n${neighbours}`;
  const events = new Happenings<DaemonEvent | SpeakerEvent>();
  const config = onAnyPort(configOf(text));
  const announcing = new Announcing({ config, clock: systemClock, onEvent: events.record });
  await announcing.start();
  const port = announcing.listening()[0]?.port ?? 0;
  const peers: RawPeer[] = [];
  t.teardown(async () => {
    for (const peer of peers) peer.destroy();
    await announcing.stop('the test is over');
  });
  const connect = async (address: string) => {
    const peer = await RawPeer.connect(port, '127.0.0.1', address);
    peers.push(peer);
    return peer;
  };
  const up = async (address: string, open: RawOpen) => {
    const peer = await connect(address);
    await peer.establish(open);
    return peer;
  };
  return { events, announcing, up, connect };
}

const END_OF_RIB = '00000000';

/** The bodies of all UPDATEs up to End-of-RIB of IPv4, which is not among them. */
export async function initialRoutes(peer: RawPeer): Promise<readonly string[]> {
  const bodies: string[] = [];
  for (;;) {
    const { body } = await peer.nextOf(TYPE.update);
    if (body === END_OF_RIB) return bodies;
    bodies.push(body);
  }
}
