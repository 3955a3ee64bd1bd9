/**
 * The control socket: HTTP on a unix socket that only those may open whom its mode lets in. Owns
 * the socket file from before the first connection until after the last. What answers is read with
 * the first request that is not for one of the plain documents, and no order: see `documents.ts` and
 * `plainCalls.ts`.
 */

import { lstatSync, mkdirSync, type Stats, unlinkSync } from 'node:fs';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import { lateModule } from '../host/lateModule.ts';
import { errorCode, errorText } from '../net/errorText.ts';
import type { Audience } from './call.ts';
import { ControlError } from './controlError.ts';
import { answerDocument } from './documents.ts';
import { inUseText, probeSocket } from './liveSocket.ts';
import { answerCall } from './plainCalls.ts';
import type { ControlPort } from './port.ts';

export interface ControlOptions {
  readonly port: ControlPort;
  readonly path: string;
  /** Permission bits of the socket: whoever may write to it may reload. */
  readonly mode: number;
}

export interface ControlServer {
  /** Lets answers under way finish for a moment, then removes the socket. */
  close(): Promise<void>;
}

/** `sun_path` has 108 octets with its final zero. */
const PATH_LIMIT = 107;
/** How long a request may take to arrive, in ms. */
const REQUEST_LIMIT = 10_000;
/** How long answers under way may hold up `close`, in ms. */
const CLOSE_LIMIT = 500;
/** What a listener bears at a time. */
export interface Limits {
  /** Whoever follows the timeline keeps one open; what comes beyond is closed at once. */
  readonly connections: number;
  /** How long a client may neither read nor say anything, in ms; streams have a heartbeat. */
  readonly idle: number;
}

const LIMITS: Limits = { connections: 1200, idle: 120_000 };

/** Listens, taking the place of a dead daemon's socket. Throws ControlError. */
export async function serveControl(options: ControlOptions): Promise<ControlServer> {
  const { path, mode } = options;
  if (Buffer.byteLength(path) > PATH_LIMIT) {
    throw new ControlError(
      `the control socket's path has more than ${PATH_LIMIT} octets: ${path}; choose a shorter control.socket`,
    );
  }
  makeDirectory(dirname(path));
  const server = lazyServer(options.port, 'operators');
  try {
    await listen(server, path, mode);
  } catch (error) {
    if (errorCode(error) !== 'EADDRINUSE') throw listenFault(path, error);
    await removeStale(path);
    await listen(server, path, mode).catch((again) => {
      throw listenFault(path, again);
    });
  }
  server.on('error', () => {}); // accept errors (EMFILE) come back by themselves
  return { close: () => closeServer(server) };
}

/** A server that does not listen yet. */
export function lazyServer(port: ControlPort, audience: Audience, bears = LIMITS): Server {
  const limits = { requestTimeout: REQUEST_LIMIT, headersTimeout: REQUEST_LIMIT };
  let listener: Promise<RequestListener> | undefined;
  const { createServer } = lateModule('node:http');
  const server = createServer(limits, (request, response) => {
    if (isAnswered(port, audience, request, response)) return;
    listener ??= loadListener(port, audience);
    listener.then(
      (answer) => answer(request, response),
      (error: unknown) => answerWithFault(response, error),
    );
  });
  server.maxConnections = bears.connections;
  server.setTimeout(bears.idle);
  return server;
}

/** By a document or a plain call; an answer that cannot be made is for the application to tell of. */
function isAnswered(
  port: ControlPort,
  audience: Audience,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  try {
    return (
      answerDocument(port, audience, request, response) ||
      answerCall(port, audience, request, response)
    );
  } catch {
    return false;
  }
}

async function loadListener(port: ControlPort, audience: Audience): Promise<RequestListener> {
  const [{ getRequestListener }, { controlApp }] = await Promise.all([
    import('@hono/node-server'),
    import('./app.ts'),
  ]);
  return getRequestListener(controlApp(port, audience).fetch);
}

/** The program's files were replaced or removed under a running daemon. */
function answerWithFault(response: ServerResponse, error: unknown): void {
  const message = `the control server cannot be read: ${errorText(error)}; restart multihomed`;
  response.writeHead(500, { 'content-type': 'application/json', server: 'multihomed/unknown' });
  response.end(JSON.stringify({ error: { code: 'internal', message } }));
}

/** Only the last directory: a path that is wrong higher up is more likely a mistake than a wish. */
function makeDirectory(directory: string): void {
  try {
    // Others may pass through it; the socket's own mode says who is let in.
    mkdirSync(directory, { mode: 0o755 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw directoryFault(directory, error);
  }
}

async function listen(server: Server, path: string, mode: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // The kernel gives the socket file its mode at bind(2), which `listen` calls before it returns;
    // a chmod afterwards would leave a moment in which anyone could connect.
    const before = process.umask(0o777 & ~mode);
    try {
      server.listen(path, () => {
        server.off('error', reject);
        resolve();
      });
    } finally {
      process.umask(before);
    }
  });
}

/** Removes a socket that nobody listens on any more; throws ControlError for anything else. */
async function removeStale(path: string): Promise<void> {
  const seen = lstatSync(path, { throwIfNoEntry: false });
  if (!seen) return;
  if (!seen.isSocket()) {
    throw new ControlError(
      `${path} exists and is not a socket; remove it, or correct control.socket`,
    );
  }
  if ((await probeSocket(path)) !== 'dead') throw new ControlError(await inUseText(path));
  // Another daemon that starts now may have put its own socket there meanwhile.
  const now = lstatSync(path, { throwIfNoEntry: false });
  if (now && sameFile(now, seen)) unlinkSync(path);
}

function sameFile(a: Stats, b: Stats): boolean {
  return a.ino === b.ino && a.dev === b.dev && a.ctimeMs === b.ctimeMs;
}

function directoryFault(directory: string, error: unknown): ControlError {
  const code = errorCode(error);
  if (code === 'ENOENT') {
    return new ControlError(
      `cannot make ${directory} for the control socket: ${dirname(directory)} does not exist; create it, or choose another control.socket`,
    );
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new ControlError(
      `cannot make ${directory} for the control socket: no permission; run as root, use RuntimeDirectory=multihomed in systemd, or choose another control.socket`,
    );
  }
  return new ControlError(`cannot make ${directory} for the control socket: ${errorText(error)}`);
}

function listenFault(path: string, error: unknown): ControlError {
  if (error instanceof ControlError) return error;
  switch (errorCode(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new ControlError(
        `cannot make the control socket ${path}: no permission to write in ${dirname(path)}; change its owner, or choose another control.socket`,
      );
    case 'ENOTDIR':
      return new ControlError(
        `cannot make the control socket ${path}: ${dirname(path)} is not a directory; correct control.socket`,
      );
    default:
      return new ControlError(`cannot listen on the control socket ${path}: ${errorText(error)}`);
  }
}

/** Lets answers under way finish for a moment. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), CLOSE_LIMIT);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
