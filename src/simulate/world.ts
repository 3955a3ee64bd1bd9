/**
 * The announcer on virtual time, with upstreams that take what they are sent at once: the production
 * decision, its wake-ups, and what is charged for what went out. Times are milliseconds since the
 * epoch.
 */

import { lost, sent } from '../announcer/charge.ts';
import { decide, type Outcome } from '../announcer/decide.ts';
import type { Facts, SessionFact, TrafficFact } from '../announcer/facts.ts';
import type { SignFact, SignKind } from '../announcer/sign.ts';
import { initialState, type State } from '../announcer/state.ts';
import type { Config, UpstreamConfig } from '../config/config.ts';
import type { CheckFact, CheckState } from '../monitor/check.ts';
import type { LinkFact, PathFact } from '../monitor/link.ts';
import { AdjRibOut, type Difference } from '../rib/adjRibOut.ts';
import { termsKey } from '../rib/ownRoute.ts';

/** What an upstream saw. */
export interface Sight {
  readonly at: number;
  readonly upstream: string;
  readonly prefix: string;
  /** The attributes; undefined: withdrawn, or lost with the session. */
  readonly attributes: string | undefined;
}

interface Wire {
  readonly out: AdjRibOut;
  readonly upstream: UpstreamConfig;
}

/** A prober that lives renews in time. */
const LIVE = Number.POSITIVE_INFINITY;

export class World {
  now: number;
  outcome: Outcome;
  readonly #config: Config;
  readonly #onSight: (sight: Sight) => void;
  readonly #links = new Map<string, LinkFact>();
  readonly #checks = new Map<string, CheckFact>();
  readonly #sessions = new Map<string, SessionFact>();
  readonly #signs = new Map<string, readonly SignFact[]>();
  readonly #traffic = new Map<string, TrafficFact>();
  readonly #paths: ReadonlyMap<string, PathFact>;
  readonly #wires: ReadonlyMap<string, Wire>;
  #stopping: string | undefined;
  #together = false;
  #state: State;

  /** Every session is down at first: see `session`. */
  constructor(
    config: Config,
    now: number,
    onSight: (sight: Sight) => void = () => {},
    state: State = initialState(config),
  ) {
    this.#config = config;
    this.#onSight = onSight;
    this.#state = state;
    this.now = now;
    this.#paths = new Map(config.upstreams.map(({ name }) => [name, pathOf(name)]));
    this.#wires = new Map(
      config.upstreams.map((upstream) => [upstream.name, { out: new AdjRibOut(), upstream }]),
    );
    this.outcome = decide(config, this.facts, state, now);
    this.settle();
  }

  get state(): State {
    return this.#state;
  }

  /** Lets time pass, wake-up by wake-up. */
  advanceTo(then: number): void {
    while (this.outcome.wakeAt <= then) {
      this.now = Math.max(this.now, this.outcome.wakeAt);
      this.settle();
    }
    this.now = then;
  }

  /** What all happens at one moment, and is decided on as one. */
  together(happen: () => void): void {
    this.#together = true;
    happen();
    this.#together = false;
    this.settle();
  }

  /** An upstream's link dies, and with it the session; or both are back. */
  link(upstream: string, up: boolean): void {
    const name = linkOf(upstream);
    const [state, cause] = up ? (['up', 'up'] as const) : (['down', 'simulated'] as const);
    this.#links.set(name, { interface: name, state, cause, since: this.now });
    this.session(upstream, up);
    this.settle();
  }

  /** `keptUntil`: until then the upstream keeps what it held, and says so to nobody (RFC 4724). */
  session(name: string, up: boolean, keptUntil = 0): void {
    const wire = this.#wires.get(name);
    if (!wire || this.#sessions.has(name) === up) return;
    const { families } = wire.upstream;
    if (up) {
      this.#sessions.set(name, { since: this.now, families });
    } else {
      this.#sessions.delete(name);
      if (keptUntil <= this.now) this.#see(name, wire.out.held(), undefined);
      for (const family of families) wire.out.forget(family);
      this.#state = lost(this.#state, wire.upstream, this.now, keptUntil);
    }
    this.settle();
  }

  check(name: string, state: CheckState, leaseUntil = LIVE): void {
    const since = this.now;
    const before = this.#checks.get(name);
    // What is only beginning to change still stands where it stood.
    const turning = state === 'rising' || state === 'falling';
    const settled = turning ? before?.settled : settledOf(state);
    const fact: CheckFact = { name, state, since, leaseUntil, detail: 'simulated' };
    this.#checks.set(name, settled === undefined ? fact : { ...fact, settled });
    this.settle();
  }

  /** What its routes say of it; its probes are checks. */
  signs(upstream: string, kinds: readonly SignKind[], state: SignFact['state']): void {
    const of = (kind: SignKind) => ({ kind, state, since: this.now, detail: 'simulated' });
    this.#signs.set(upstream, kinds.map(of));
    this.settle();
  }

  traffic(upstream: string, bitsPerSecond: number): void {
    this.#traffic.set(linkOf(upstream), { bitsPerSecond, at: this.now });
    this.settle();
  }

  stop(why: string): void {
    this.#stopping = why;
    this.settle();
  }

  operate(change: (state: State, now: number) => State): void {
    this.#state = change(this.#state, this.now);
    this.settle();
  }

  /** Prefixes that the upstream holds, with their attributes. */
  held(upstream: string): ReadonlyMap<string, string> {
    const held = this.#wires.get(upstream)?.out.held() ?? [];
    return new Map(
      held.flatMap(({ prefixes, terms }) =>
        prefixes.texts.map((text): [string, string] => [text, termsKey(terms)]),
      ),
    );
  }

  /** Decides until nothing more is sent: what was sent may be what others waited for. */
  settle(): void {
    for (let again = !this.#together; again; ) {
      this.outcome = decide(this.#config, this.facts, this.#state, this.now, this.outcome);
      this.#state = this.outcome.state;
      again = false;
      for (const [name, wire] of this.#wires) if (this.#send(name, wire)) again = true;
    }
  }

  #send(name: string, { out, upstream }: Wire): boolean {
    const decisions = this.outcome.desired.get(name)?.decisions ?? [];
    out.setDesired(
      decisions.flatMap(({ prefixes, terms }) => (terms ? [{ prefixes, terms }] : [])),
    );
    const session = this.#sessions.get(name);
    if (!session) return false;
    const difference = out.difference(session.families);
    if (difference.announce.length + difference.withdraw.length === 0) return false;
    out.commit(difference, this.now);
    this.#tell(name, difference);
    this.#state = sent(this.#state, upstream, difference, false, this.now);
    return true;
  }

  #tell(name: string, { announce, withdraw }: Difference): void {
    for (const { lists, terms } of announce) {
      this.#see(
        name,
        lists.map((prefixes) => ({ prefixes })),
        termsKey(terms),
      );
    }
    this.#see(
      name,
      withdraw.map((prefixes) => ({ prefixes })),
      undefined,
    );
  }

  #see(
    upstream: string,
    routes: readonly { readonly prefixes: { readonly texts: readonly string[] } }[],
    attributes: string | undefined,
  ): void {
    for (const { prefixes } of routes) {
      for (const prefix of prefixes.texts) {
        this.#onSight({ at: this.now, upstream, prefix, attributes });
      }
    }
  }

  get facts(): Facts {
    return {
      links: this.#links,
      paths: this.#paths,
      bfd: new Map(),
      signs: this.#signs,
      kernelSettled: true,
      checks: this.#checks,
      sessions: this.#sessions,
      traffic: this.#traffic,
      stopping: this.#stopping,
    };
  }
}

function settledOf(state: CheckState): CheckFact['settled'] {
  return state === 'up' || state === 'down' ? state : undefined;
}

/** Each upstream has a link of its own here, whatever the file says. */
function linkOf(upstream: string): string {
  return `link of ${upstream}`;
}

function pathOf(upstream: string): PathFact {
  return { interface: linkOf(upstream), origin: 'configured' };
}
