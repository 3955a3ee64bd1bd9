/** The shape of the state file, and the check that a text has it. */

import type { Drain, DrainTarget, Shifted } from './drain.ts';
import type { GroupStanding } from './group.ts';
import type { Order } from './orders.ts';
import type { Shadow } from './shadow.ts';
import type { Undone } from './state.ts';
import type { Wire } from './track.ts';

export interface StoredState {
  readonly savedAt: number;
  /**
   * How far the wall clock was ahead of the times in here then: they are of one that does not jump.
   * Undefined: written by a program that did not ask.
   */
  readonly clockAhead: number | undefined;
  readonly stopped: boolean;
  readonly orders: readonly Order[];
  readonly drains: readonly Drain[];
  readonly undone: readonly Undone[];
  readonly groups: readonly StoredGroup[];
}

export interface StoredGroup {
  readonly prefixes: readonly string[];
  readonly standing: GroupStanding;
  readonly tracks: readonly StoredTrack[];
}

export interface StoredTrack {
  readonly upstream: string;
  /** What it holds, or keeps of a lost session until `keptUntil`. */
  readonly wire: Wire | null;
  readonly keptUntil: number | undefined;
  readonly shadow: Shadow | null;
  readonly flaps: readonly number[];
}

/** The text is no state of this version; the message says where it is not. */
export class StateFault extends Error {
  override readonly name = 'StateFault';
}

/** Throws StateFault. */
export function readState(text: string, version: number): StoredState {
  const root = new Reader(parsed(text), 'the file');
  const found = root.number('version');
  if (found !== version) {
    throw new StateFault(`it has version ${found}, and this program reads version ${version}`);
  }
  return {
    savedAt: root.number('savedAt'),
    clockAhead: root.has('clockAhead') ? root.number('clockAhead') : undefined,
    stopped: root.boolean('stopped'),
    orders: root.list('orders', readOrder),
    drains: root.list('drains', readDrain),
    undone: root.list('undone', readUndone),
    groups: root.list('groups', readGroup),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new StateFault('it is not whole JSON');
  }
}

function readGroup(from: Reader): StoredGroup {
  return {
    prefixes: from.values('prefixes', 'string'),
    standing: from.oneOf('standing', ['never', 'once', 'holds', 'fails']),
    tracks: from.list('tracks', readTrack),
  };
}

function readTrack(from: Reader): StoredTrack {
  return {
    upstream: from.string('upstream'),
    wire: from.orNull('wire', (wire) => ({
      key: wire.string('key'),
      lowered: wire.boolean('lowered'),
    })),
    keptUntil: from.has('keptUntil') ? from.number('keptUntil') : undefined,
    shadow: from.orNull('shadow', (shadow) => ({
      penalty: shadow.number('penalty'),
      at: shadow.number('at'),
      suppressed: shadow.boolean('suppressed'),
    })),
    flaps: from.values('flaps', 'number'),
  };
}

function readOrder(from: Reader): Order {
  return {
    prefix: from.string('prefix'),
    action: from.oneOf('action', ['announce', 'withdraw', 'blackhole']),
    upstream: from.has('upstream') ? from.string('upstream') : undefined,
    since: from.number('since'),
    until: from.has('until') ? from.number('until') : undefined,
  };
}

function readDrain(from: Reader): Drain {
  return {
    target: readTarget(from.object('target')),
    phase: from.oneOf('phase', ['shifting', 'withdrawing', 'drained']),
    startedAt: from.number('startedAt'),
    since: from.number('since'),
    deadline: from.number('deadline'),
    threshold: from.number('threshold'),
    unsettledUntil: 0,
    shifted: from.has('shifted') ? readShifted(from.object('shifted')) : undefined,
  };
}

function readTarget(from: Reader): DrainTarget {
  const kind = from.oneOf('kind', ['upstream', 'prefix', 'site']);
  if (kind === 'upstream') return { kind, name: from.string('name') };
  return kind === 'prefix' ? { kind, prefix: from.string('prefix') } : { kind };
}

function readShifted(from: Reader): Shifted {
  const by = from.oneOf('by', ['traffic', 'time']);
  if (by === 'traffic') return { by, bitsPerSecond: from.number('bitsPerSecond') };
  const measured = from.has('bitsPerSecond');
  return { by, bitsPerSecond: measured ? from.number('bitsPerSecond') : undefined };
}

function readUndone(from: Reader): Undone {
  return {
    drain: readDrain(from.object('drain')),
    at: from.number('at'),
    prefix: from.string('prefix'),
  };
}

/** An object of the text. Everything here throws StateFault when the key has something else. */
class Reader {
  readonly #fields: ReadonlyMap<string, unknown>;
  readonly #place: string;

  constructor(value: unknown, place: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new StateFault(`${place} is no object`);
    }
    this.#fields = new Map(Object.entries(value));
    this.#place = place;
  }

  has(key: string): boolean {
    return this.#fields.has(key);
  }

  string(key: string): string {
    const value = this.#fields.get(key);
    return typeof value === 'string' ? value : this.#refuse(key, 'no text');
  }

  number(key: string): number {
    const value = this.#fields.get(key);
    return Number.isFinite(value) && typeof value === 'number'
      ? value
      : this.#refuse(key, 'no number');
  }

  boolean(key: string): boolean {
    const value = this.#fields.get(key);
    return typeof value === 'boolean' ? value : this.#refuse(key, 'neither true nor false');
  }

  oneOf<Word extends string>(key: string, words: readonly Word[]): Word {
    const value = this.string(key);
    return words.find((word) => word === value) ?? this.#refuse(key, `none of ${words.join(', ')}`);
  }

  object(key: string): Reader {
    return new Reader(this.#fields.get(key), `${key} in ${this.#place}`);
  }

  orNull<Value>(key: string, read: (from: Reader) => Value): Value | null {
    return this.#fields.get(key) === null ? null : read(this.object(key));
  }

  list<Value>(key: string, read: (from: Reader) => Value): readonly Value[] {
    return this.#array(key).map((each) => read(new Reader(each, `an entry of ${key}`)));
  }

  values(key: string, type: 'string'): readonly string[];
  values(key: string, type: 'number'): readonly number[];
  values(key: string, type: 'string' | 'number'): readonly unknown[] {
    const all = this.#array(key);
    return all.every((each) => typeof each === type)
      ? all
      : this.#refuse(key, `not a list of ${type}s`);
  }

  #array(key: string): readonly unknown[] {
    const value = this.#fields.get(key);
    return Array.isArray(value) ? value : this.#refuse(key, 'no list');
  }

  #refuse(key: string, what: string): never {
    throw new StateFault(`${key} in ${this.#place} is ${what}`);
  }
}
