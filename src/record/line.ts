/**
 * The lines of a record: JSON, one object a line, `do` says which. The first line is `begin`; then
 * come `config` and `image`, from which everything that follows can be done again, and then what
 * happened, in the order in which the daemon did it. Times are milliseconds since the epoch, by the
 * daemon's steady clock.
 */

import type { Drain } from '../announcer/drain.ts';
import type { Facts } from '../announcer/facts.ts';
import type { Order } from '../announcer/orders.ts';
import type { OutcomeImage } from '../announcer/outcomeImage.ts';
import type { StateImage } from '../announcer/stateImage.ts';
import type { RestartTerms } from '../fsm/gracefulRestart.ts';
import type { Family } from '../net/family.ts';
import type { RouteTerms } from '../rib/ownRoute.ts';
import type { OutletFacts } from '../session/tap.ts';
import type { DecisionChange } from './decisionChange.ts';
import { readValue, valueText } from './recordText.ts';

export const RECORD_FORMAT = 1;

export type Line =
  | {
      readonly do: 'begin';
      readonly format: number;
      /** Of the program. */
      readonly version: string;
      readonly at: number;
      readonly pid: number;
    }
  /** In force from here on. */
  | {
      readonly do: 'config';
      readonly at: number;
      /** SHA-256 of the file. */
      readonly digest: string;
      /** What the file says, as JSON, which is YAML: without comments and what may be secret. */
      readonly text: string;
    }
  | ({ readonly do: 'image'; readonly at: number } & CoreImage)
  /** What entered the announcer. */
  | { readonly do: 'event'; readonly at: number; readonly event: RecordedEvent }
  /** What is ordered by hand from here on, all of it. */
  | {
      readonly do: 'orders';
      readonly at: number;
      readonly orders: readonly Order[];
      readonly drains: readonly Drain[];
    }
  /** What the event or the order above changed. */
  | { readonly do: 'decided'; readonly changes: readonly DecisionChange[] }
  | NeighbourLine;

export type NeighbourLine = { readonly at: number; readonly with: string } & (
  | { readonly do: 'opened'; readonly outlet: OutletFacts }
  | { readonly do: 'closed' }
  | { readonly do: 'cleared' }
  | { readonly do: 'adjusted' }
  | { readonly do: 'repeated'; readonly families: readonly Family[] }
  /** UPDATEs of our routes, back to back. */
  | { readonly do: 'routes'; readonly asked: boolean; readonly octets: string }
  | { readonly do: 'end-of-rib'; readonly octets: string }
  /** Another message of ours. */
  | { readonly do: 'sent'; readonly local?: string; readonly octets: string }
  | { readonly do: 'received'; readonly octets: string }
);

/** An event, as far as it matters; `type` is the daemon's. */
export interface RecordedEvent {
  readonly type: string;
}

export interface CoreImage {
  readonly state: StateImage;
  readonly facts: Facts;
  /** By neighbour. */
  readonly restartTerms: ReadonlyMap<string, RestartTerms | undefined>;
  /** The last decision; undefined: the record begins before the first one. */
  readonly decided?: OutcomeImage | undefined;
  /** By neighbour: what those hold that are Established. */
  readonly held: ReadonlyMap<string, HeldImage>;
}

export interface HeldImage {
  readonly outlet: OutletFacts;
  readonly routes: readonly {
    readonly prefixes: readonly string[];
    readonly terms: RouteTerms;
    /** It is to be sent once more. */
    readonly again: boolean;
  }[];
}

/** The fields that each kind has beside `do`, by the type that `typeof` gives. */
const FIELDS: Readonly<Record<Line['do'], Readonly<Record<string, string>>>> = {
  begin: { format: 'number', version: 'string', at: 'number', pid: 'number' },
  config: { at: 'number', digest: 'string', text: 'string' },
  image: { at: 'number', state: 'object', facts: 'object', restartTerms: 'object', held: 'object' },
  event: { at: 'number', event: 'object' },
  orders: { at: 'number', orders: 'object', drains: 'object' },
  decided: { changes: 'object' },
  opened: { at: 'number', with: 'string', outlet: 'object' },
  closed: { at: 'number', with: 'string' },
  cleared: { at: 'number', with: 'string' },
  adjusted: { at: 'number', with: 'string' },
  repeated: { at: 'number', with: 'string', families: 'object' },
  routes: { at: 'number', with: 'string', asked: 'boolean', octets: 'string' },
  'end-of-rib': { at: 'number', with: 'string', octets: 'string' },
  sent: { at: 'number', with: 'string', octets: 'string' },
  received: { at: 'number', with: 'string', octets: 'string' },
};

/** With its end. `detailOf`: see `valueText`. */
export function lineText(line: Line, detailOf?: (detail: string) => string): string {
  return `${valueText(line, detailOf)}\n`;
}

/** Undefined: it is none. */
export function readLine(text: string): Line | undefined {
  try {
    const value = readValue(text);
    return isLine(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What the fields hold is not looked into: the program that reads it wrote it. */
function isLine(value: unknown): value is Line {
  if (typeof value !== 'object' || value === null || !('do' in value)) return false;
  const kind = value.do;
  if (typeof kind !== 'string' || !Object.hasOwn(FIELDS, kind)) return false;
  const fields = Object.entries(FIELDS[kind as Line['do']]);
  return fields.every(([name, type]) => {
    const field: unknown = Reflect.get(value, name);
    return typeof field === type && field !== null;
  });
}
