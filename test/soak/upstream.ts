/** An upstream that announces and withdraws all the time, and knows what it has announced. */

import { Peer } from './peer.ts';
import { announcement, type ModelRoute, readUpdate } from './route.ts';

/** Octets that may wait for the daemon before more is said. */
const ROOM = 256 * 1024;

export class Upstream extends Peer {
  readonly table = new Map<string, ModelRoute>();
  /** UPDATEs of the churn that were sent. */
  sent = 0;

  /** Says it, if there is a session and room. */
  say(message: Uint8Array): void {
    if (!this.up || this.unsent > ROOM) return;
    this.sent++;
    this.send(message);
    const { announced, withdrawn } = readUpdate(message);
    for (const prefix of withdrawn) this.table.delete(prefix);
    for (const route of announced) this.table.set(route.prefix, route);
  }

  /** What the daemon must take for a withdrawal (RFC 7606): ORIGIN of two octets. */
  sayFaulty(): void {
    const [route] = [...this.table.values()].filter(({ family }) => family === 'ipv4');
    if (!this.up || !route) return;
    const faulty = announcement(route);
    const at = originAt(faulty);
    if (at < 0) return;
    faulty[at + 3] = 7; // no such ORIGIN
    this.send(faulty);
    this.table.delete(route.prefix);
  }

  /** All of it again: the daemon has forgotten it. */
  protected override established(): void {
    for (const route of this.table.values()) this.send(announcement(route));
  }
}

/** Where a narrow ORIGIN stands as the first attribute; -1: it does not. */
function originAt(message: Uint8Array): number {
  const at = 19 + 2 + 2;
  return message[at + 1] === 1 && message[at + 2] === 1 ? at : -1;
}
