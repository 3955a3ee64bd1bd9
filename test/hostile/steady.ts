/**
 * The well-behaved neighbours, in a process of their own, so that what is measured of the daemon's
 * KEEPALIVEs is the daemon's doing: an upstream with a table and, where asked for, a downstream that
 * takes everything. Orders come and findings go as messages of the parent process.
 */

import { visitNlri } from '../../bench/feeder/messages.ts';
import { Peer } from '../soak/peer.ts';
import { type Findings, type Order, STEADY_HOLD_TIME, type SteadyPlan } from './steadyTerms.ts';
import { familyAt, tableOf } from './table.ts';

class Listening extends Peer {
  #heardAt = performance.now();
  #silence = 0;

  silence(): number {
    const silence = Math.max(this.#silence, performance.now() - this.#heardAt);
    this.#silence = 0;
    return silence;
  }

  protected override heard(): void {
    const now = performance.now();
    this.#silence = Math.max(this.#silence, now - this.#heardAt);
    this.#heardAt = now;
  }
}

class Source extends Listening {
  protected override established(): void {
    this.send(table.announced);
  }

  /** Everything anew: all of it has to be told to whoever does read. */
  repeat(): void {
    this.send(table.withdrawn);
    this.send(table.announced);
  }
}

class Taker extends Listening {
  readonly held = new Set<string>();

  protected override received(update: Uint8Array): void {
    const octets = Buffer.from(update.buffer, update.byteOffset, update.length);
    visitNlri(octets, 0, (change, from, to) => {
      const family = familyAt(octets, from);
      for (let at = from; at < to; ) {
        const end = at + 1 + Math.ceil(octets[at]! / 8);
        const prefix = family + octets.toString('latin1', at, end);
        if (change === 'announced') this.held.add(prefix);
        else this.held.delete(prefix);
        at = end;
      }
    });
  }

  protected override lost(): void {
    this.held.clear();
  }
}

const plan: SteadyPlan = JSON.parse(process.argv[2] ?? '');
const table = tableOf(plan.prefixes, 0);
const common = { daemonPort: plan.daemonPort, holdTime: STEADY_HOLD_TIME };
const source = new Source({
  ...common,
  name: 'steady',
  asn: table.asn,
  address: '127.0.0.11',
  identifier: '0a000001',
});
const taker = new Taker({
  ...common,
  name: 'taker',
  asn: 64701,
  address: '127.0.0.12',
  identifier: '0a000002',
});
const peers = plan.receives ? [source, taker] : [source];

function findings(): Findings {
  return {
    up: peers.every(({ up }) => up),
    ended: peers.reduce((sum, { ended }) => sum + ended, 0),
    silence: Math.max(...peers.map((peer) => peer.silence())),
    held: taker.held.size,
    faults: peers.flatMap(({ faults }) => faults),
  };
}

process.on('message', (order: Order) => {
  if (order === 'findings') process.send?.(findings());
  else if (order === 'repeat') source.repeat();
  else for (const peer of [source, taker]) peer.stop();
  if (order === 'stop') process.disconnect();
});
process.on('disconnect', () => process.exit());
for (const peer of peers) await peer.start();
