/**
 * The table of what the control server answers: each call with what it takes and gives. Requests are
 * routed and checked by it, and the OpenAPI document is made of it.
 */

import { nearest } from '../config/nearest.ts';
import { type Answer, failure, reply } from './answers.ts';
import type { Call } from './call.ts';
import { type ControlDocument, DOCUMENTS } from './documents.ts';
import type { DocumentText } from './documentText.ts';
import { eventStream } from './eventStream.ts';
import { EVENTS_PARAMETERS, eventsView, STREAM_PARAMETERS } from './eventsView.ts';
import type { MetricsWriter } from './metrics.ts';
import { dumpOf } from './mrtDump.ts';
import { OPERATOR_CALLS } from './operatorCalls.ts';
import type { ControlPort } from './port.ts';
import { ROUTES_PARAMETERS, type RouteParameters, routeQuery } from './routeQuery.ts';
import { routeLines, sliceStream } from './routeStream.ts';
import { RouteViewer } from './routeView.ts';
import { walkRoutes } from './routeWalk.ts';
import type { Turns } from './turns.ts';

export interface Route extends Call {
  readonly answer: (
    port: ControlPort,
    asked: Asked,
  ) => Answer | Response | Promise<Answer | Response>;
}

export interface Asked {
  /** Checked against the route's parameters. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly body: () => Promise<string>;
  /** Last-Event-ID of an event stream that begins again. */
  readonly lastEventId: string | undefined;
  /** For answers that take long. */
  readonly turns: Turns;
}

const JSON_TYPE = 'application/json';

export const ROUTES: readonly Route[] = [
  ...DOCUMENTS.map(documentRoute),
  {
    method: 'GET',
    path: '/v1/routes',
    summary: 'What neighbours sent, one JSON object a line',
    parameters: ROUTES_PARAMETERS,
    type: 'application/x-ndjson',
    refusals: { 404: 'no neighbour has that name' },
    for: 'everybody',
    answer: routes,
  },
  {
    method: 'GET',
    path: '/v1/mrt',
    summary: 'What neighbours sent, as MRT records of type TABLE_DUMP_V2 (RFC 6396)',
    parameters: [],
    type: 'application/octet-stream',
    refusals: {},
    for: 'operators',
    answer: mrt,
  },
  {
    method: 'GET',
    path: '/v1/events',
    summary: 'The timeline: the newest events, or those since one of them',
    parameters: EVENTS_PARAMETERS,
    type: JSON_TYPE,
    refusals: {},
    for: 'everybody',
    answer: (port, { parameters }) => reply(200, eventsView(port.events(), parameters)),
  },
  {
    method: 'GET',
    path: '/v1/events/stream',
    summary: 'The timeline as it goes on: server-sent events, resumable by Last-Event-ID',
    parameters: STREAM_PARAMETERS,
    type: 'text/event-stream',
    refusals: {},
    for: 'everybody',
    answer: stream,
  },
  {
    method: 'GET',
    path: '/metrics',
    summary: 'For Prometheus',
    parameters: [],
    type: 'text/plain',
    refusals: {},
    for: 'everybody',
    answer: metrics,
  },
  ...OPERATOR_CALLS,
];

function documentRoute({ path, summary, for: audience, text }: ControlDocument): Route {
  return {
    ...{ method: 'GET', path, summary, parameters: [], type: JSON_TYPE, refusals: {} },
    for: audience,
    answer: (port, { turns }) =>
      new Response(sliceStream(octetsOf(text(port)), turns), {
        headers: { 'content-type': JSON_TYPE },
      }),
  };
}

function* octetsOf(text: DocumentText): Generator<Uint8Array | undefined> {
  for (const piece of text) yield piece === undefined ? undefined : Buffer.from(piece);
}

/** One JSON object a line: the table may be too large for one document. */
function routes(port: ControlPort, { parameters, turns }: Asked): Answer | Response {
  const asked: RouteParameters = Object.fromEntries(parameters);
  const query = routeQuery(asked);
  const names = port.upstreams().map(({ session }) => session.name);
  const { neighbour } = query;
  if (neighbour !== undefined && !names.includes(neighbour)) {
    const near = nearest(neighbour, names);
    const known = near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`;
    return failure(404, 'no-such-neighbour', `no neighbour is called ${neighbour}; ${known}`);
  }
  const headers = { 'content-type': 'application/x-ndjson' };
  return new Response(routeLines(routesOf(port, query), turns), { headers });
}

function* routesOf(port: ControlPort, query: ReturnType<typeof routeQuery>) {
  const learned = port.learned();
  if (!learned) return;
  yield* walkRoutes(learned.reader, query, new RouteViewer((peer) => learned.nameOf(peer)));
}

function mrt(port: ControlPort, { turns }: Asked): Response {
  const headers = { 'content-type': 'application/octet-stream' };
  return new Response(sliceStream(dumpOf(port, Date.now()), turns), { headers });
}

/** From the last event that the client has, or else from now on. */
function stream(port: ControlPort, { parameters, lastEventId, turns }: Asked): Response {
  const log = port.events();
  const id = lastEventId ?? parameters.get('since');
  const known = id === undefined ? undefined : log.seqOf(id);
  const seq = known ?? log.last;
  const restarted = known === 0 && !id?.startsWith(`${log.instance}-`);
  return new Response(eventStream(log, { seq, restarted }, turns), {
    headers: { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' },
  });
}

let writer: Promise<MetricsWriter> | undefined;

/** The library is read with the first scrape: a daemon that nobody watches does without. */
async function metrics(port: ControlPort, { turns }: Asked): Promise<Response> {
  writer ??= import('./metrics.ts').then(({ MetricsWriter }) => new MetricsWriter());
  const { type, text } = await (await writer).write(port);
  const headers = { 'content-type': type };
  return new Response(sliceStream(octetsOf(text), turns), { headers });
}
