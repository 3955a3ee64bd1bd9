/**
 * Reload and what operators order: answered without the application, as documents are, for the same
 * reason and one more. A withdrawal that is ordered must not wait until a framework has been read.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, failure } from './answers.ts';
import type { Audience } from './call.ts';
import { commonHeaders, isBare } from './documents.ts';
import { OPERATOR_CALLS, type OperatorCall } from './operatorCalls.ts';
import { QueryError, readParameters } from './parameters.ts';
import type { ControlPort } from './port.ts';

const BY_NAME = new Map(OPERATOR_CALLS.map((each) => [`${each.method} ${each.path}`, each]));

/**
 * False: it is none of these, or came with a body; nothing was answered then. To be had by whoever may
 * open the unix socket.
 */
export function answerCall(
  port: ControlPort,
  audience: Audience,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const { method = '', url = '' } = request;
  if (audience !== 'operators' || !isBare(request)) return false;
  const [path = '', ...query] = url.split('?');
  const call = BY_NAME.get(`${method} ${path}`);
  if (!call) return false;
  answerTo(port, call, query.join('?'))
    .catch(faultAnswer)
    .then((answer) => write(port, response, answer))
    // Whoever asked has gone; there is nobody to tell.
    .catch(() => response.destroy());
  return true;
}

/** What an answer that could not be made is told as. */
export function faultAnswer(error: unknown): Answer {
  if (error instanceof QueryError) return failure(400, 'bad-query', error.message);
  return failure(500, 'internal', error instanceof Error ? error.message : String(error));
}

async function answerTo(port: ControlPort, call: OperatorCall, query: string): Promise<Answer> {
  const parameters = readParameters(new URLSearchParams(query), call.parameters);
  return call.answer(port, { parameters, body: NO_BODY });
}

const NO_BODY = async () => '';

function write(port: ControlPort, response: ServerResponse, { status, body }: Answer): void {
  const octets = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': octets.length,
    ...commonHeaders(port),
  });
  response.end(octets);
}
