/** `GET /v1/events`: the timeline, or what came since a place in it. See docs/control.md. */

import type { EventLog, EventView } from './eventLog.ts';
import type { Parameter } from './parameters.ts';

export interface EventsView {
  /** The run of the daemon that these events are of. */
  readonly instance: string;
  /** The oldest first. */
  readonly events: readonly EventView[];
  /** For the next call's `since`, or to follow the stream from. */
  readonly last: string;
  /** Between `since` and the first event some have been forgotten. */
  readonly missed: boolean;
}

/** How many events are given unless it is said. */
const LIMIT = 200;

const SINCE: Parameter = {
  name: 'since',
  description: 'Only what came after the event with this id',
  schema: { type: 'string', pattern: '^[0-9a-z]{1,12}-[0-9]{1,15}$' },
};

export const EVENTS_PARAMETERS: readonly Parameter[] = [
  SINCE,
  {
    name: 'limit',
    description: `No more events than this: after since the oldest, else the newest; default ${LIMIT}`,
    schema: { type: 'integer', minimum: 1, maximum: 20_000 },
  },
];

export const STREAM_PARAMETERS: readonly Parameter[] = [SINCE];

export function eventsView(log: EventLog, asked: ReadonlyMap<string, string>): EventsView {
  const limit = Number(asked.get('limit') ?? LIMIT);
  const since = asked.get('since');
  const seq = since === undefined ? undefined : (log.seqOf(since) ?? 0);
  const events = seq === undefined ? log.newest(limit) : log.after(seq, limit);
  return {
    instance: log.instance,
    events: events.map(({ view }) => view),
    last: log.idOf(events.at(-1)?.seq ?? seq ?? log.last),
    missed: seq !== undefined && log.missedAfter(seq),
  };
}
