/**
 * All BFD sessions of this machine, in the thread that is theirs: which packet is for which session
 * (RFC 5880 §6.3, §6.8.6), and the sockets they come by.
 */

import type { Socket } from 'node:dgram';
import { errorText } from '../net/errorText.ts';
import type { Family } from '../net/family.ts';
import { parseAddress } from '../net/text.ts';
import type { Clock } from '../session/clock.ts';
import { type AuthenticationKey, type Hash, hashOf } from './authentication.ts';
import { Authenticator } from './authenticator.ts';
import type { DiscardReason } from './discard.ts';
import { listenOn } from './listenSocket.ts';
import type { BfdTarget, FromThread } from './messages.ts';
import { decodePacket } from './packet.ts';
import { Runner } from './runner.ts';
import { MULTIHOP_PORT, SendSocket, SINGLE_HOP_PORT } from './sendSocket.ts';

export interface EngineOptions {
  readonly clock: Clock;
  /** 32 bits, not 0: whoever guessed our discriminator could speak for the neighbour. */
  readonly unguessable: () => number;
  readonly hash: Hash;
  readonly tell: (message: FromThread) => void;
  /** For tests. */
  readonly ports?: { readonly single: number; readonly multi: number };
}

interface Session {
  readonly target: BfdTarget;
  readonly discriminator: number;
  readonly runner: Runner;
  readonly socket: SendSocket;
}

/** How often what `show` shows is told to the main thread, in ms. */
const COUNTS_EVERY = 1000;

export class Engine {
  readonly #options: EngineOptions;
  readonly #sessions = new Map<string, Session>();
  readonly #byDiscriminator = new Map<number, Session>();
  readonly #listening = new Map<string, Promise<Socket>>();
  #strangers = 0;
  #cancelCounts = () => {};
  #lastCounts = '';

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  /** Makes the sessions these. */
  configure(targets: readonly BfdTarget[]): void {
    const wanted = new Map(targets.map((target) => [target.neighbour, target]));
    for (const [name, session] of this.#sessions) {
      const next = wanted.get(name);
      if (!next || !isOneSession(next, session.target)) this.#end(name, session);
    }
    for (const target of targets) this.#configureOne(target);
    this.#tellCounts();
  }

  /** Tells every other end that this is no failure (RFC 5880 §6.8.16), and closes everything. */
  stop(): void {
    this.#cancelCounts();
    for (const [name, session] of this.#sessions) this.#end(name, session);
    for (const socket of this.#listening.values()) {
      void socket.then(
        (open) => open.close(),
        () => {},
      );
    }
    this.#listening.clear();
  }

  #configureOne(target: BfdTarget): void {
    const session = this.#sessions.get(target.neighbour);
    if (session) {
      session.runner.change(target);
      return;
    }
    const unable = this.#hashFault(target);
    if (unable !== undefined) {
      this.#options.tell({ type: 'failed', neighbours: [target.neighbour], cause: unable });
      return;
    }
    this.#listen(target);
    const { clock } = this.#options;
    const discriminator = this.#freeDiscriminator();
    const socket = new SendSocket(target, clock.random);
    const runner = new Runner({
      clock,
      discriminator,
      parameters: target,
      authenticator: this.#authenticator(target),
      send: (octets) => socket.send(octets),
      onState: (told) => this.#tellState(target.neighbour, told),
    });
    const made = { target, discriminator, runner, socket };
    this.#sessions.set(target.neighbour, made);
    this.#byDiscriminator.set(discriminator, made);
    this.#tellState(target.neighbour, runner.told());
  }

  #freeDiscriminator(): number {
    let free = this.#options.unguessable();
    while (free === 0 || this.#byDiscriminator.has(free)) free = this.#options.unguessable();
    return free;
  }

  #authenticator({ authentication: key }: BfdTarget): Authenticator | undefined {
    const { unguessable, hash } = this.#options;
    return key && new Authenticator({ key, firstSequence: unguessable(), hash });
  }

  /** OpenSSL may be forbidden to (FIPS): then that session cannot run, and the others do. */
  #hashFault({ authentication: key }: BfdTarget): string | undefined {
    const name = key && hashOf(key);
    if (!name) return undefined;
    try {
      this.#options.hash(name, new Uint8Array());
      return undefined;
    } catch (error) {
      return `this machine does not hash by ${name}: ${errorText(error)}`;
    }
  }

  #end(name: string, { runner, socket, discriminator }: Session): void {
    runner.end();
    socket.close();
    this.#sessions.delete(name);
    this.#byDiscriminator.delete(discriminator);
  }

  #listen({ family, multihop }: BfdTarget): void {
    const { single, multi } = this.#options.ports ?? {
      single: SINGLE_HOP_PORT,
      multi: MULTIHOP_PORT,
    };
    const key = `${family} ${multihop}`;
    if (this.#listening.has(key)) return;
    const opening = this.#open(family, multihop ? multi : single, multihop);
    this.#listening.set(key, opening);
    opening.catch((error) => {
      this.#listening.delete(key);
      const neighbours = [...this.#sessions.values()]
        .filter(({ target }) => target.family === family && target.multihop === multihop)
        .map(({ target }) => target.neighbour);
      this.#options.tell({ type: 'failed', neighbours, cause: errorText(error) });
    });
  }

  async #open(family: Family, port: number, multihop: boolean): Promise<Socket> {
    const socket = await listenOn(family, port, !multihop);
    socket.on('message', (octets, { address }) => this.receive(octets, address, multihop));
    // Nothing is sent by it: what it says of others' packets is no news.
    socket.on('error', () => {});
    return socket;
  }

  /** `source` may have a scope. */
  receive(octets: Uint8Array, source: string, multihop: boolean): void {
    const [address = '', scope] = source.split('%');
    const own = this.#from(parseAddress(address)?.text, scope, multihop);
    const decoded = decodePacket(octets);
    if ('fault' in decoded) {
      this.#discard(own, 'malformed');
      return;
    }
    const { packet } = decoded;
    const session =
      packet.yourDiscriminator === 0 ? own : this.#byDiscriminator.get(packet.yourDiscriminator);
    // Whoever knows the discriminator must have the neighbour's address, too; and no session of ours
    // lets the other end ask for silence (demand mode, RFC 5880 §6.6).
    if (!session || session !== own) this.#discard(own, 'other-session');
    else if (packet.demand) this.#discard(own, 'demand');
    else session.runner.receive(decoded);
  }

  #from(address: string | undefined, scope: string | undefined, multihop: boolean) {
    for (const session of this.#sessions.values()) {
      const { target } = session;
      if (target.address !== address || target.multihop !== multihop) continue;
      if (scope === undefined || target.interface === undefined || scope === target.interface) {
        return session;
      }
    }
    return undefined;
  }

  #discard(session: Session | undefined, reason: DiscardReason): void {
    if (session) session.runner.discard(reason);
    else this.#strangers++;
  }

  #tellState(neighbour: string, told: ReturnType<Runner['told']>): void {
    this.#options.tell({ type: 'state', neighbour, at: this.#options.clock.wall(), ...told });
    this.#tellCountsSoon();
  }

  #tellCountsSoon(): void {
    this.#cancelCounts();
    this.#cancelCounts = this.#options.clock.after(COUNTS_EVERY, () => this.#tellCounts());
  }

  #tellCounts(): void {
    const counts = [...this.#sessions].map(([name, { runner }]) => runner.counts(name));
    const strangers = this.#strangers;
    const text = JSON.stringify([counts, strangers]);
    if (text !== this.#lastCounts) this.#options.tell({ type: 'counts', counts, strangers });
    this.#lastCounts = text;
    this.#tellCountsSoon();
  }
}

/** Another password is agreed on anew, too: what came by the old one says nothing any more. */
function isOneSession(a: BfdTarget, b: BfdTarget): boolean {
  return placeOf(a) === placeOf(b) && isOneKey(a.authentication, b.authentication);
}

/** With another of these it is another session. */
function placeOf({ address, localAddress, interface: link, multihop }: BfdTarget): string {
  return JSON.stringify([address, localAddress, link, multihop]);
}

function isOneKey(a: AuthenticationKey | undefined, b: AuthenticationKey | undefined): boolean {
  if (!a || !b) return a === b;
  const { length } = a.password;
  const same =
    length === b.password.length && a.password.every((each, i) => each === b.password[i]);
  return same && a.kind === b.kind && a.id === b.id;
}
