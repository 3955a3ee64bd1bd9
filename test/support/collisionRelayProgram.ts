/**
 * A program that stands between pairs of speakers and makes their connections meet: what one opens
 * is held until the other has opened one, too, and everything then takes its time. Its argument is
 * JSON, a list of `Pair`s. It prints `held NAME` and `met NAME`; SIGUSR2 turns the path around.
 */

import { connect, createServer, type Socket } from 'node:net';

/** Where one of the two connects to, and where that leads. */
export interface Way {
  readonly name: string;
  readonly listen: string;
  readonly to: string;
  /** As whom: the other one knows its neighbour by this address. */
  readonly from: string;
  /** How long a connection waits for one of the opposite direction, in ms; null: without end. */
  readonly patience: number | null;
}

/** There and back. */
export type Pair = readonly [Way, Way];

const PORT = 179;
/**
 * In ms. Unequal, because of both kinds of trouble: what is quick may overtake, on one connection, the
 * answer to what came slowly on the other; and whoever is heard late may have decided early.
 */
const delays = { there: 60, back: 20 };

class Direction {
  readonly #way: Way;
  readonly #side: keyof typeof delays;
  readonly #held = new Set<() => void>();
  #open = 0;

  constructor(way: Way, side: keyof typeof delays) {
    this.#way = way;
    this.#side = side;
  }

  listen(opposite: Direction): void {
    const server = createServer({ pauseOnConnect: true, noDelay: true }, (near) => {
      near.on('error', () => {}); // its `close` is what counts
      this.#open++;
      near.once('close', () => this.#open--);
      if (opposite.#open > 0) {
        console.log(`met ${this.#way.name}`);
        this.#forward(near);
        opposite.#release();
      } else this.#hold(near);
    });
    server.listen(PORT, this.#way.listen);
  }

  #hold(near: Socket): void {
    const { name, patience } = this.#way;
    const go = () => {
      clearTimeout(timer);
      this.#held.delete(go);
      this.#forward(near);
    };
    const timer = patience === null ? undefined : setTimeout(go, patience);
    this.#held.add(go);
    console.log(`held ${name}`);
  }

  #release(): void {
    for (const go of this.#held) go();
  }

  #forward(near: Socket): void {
    const { to, from } = this.#way;
    const [out, home] =
      this.#side === 'there' ? [delays.there, delays.back] : [delays.back, delays.there];
    setTimeout(() => {
      if (near.destroyed) return;
      const far = connect({ host: to, port: PORT, localAddress: from, noDelay: true });
      far.on('error', () => near.destroy());
      far.once('connect', () => {
        carry(near, far, out);
        carry(far, near, home);
      });
    }, out);
  }
}

function carry(from: Socket, to: Socket, delay: number): void {
  from.on('data', (chunk: Buffer) => setTimeout(() => to.write(chunk), delay));
  from.resume();
  from.once('end', () => setTimeout(() => to.end(), delay));
  from.once('close', (failed: boolean) => {
    if (failed) setTimeout(() => to.destroy(), delay);
  });
}

const pairs: readonly Pair[] = JSON.parse(process.argv[2] ?? '[]');
for (const [one, other] of pairs) {
  const there = new Direction(one, 'there');
  const back = new Direction(other, 'back');
  there.listen(back);
  back.listen(there);
}
process.on('SIGUSR2', () => {
  [delays.there, delays.back] = [delays.back, delays.there];
});
console.log('listening');
