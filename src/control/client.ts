/**
 * Asks the running daemon over its control socket, and says in words what is wrong when it cannot:
 * no daemon, no permission, not a daemon at all. Used by the commands, never by the sessions.
 */

import { lstat } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import type { Problem } from '../config/problem.ts';
import { errorCode, errorText } from '../net/errorText.ts';
import { plainLine, plainLines } from '../net/plainText.ts';
import type { ConfigView } from './configView.ts';
import { ControlError, NoDaemonError } from './controlError.ts';
import type { EventView } from './eventLog.ts';
import type { EventsView } from './eventsView.ts';
import type { LinksView } from './linkView.ts';
import type { ReloadResult } from './port.ts';
import type { RouteParameters } from './routeQuery.ts';
import type { RouteView } from './routeView.ts';
import type { AnnouncementsView, ChecksView, SessionsView, StatusView } from './statusView.ts';

export interface ClientOptions {
  /** How long the daemon may be silent, in ms. */
  readonly timeout: number;
}

interface RefusedReload {
  readonly error: { readonly message: string };
  readonly problems: readonly Problem[];
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Where nobody answers, the next path is tried; other faults end the search. */
const NOBODY: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTDIR']);

export class ControlClient {
  readonly #paths: readonly [string, ...string[]];
  readonly #timeout: number;

  /** `paths`: where the socket may be, the likeliest first. */
  constructor(
    paths: readonly [string, ...string[]],
    { timeout }: ClientOptions = { timeout: 10_000 },
  ) {
    this.#paths = paths;
    this.#timeout = timeout;
  }

  /** This and the others throw ControlError. */
  status(): Promise<StatusView> {
    return this.#get('/v1/status');
  }

  sessions(): Promise<SessionsView> {
    return this.#get('/v1/sessions');
  }

  announcements(): Promise<AnnouncementsView> {
    return this.#get('/v1/announcements');
  }

  checks(): Promise<ChecksView> {
    return this.#get('/v1/checks');
  }

  links(): Promise<LinksView> {
    return this.#get('/v1/links');
  }

  config(): Promise<ConfigView> {
    return this.#get('/v1/config');
  }

  events(parameters: Readonly<Record<string, string>>): Promise<EventsView> {
    return this.#get(`/v1/events?${new URLSearchParams(parameters)}`);
  }

  /** The events after that of the id, as they come, until the daemon ends or goes away. */
  async *follow(last: string): AsyncGenerator<EventView> {
    const target = `/v1/events/stream?${new URLSearchParams({ since: last })}`;
    const { path, answer } = await this.#reach((at) => open(at, 'GET', target, this.#timeout));
    if (answer.statusCode !== 200) throw failureOf(path, await whole(answer));
    for await (const lines of linesOf(path, answer)) {
      for (const line of lines) {
        // What is told of the stream itself is an empty object or names the daemon's run.
        if (line.startsWith('data: {"id"')) yield safeJson<EventView>(line.slice('data: '.length));
      }
    }
  }

  /**
   * Routes, some at a time, each as a line of JSON for `parseRoute`. The daemon makes them as they
   * are taken, so that whoever stops for a while makes it wait and holds nothing.
   */
  async *routes(parameters: RouteParameters): AsyncGenerator<readonly string[]> {
    const search = new URLSearchParams(Object.entries(parameters));
    const { path, answer } = await this.#reach((path) =>
      open(path, 'GET', `/v1/routes?${search}`, this.#timeout),
    );
    if (answer.statusCode !== 200) throw failureOf(path, await whole(answer));
    yield* linesOf(path, answer);
  }

  /** The table as MRT records, as the daemon makes them. */
  async *mrt(): AsyncGenerator<Uint8Array> {
    const { path, answer } = await this.#reach((at) => open(at, 'GET', '/v1/mrt', this.#timeout));
    if (answer.statusCode !== 200) throw failureOf(path, await whole(answer));
    answer.socket.setTimeout(0);
    try {
      for await (const octets of answer) yield octets;
    } catch (error) {
      throw unfinished(path, error);
    }
  }

  /** `confirm`, in seconds: see `ControlPort`. */
  async reload(confirm?: number): Promise<ReloadResult> {
    const asked = confirm === undefined ? '' : `?confirm=${confirm}`;
    const { path, answer } = await this.#ask('POST', `/v1/reload${asked}`);
    if (answer.status === 200) return parse(path, answer);
    if (answer.status !== 422) throw failureOf(path, answer);
    const { error, problems }: RefusedReload = parse(path, answer);
    return { ok: false, failure: error.message, problems };
  }

  async #get<View>(target: string): Promise<View> {
    const { path, answer } = await this.#ask('GET', target);
    if (answer.status !== 200) throw failureOf(path, answer);
    return parse<View>(path, answer);
  }

  /** Any call that answers with one document; a parameter that is undefined is left out. */
  async call<View>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    parameters: Readonly<Record<string, string | number | undefined>> = {},
    body?: string,
  ): Promise<View> {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters)) {
      if (value !== undefined) search.set(name, String(value));
    }
    const { path: at, answer } = await this.#ask(method, `${path}?${search}`, body);
    if (answer.status !== 200) throw failureOf(at, answer);
    return parse<View>(at, answer);
  }

  #ask(method: string, target: string, body?: string): Promise<{ path: string; answer: Answer }> {
    return this.#reach(async (path) =>
      whole(await open(path, method, target, this.#timeout, body)),
    );
  }

  async #reach<T>(ask: (path: string) => Promise<T>): Promise<{ path: string; answer: T }> {
    let first: { path: string; error: unknown } | undefined;
    for (const path of this.#paths) {
      try {
        return { path, answer: await ask(path) };
      } catch (error) {
        if (!NOBODY.has(errorCode(error))) throw await faultAt(path, error);
        first ??= { path, error };
      }
    }
    throw await nobodyAt(this.#paths, first?.error);
  }
}

/** Resolves with the beginning of an answer, which is multihomed's. */
function open(
  socketPath: string,
  method: string,
  path: string,
  timeout: number,
  body?: string,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { host: 'localhost', accept: 'application/json, application/x-ndjson' };
    const asked = request({ socketPath, method, path, timeout, headers, agent: false });
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.on('error', reject);
    asked.on('response', (response) => {
      if (!isOctets(response)) response.setEncoding('utf8');
      if (String(response.headers.server ?? '').startsWith('multihomed/')) return resolve(response);
      response.destroy();
      reject(strangerAt(socketPath));
    });
    asked.end(body);
  });
}

function isOctets({ headers }: IncomingMessage): boolean {
  return headers['content-type'] === 'application/octet-stream';
}

async function whole(response: IncomingMessage): Promise<Answer> {
  let text = '';
  for await (const part of response) text += part;
  return { status: response.statusCode ?? 0, text };
}

async function* linesOf(path: string, response: IncomingMessage) {
  // From here on silence is no fault: a reader may pause, and a search may find nothing for long.
  response.socket.setTimeout(0);
  let rest = '';
  try {
    for await (const part of response) {
      const lines = `${rest}${part}`.split('\n');
      rest = lines.pop() ?? '';
      if (lines.length > 0) yield lines;
    }
  } catch (error) {
    throw unfinished(path, error);
  }
}

function unfinished(path: string, error: unknown): ControlError {
  return new ControlError(`multihomed at ${path} did not finish its answer: ${errorText(error)}`);
}

/** A line of `routes`. */
export function parseRoute(line: string): RouteView {
  return safeJson(line);
}

function parse<View>(path: string, { text }: Answer): View {
  try {
    return safeJson(text);
  } catch {
    throw strangerAt(path);
  }
}

/** May hold text from neighbours and is meant for a terminal; only our own `message` has lines. */
function safeJson<View>(text: string): View {
  return JSON.parse(text, (key, value: unknown) => {
    if (typeof value !== 'string') return value;
    return key === 'message' ? plainLines(value) : plainLine(value);
  });
}

function failureOf(path: string, answer: Answer): ControlError {
  const body: { error?: { message?: string } } = parse(path, answer);
  return new ControlError(body.error?.message ?? `${path} answered ${answer.status}`);
}

function strangerAt(path: string): ControlError {
  return new ControlError(
    `what listens on ${path} is not multihomed; correct control.socket in the file`,
  );
}

async function nobodyAt(paths: readonly string[], error: unknown): Promise<ControlError> {
  const [first = ''] = paths;
  const there = await lstat(first).catch(() => undefined);
  if (there && !there.isSocket()) {
    return new ControlError(`${first} is not a socket; correct control.socket in the file`);
  }
  const start = 'start it with `multihomed run`, or name its file with -c';
  return errorCode(error) === 'ECONNREFUSED'
    ? new NoDaemonError(
        `multihomed is not running: its socket ${first} was left behind by one that ended without cleaning up; ${start}`,
      )
    : new NoDaemonError(`multihomed is not running: no socket at ${paths.join(' or ')}; ${start}`);
}

async function faultAt(path: string, error: unknown): Promise<ControlError> {
  if (error instanceof ControlError) return error;
  const code = errorCode(error);
  if (code === 'EACCES' || code === 'EPERM') return new ControlError(await refusedText(path));
  if (code?.startsWith('HPE_')) return strangerAt(path);
  return new ControlError(`asking multihomed at ${path} failed: ${errorText(error)}`);
}

async function refusedText(path: string): Promise<string> {
  const mend = 'use sudo, or set control.mode to "0660" in the file and join the socket\'s group';
  try {
    const { uid, gid, mode } = await lstat(path);
    const bits = (mode & 0o777).toString(8).padStart(4, '0');
    return `you may not open ${path}: it belongs to user ${uid} and group ${gid}, mode ${bits}; ${mend}`;
  } catch {
    return `you may not look into the directory of ${path}; ${mend}`;
  }
}
