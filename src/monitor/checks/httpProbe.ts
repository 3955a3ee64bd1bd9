/**
 * One GET, whose answer must have the status and may have to have a text in its body. Redirections
 * are not followed: what they lead to is another server.
 */

import { readFile } from 'node:fs/promises';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { ProbeConfig } from '../../config/checkConfig.ts';
import { lateModule } from '../../host/lateModule.ts';
import { errorText } from '../../net/errorText.ts';
import { shownUrl } from '../../net/urlText.ts';
import { failed, type Outcome, type Probe, type ProbeRun, passed, shownText } from './probe.ts';
import { connecting } from './throughLink.ts';
import { requestFaultText } from './tlsFault.ts';

type HttpTarget = Extract<ProbeConfig, { kind: 'http' }>;

/** How much of a body is looked at, in octets. */
const MAX_BODY = 64 * 1024;

/**
 * `source`: the address of ours to ask from; undefined: what the kernel chooses. `device`: the
 * interface to ask through; undefined: where the routes lead.
 */
export function httpProbe(
  target: HttpTarget,
  source: string | undefined,
  device?: string | undefined,
): Probe {
  const plain = requestOptions(target, source);
  const optionsWith = (ca: string | undefined): RequestOptions => {
    const options = ca === undefined ? plain : { ...plain, ca };
    return device === undefined ? options : through(device, source, options);
  };
  if (target.ca === undefined) return async (run) => ask(target, optionsWith(undefined), run);
  const file = target.ca;
  return async (run) => {
    let ca: string;
    try {
      // Anew each time: an authority that was replaced in the file is trusted from then on.
      ca = await readFile(file, 'utf8');
    } catch (error) {
      return failed(`the authorities in ${file} cannot be read: ${errorText(error)}`);
    }
    // The time may have been over meanwhile, and nobody says so twice.
    if (run.limit.over) return failed('no answer');
    return ask(target, optionsWith(ca), run);
  };
}

function requestOptions(
  { url, host, insecure }: HttpTarget,
  source: string | undefined,
): RequestOptions {
  const { protocol, hostname, port, pathname, search } = new URL(url);
  const name = host === undefined ? hostname : host;
  // Square brackets are the URL's, not the address's.
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  const localAddress = source === undefined ? {} : { localAddress: source };
  const way = { host: address, port: Number(port || 80), source };
  return {
    protocol,
    hostname: address,
    port,
    path: `${pathname}${search}`,
    // An agent is for connections that are used again, and costs as much as the request.
    ...(protocol === 'https:' ? { agent: false } : { createConnection: () => connecting(way) }),
    setHost: false,
    headers: {
      host: port === '' ? name : `${name}:${port}`,
      accept: '*/*',
      connection: 'close',
      'user-agent': 'multihomed',
    },
    // RFC 6066 §3: an address is no server name.
    servername: host ?? '',
    rejectUnauthorized: !insecure,
    ...localAddress,
  };
}

/** Throws as `connecting`. */
function through(
  device: string,
  source: string | undefined,
  options: RequestOptions,
): RequestOptions {
  const secure = options.protocol === 'https:';
  const port = Number(options.port || (secure ? 443 : 80));
  const socket: Socket = connecting({ host: options.hostname ?? '', port, source, device });
  const { servername, rejectUnauthorized, ca } = options;
  // An agent, even none at all, would connect by itself.
  const { agent, ...rest } = options;
  return {
    ...rest,
    createConnection: () => {
      if (!secure) return socket;
      const { connect } = lateModule('node:tls');
      return connect({ socket, servername: servername ?? '', rejectUnauthorized, ca });
    },
  };
}

function ask(target: HttpTarget, options: RequestOptions, run: ProbeRun): Promise<Outcome> {
  return new Promise((resolve) => {
    const asked = begin(target, options);
    if ('ok' in asked) {
      resolve(asked);
      return;
    }
    // The first word counts: what is destroyed may well complain.
    let outcome: Outcome | undefined;
    const done = (found: Outcome): void => {
      outcome ??= found;
      asked.destroy();
    };
    run.limit.listen(() => done(failed('no answer')));
    run.stage('connecting');
    asked.on('socket', (socket) => {
      socket.once('connect', () => run.stage('waiting for the answer'));
    });
    asked.on('error', (error) => done(failed(requestFaultText(error, target.host))));
    // What has been answered when the connection ends: its own error comes later than that.
    let cut = failed('the other side closed the connection');
    asked.on('response', (response) => {
      cut = failed(`${statusText(response)}, but the body breaks off`);
      response.on('error', () => done(cut));
      judge(target, response, run, done);
    });
    asked.on('close', () => {
      run.limit.listen(undefined);
      resolve(outcome ?? cut);
    });
    asked.end();
  });
}

function begin({ url }: HttpTarget, options: RequestOptions): ClientRequest | Outcome {
  try {
    const secure = url.toLowerCase().startsWith('https');
    return lateModule(secure ? 'node:https' : 'node:http').request(options);
  } catch (error) {
    // A file of authorities that holds none is noticed here.
    return failed(`cannot ask: ${shownText(errorText(error))}`);
  }
}

function judge(
  { status, body }: HttpTarget,
  response: IncomingMessage,
  { stage }: ProbeRun,
  done: (outcome: Outcome) => void,
): void {
  const told = statusText(response);
  if (response.statusCode !== status) {
    const { location } = response.headers;
    const to = location === undefined ? '' : ` (to ${shownText(shownUrl(location))})`;
    done(failed(`${told}${to} instead of ${status}`));
  } else if (body === undefined) {
    done(passed(told));
  } else {
    stage('reading the body');
    const wanted = `"${shownText(body)}"`;
    seek(response, Buffer.from(body), (where) => {
      if (where === 'found') done(passed(`${told}, with ${wanted}`));
      else
        done(failed(`${told}, without ${wanted}${where === 'end' ? '' : ' in the first 64 KiB'}`));
    });
  }
}

function statusText({ statusCode = 0, statusMessage = '' }: IncomingMessage): string {
  return shownText(`${statusCode} ${statusMessage}`);
}

/** Says once whether `wanted` is in the body, or that the body, or what is looked at of it, ends. */
function seek(
  response: IncomingMessage,
  wanted: Buffer,
  found: (where: 'found' | 'end' | 'limit') => void,
): void {
  let octets = 0;
  // What may be the beginning of it. A body in a thousand pieces must not be searched a thousand times.
  let rest = Buffer.alloc(0);
  response.on('data', (part: Buffer) => {
    const piece = part.subarray(0, MAX_BODY - octets);
    octets += piece.length;
    const text = Buffer.concat([rest, piece]);
    if (text.includes(wanted)) found('found');
    else if (octets >= MAX_BODY) found('limit');
    rest = text.subarray(Math.max(0, text.length - wanted.length + 1));
  });
  response.on('end', () => found('end'));
}
