/**
 * A record, done again: its inputs go through the daemon's own decider, what that decides becomes
 * UPDATEs by the session's own code, and both are held against what was recorded. Nothing in here has
 * a clock or a socket: the time is the record's.
 */

import type { Outcome } from '../announcer/decide.ts';
import { type Announcement, announcementsIn } from '../announcer/desired.ts';
import { outcomeOf } from '../announcer/outcomeImage.ts';
import { ownPrefixesOf, withDrains, withOrders } from '../announcer/state.ts';
import { stateOf } from '../announcer/stateImage.ts';
import type { Config, OwnPrefix } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { Decider } from '../daemon/decider.ts';
import type { DecidedBy } from '../daemon/events.ts';
import { intentsOf } from '../daemon/intents.ts';
import { type DecisionChange, decisionChanges } from '../record/decisionChange.ts';
import type { CoreImage, HeldImage, Line, NeighbourLine, RecordedEvent } from '../record/line.ts';
import { type NumberedLine, RecordFault } from '../record/readRecord.ts';
import { comparableText } from '../record/recordText.ts';
import { PrefixList } from '../rib/prefixList.ts';
import { formatHex } from '../wire/hex.ts';
import { ReplayedSession } from './replayedSession.ts';

/** Where the replay leaves the record. */
export interface ReplayDifference {
  /** Of the record. */
  readonly line: number;
  readonly at: number;
  readonly what: string;
  readonly recorded: string;
  readonly replayed: string;
}

type LineOf<D extends Line['do']> = Extract<Line, { readonly do: D }>;

const NOTHING = 'nothing';

export class Replay {
  /** As of the last line that had one. */
  at = 0;
  #config: Config | undefined;
  #running: { readonly decider: Decider } | undefined;
  readonly #sessions = new Map<string, ReplayedSession>();
  /** What the last input changed, for the next line to say. */
  #owed: readonly DecisionChange[] = [];

  /**
   * Does one line after the other; a difference: the first one, and nothing is done afterwards. Throws
   * RecordFault for what is not as a record has it.
   */
  take({ number, line }: NumberedLine): ReplayDifference | undefined {
    if ('at' in line) this.at = line.at;
    const differs = (what: string, recorded: string, replayed: string): ReplayDifference => {
      return { line: number, at: this.at, what, recorded, replayed };
    };
    if (line.do === 'decided') {
      const [recorded, replayed] = firstDifference(line.changes, this.#owed) ?? [];
      this.#owed = [];
      return recorded === replayed
        ? undefined
        : differs('a decision', recorded ?? NOTHING, replayed ?? NOTHING);
    }
    const [unrecorded] = this.#owed;
    if (unrecorded) return differs('a decision', NOTHING, comparableText(unrecorded));
    const found = this.#takeInput(line, number);
    return found && differs(found.what, found.recorded, found.replayed);
  }

  /** What is announced where, and why, as things are now. */
  announcements(): readonly Announcement[] {
    const { outcome, state } = this.#running?.decider ?? {};
    if (!outcome || !state) return [];
    const prefixes = ownPrefixesOf(state);
    return [...outcome.desired.values()].flatMap((intent) => [
      ...announcementsIn(intent, prefixes),
    ]);
  }

  #takeInput(
    line: Exclude<Line, { do: 'decided' }>,
    number: number,
  ): Omit<ReplayDifference, 'line' | 'at'> | undefined {
    switch (line.do) {
      case 'begin':
        throw new RecordFault(`line ${number} begins another record`);
      case 'config':
        return this.#configure(line);
      case 'image':
        return this.#restore(line);
      case 'orders':
        return this.#order(line);
      case 'event':
        return this.#event(line.event);
      default:
        return this.#neighbour(line);
    }
  }

  get #decider(): Decider {
    if (!this.#running) throw new RecordFault('something happens before the image');
    return this.#running.decider;
  }

  #configure({ text, at }: LineOf<'config'>): undefined {
    const { config, problems } = loadConfig(text, 'the recorded configuration');
    if (!config) {
      const [first] = problems;
      const why = first ? `: ${first.path}: ${first.cause}` : '';
      throw new RecordFault(`this program refuses the recorded configuration${why}`);
    }
    this.#config = config;
    this.#running?.decider.configure(config, at);
  }

  #restore(image: CoreImage & { readonly at: number }): undefined {
    const config = this.#config;
    if (!config) throw new RecordFault('the image comes before the configuration');
    const { facts, restartTerms, decided, held } = image;
    const decider = new Decider(config, stateOf(image.state, config), { facts, restartTerms });
    this.#running = { decider };
    for (const [name, each] of held) this.#restoreHeld(name, each, image.at);
    if (!decided) return;
    decider.outcome = outcomeOf(decided, config, decider.facts(), decider.state);
    this.#setDesired(decider.outcome);
  }

  #restoreHeld(name: string, { outlet, routes }: HeldImage, at: number): void {
    const { state, config } = this.#decider;
    const session = this.#session(name);
    if (!session.open(outlet, config)) throw new RecordFault(`no neighbour is called ${name}`);
    const own = new Map(ownPrefixesOf(state).map((prefix) => [prefix.text, prefix]));
    const lists = new Map(
      state.groups.flatMap(({ terms }) =>
        terms ? [[terms.prefixes.texts.join(), terms.prefixes] as const] : [],
      ),
    );
    const listOf = (texts: readonly string[]) =>
      lists.get(texts.join()) ?? new PrefixList(texts.map((text) => ownIn(own, text)));
    const restored = routes.map(({ prefixes, terms }) => ({ prefixes: listOf(prefixes), terms }));
    session.restore(restored, at);
    const again = routes.flatMap(({ again, prefixes }) => (again ? [listOf(prefixes).family] : []));
    session.repeat([...new Set(again)]);
  }

  #order({ orders, drains }: LineOf<'orders'>): undefined {
    const decider = this.#decider;
    const { state } = decider;
    // What is the same stays the same object, as it did.
    const ordered = comparableText(orders) === comparableText(state.orders) ? state.orders : orders;
    const drained = comparableText(drains) === comparableText(state.drains) ? state.drains : drains;
    decider.state = withDrains(withOrders(state, ordered), drained);
  }

  #event(event: RecordedEvent): Omit<ReplayDifference, 'line' | 'at'> | undefined {
    const whole = this.#whole(event);
    if (!whole) return { what: 'routes', recorded: comparableText(event), replayed: NOTHING };
    if (this.#decider.learn(whole, this.at)) this.#decide(this.at);
    return undefined;
  }

  /** With what another line has of it. */
  #whole(event: RecordedEvent): DecidedBy | undefined {
    if (!isDecidedBy(event)) throw new RecordFault('an event has no type');
    if (event.type !== 'RoutesSent') return event;
    const difference = this.#session(event.neighbour).told();
    return difference && { ...event, difference };
  }

  #decide(now: number): void {
    const decider = this.#decider;
    const before = decider.outcome;
    const outcome = decider.decide(now);
    this.#owed = decisionChanges(before, outcome);
    this.#setDesired(outcome);
  }

  #setDesired({ desired }: Outcome): void {
    for (const [name, { routes }] of intentsOf(desired)) this.#session(name).setDesired(routes);
  }

  #neighbour(line: NeighbourLine): Omit<ReplayDifference, 'line' | 'at'> | undefined {
    const session = this.#session(line.with);
    switch (line.do) {
      case 'opened':
        if (session.open(line.outlet, this.#decider.config)) return undefined;
        throw new RecordFault(`no neighbour is called ${line.with}`);
      case 'closed':
        session.close();
        return undefined;
      case 'cleared':
        session.setDesired([]);
        return undefined;
      case 'adjusted':
        session.adjust(this.#decider.config);
        return undefined;
      case 'repeated':
        session.repeat(line.families);
        return undefined;
      case 'routes':
        return compared(`UPDATEs to ${line.with}`, line.octets, session.advertise(line.at)?.octets);
      case 'end-of-rib':
        return compared(`End-of-RIB to ${line.with}`, line.octets, session.endOfRib()?.octets);
      case 'sent':
      case 'received':
        return undefined;
    }
  }

  #session(name: string): ReplayedSession {
    const known = this.#sessions.get(name);
    if (known) return known;
    const session = new ReplayedSession(name);
    this.#sessions.set(name, session);
    return session;
  }
}

function ownIn(own: ReadonlyMap<string, OwnPrefix>, text: string): OwnPrefix {
  const found = own.get(text);
  if (!found) throw new RecordFault(`${text} is held somewhere and is not in the configuration`);
  return found;
}

/** What is behind `type` is what the daemon wrote there. */
function isDecidedBy(event: RecordedEvent): event is DecidedBy {
  return typeof event.type === 'string';
}

function compared(what: string, recorded: string, octets: Uint8Array | undefined) {
  const replayed = octets ? formatHex(octets) : NOTHING;
  return recorded === replayed ? undefined : { what, recorded, replayed };
}

/** What was recorded, and what was replayed, where they part; undefined: nowhere. */
function firstDifference(
  recorded: readonly DecisionChange[],
  replayed: readonly DecisionChange[],
): readonly [string | undefined, string | undefined] | undefined {
  const length = Math.max(recorded.length, replayed.length);
  for (let i = 0; i < length; i++) {
    const [before, after] = [recorded[i], replayed[i]];
    const pair = [before && comparableText(before), after && comparableText(after)] as const;
    if (pair[0] !== pair[1]) return pair;
  }
  return undefined;
}
