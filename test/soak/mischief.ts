/** What happens to the daemon while it works: a deed every second or so, in a seeded order. */

import { connect, type Socket } from 'node:net';
import type { Random } from '../fuzz/random.ts';
import { rawMessage } from '../support/rawPeer.ts';
import type { Daemon } from './daemon.ts';
import type { Downstream } from './downstream.ts';
import type { Upstream } from './upstream.ts';

const INTERVAL = 1000;
const STRANGER = '127.0.0.99';
/** How long a stranger that says nothing may hope, in ms. */
const HOPE = 5000;

export interface Scene {
  readonly daemon: Daemon;
  readonly daemonPort: number;
  readonly upstreams: readonly Upstream[];
  readonly downstreams: readonly Downstream[];
  readonly file: () => object;
  readonly random: Random;
  readonly faults: string[];
}

/** By name, how often in twenty. */
const DEEDS = {
  faulty: 5,
  stranger: 4,
  reload: 3,
  slow: 3,
  'bad file': 2,
  reset: 1,
  cease: 1,
  garbage: 1,
} as const;

type Deed = keyof typeof DEEDS;

const DRAWN = Object.entries(DEEDS).flatMap(([deed, share]) =>
  Array<Deed>(share).fill(deed as Deed),
);

export class Mischief {
  readonly #scene: Scene;
  readonly #counts = new Map<Deed, number>();
  #timer: NodeJS.Timeout | undefined;
  #reloading: Promise<void> = Promise.resolve();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  start(): void {
    this.#timer = setInterval(() => this.#do(this.#scene.random.pick(DRAWN)), INTERVAL);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reloading;
  }

  text(): string {
    return [...this.#counts].map(([deed, count]) => `${deed} ${count}`).join(', ');
  }

  #do(deed: Deed): void {
    const { upstreams, downstreams, random } = this.#scene;
    this.#counts.set(deed, (this.#counts.get(deed) ?? 0) + 1);
    const victim = random.pick(upstreams);
    switch (deed) {
      case 'reset':
        victim.end((socket) => socket.resetAndDestroy());
        break;
      case 'cease':
        victim.end((socket) => socket.end(Buffer.from(rawMessage(3, '0602'), 'hex')));
        break;
      case 'garbage':
        victim.end((socket) => socket.write(this.#noise()));
        break;
      case 'faulty':
        victim.sayFaulty();
        break;
      case 'slow':
        downstreams[1]?.pause(500 + random.below(4000));
        break;
      case 'stranger':
        this.#stranger();
        break;
      case 'reload':
        this.#reload(this.#scene.file(), 200);
        break;
      case 'bad file':
        this.#reload('asn: [', 422);
        break;
    }
  }

  #noise(): Uint8Array {
    // Never a marker: the header must be what is wrong.
    return Uint8Array.from({ length: 64 }, () => this.#scene.random.below(255));
  }

  /** Ten at once: half of them talk, half say nothing. */
  #stranger(): void {
    for (let i = 0; i < 10; i++) {
      const options = { host: '127.0.0.1', localAddress: STRANGER };
      const socket: Socket = connect({ ...options, port: this.#scene.daemonPort });
      socket.on('error', () => {});
      if (i % 2 === 0) socket.write(this.#noise());
      setTimeout(() => socket.destroy(), HOPE);
    }
  }

  /** One at a time, or the file that is read is not the one that was meant. */
  #reload(content: unknown, expected: number): void {
    const { daemon, faults } = this.#scene;
    this.#reloading = this.#reloading.then(async () => {
      const status = await daemon.reload(content);
      if (status !== expected) faults.push(`a reload was answered ${status}, not ${expected}`);
    });
  }
}
