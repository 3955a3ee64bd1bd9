/**
 * What the control server answers, over web Requests and Responses: the table's calls, errors as
 * JSON, and for the TCP listener the looking glass and what keeps strangers' pages away from it.
 * Where the connections come from is `server.ts`'s and `httpListener.ts`'s concern.
 */

import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { type Answer, failure, reply } from './answers.ts';
import { hostFault } from './browserSafety.ts';
import type { Audience } from './call.ts';
import { commonHeaders } from './documents.ts';
import { openApiDocument } from './openApi.ts';
import { FILE_LIMIT } from './operatorCalls.ts';
import { readParameters } from './parameters.ts';
import { faultAnswer } from './plainCalls.ts';
import type { ControlPort } from './port.ts';
import { ROUTES, type Route } from './routes.ts';
import { Turns } from './turns.ts';
import { pageAsset } from './webAssets.ts';

/** Octets; but for a file, no call takes a body, and one that comes must not be collected without an end. */
const BODY_LIMIT = 64 * 1024;

const DOCUMENT = '/openapi.json';

export function controlApp(port: ControlPort, audience: Audience = 'operators'): Hono {
  const app = new Hono();
  const turns = new Turns();
  const { version } = port.status();
  const routes = ROUTES.filter((route) => audience === 'operators' || route.for === 'everybody');
  app.use(async (context, next) => {
    const fault = audience === 'everybody' ? hostFault(context.req.header('host')) : undefined;
    if (fault !== undefined) context.res = sent(failure(421, 'wrong-host', fault));
    else await next();
    for (const [name, value] of Object.entries(commonHeaders(port))) context.header(name, value);
  });
  const [plain, file] = [limitedTo(BODY_LIMIT), limitedTo(FILE_LIMIT)];
  const takesFile = (path: string) => audience === 'operators' && path === '/v1/plan';
  app.use((context, next) => (takesFile(context.req.path) ? file : plain)(context, next));
  const paths = new Set([...routes.map((route) => route.path), DOCUMENT]);
  for (const route of routes) {
    app.on(route.method, route.path, async ({ req }) => {
      const parameters = readParameters(new URL(req.url).searchParams, route.parameters);
      const lastEventId = req.header('last-event-id');
      const asked = { parameters, body: () => req.text(), lastEventId, turns };
      const answer = await route.answer(port, asked);
      return answer instanceof Response ? answer : sent(answer);
    });
  }
  app.get(DOCUMENT, () => sent(reply(200, openApiDocument(version, routes))));
  if (audience === 'everybody')
    app.get('*', (context, next) => pageAsset(context.req.path) ?? next());
  for (const path of paths) app.all(path, () => refused(path, routes));
  app.notFound(() => {
    const known = routes.map(({ method, path }) => `${method} ${path}`).join(', ');
    return sent(failure(404, 'not-found', `there is no such path here; there are ${known}`));
  });
  app.onError((error) => sent(faultAnswer(error)));
  return app;
}

function limitedTo(maxSize: number) {
  const onError = () =>
    sent(failure(413, 'body-too-large', `a body may have ${maxSize} octets at most here`));
  return bodyLimit({ maxSize, onError });
}

function refused(path: string, routes: readonly Route[]): Response {
  const methods = routes.filter((route) => route.path === path).map((route) => route.method);
  const allowed = methods.length > 0 ? methods : (['GET'] as const);
  const allow = allowed.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  const message = `${path} takes ${allow.join(' or ')} only`;
  const response = sent(failure(405, 'method-not-allowed', message));
  response.headers.set('allow', allow.join(', '));
  return response;
}

function sent({ status, body }: Answer): Response {
  return Response.json(body, { status });
}
