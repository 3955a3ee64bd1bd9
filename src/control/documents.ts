/**
 * What is asked for again and again, by `show` and by whoever watches the daemon: whole documents,
 * answered from here. The application that answers all the rest stands on the web classes of Node,
 * which take a seventh of an idle daemon's memory: a daemon that is only watched never loads them.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { systemClock } from '../session/clock.ts';
import { hostFault, SAFE_HEADERS } from './browserSafety.ts';
import type { Audience, Call } from './call.ts';
import { configView } from './configView.ts';
import { type DocumentText, nextText } from './documentText.ts';
import { httpDate } from './httpDate.ts';
import { linksView } from './linkView.ts';
import type { ControlPort } from './port.ts';
import { announcementsText, checksView, sessionsView, statusText } from './statusView.ts';
import { Turns } from './turns.ts';

/** For GET and HEAD, without parameters. */
export interface ControlDocument extends Pick<Call, 'path' | 'summary' | 'for'> {
  readonly text: (port: ControlPort) => DocumentText;
}

export const DOCUMENTS: readonly ControlDocument[] = [
  {
    path: '/v1/status',
    summary: 'Everything but the routes themselves, all of one moment',
    for: 'everybody',
    text: statusText,
  },
  {
    path: '/v1/sessions',
    summary: 'The sessions with all neighbours',
    for: 'everybody',
    text: whole(sessionsView),
  },
  {
    path: '/v1/announcements',
    summary: 'Each prefix of the file at each neighbour, and why',
    for: 'everybody',
    text: announcementsText,
  },
  { path: '/v1/checks', summary: 'The checks', for: 'everybody', text: whole(checksView) },
  {
    path: '/v1/links',
    summary: 'The links that neighbours are reached through',
    for: 'everybody',
    text: whole(linksView),
  },
  {
    path: '/v1/config',
    summary: 'What the daemon runs on, defaults filled in',
    for: 'operators',
    text: whole((port) => configView(port.config())),
  },
];

/** Of one piece. */
function whole(view: (port: ControlPort) => object): ControlDocument['text'] {
  return (port) => [JSON.stringify(view(port))];
}

const BY_PATH = new Map(DOCUMENTS.map((each) => [each.path, each]));

/** What every answer says of itself. */
export function commonHeaders(port: ControlPort): Readonly<Record<string, string>> {
  const { version } = port.status();
  return {
    server: `multihomed/${version}`,
    date: httpDate(systemClock.wall()),
    'cache-control': 'no-store',
    ...SAFE_HEADERS,
  };
}

/** Whether a request comes without a body. */
export function isBare({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return Number(headers['content-length'] ?? 0) === 0 && !headers['transfer-encoding'];
}

/**
 * False: not a document, or not to be had in this way; nothing was answered then, and the application
 * has the words for it.
 */
export function answerDocument(
  port: ControlPort,
  audience: Audience,
  { method, url = '', headers }: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  if (!isBare({ headers })) return false;
  const known = BY_PATH.get(url);
  if (!known) return false;
  if (audience === 'everybody' && (known.for !== audience || hostFault(headers.host))) return false;
  writeText(known.text(port), response, commonHeaders(port), method === 'HEAD');
  return true;
}

/** At once where that does not take long; else a slice a turn, as fast as it is read. */
function writeText(
  text: DocumentText,
  response: ServerResponse,
  common: Readonly<Record<string, string>>,
  headOnly: boolean,
): void {
  const walk = text[Symbol.iterator]();
  const first = nextText(walk);
  const headers = { 'content-type': 'application/json', ...common };
  const octets = Buffer.from(first.text);
  response.writeHead(200, first.done ? { 'content-length': octets.length, ...headers } : headers);
  if (headOnly || first.done) {
    response.end(headOnly ? undefined : octets);
    return;
  }
  send(octets, walk, response);
}

function send(
  piece: string | Buffer,
  walk: Iterator<string | undefined>,
  to: ServerResponse,
): void {
  const next = () => void TURNS.next().then(() => goOn(walk, to));
  // What the kernel takes at once is drained in the same turn: that is no turn for others.
  if (to.write(piece)) next();
  else to.once('drain', next);
}

function goOn(walk: Iterator<string | undefined>, to: ServerResponse): void {
  if (to.destroyed) return;
  try {
    const { text, done } = nextText(walk);
    if (done) to.end(text);
    else send(text, walk, to);
  } catch {
    // A bug of ours ends the answer, which its reader notices, and nothing else.
    to.destroy();
  }
}

/** Of all answers that take long, whatever they are asked by. */
const TURNS = new Turns();
