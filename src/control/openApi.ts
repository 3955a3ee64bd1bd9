/** The OpenAPI 3.1 document of the control server, made of the table that routes and checks. */

import type { Parameter } from './parameters.ts';
import type { Route } from './routes.ts';

/** What any call may answer. */
const ANY_REFUSAL: Readonly<Record<number, string>> = {
  400: 'the query cannot be understood',
  405: 'the path does not take the method',
  413: 'the body is too large',
  500: 'a fault of the daemon',
};

const ERROR = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { type: 'string', description: 'For scripts' },
        message: { type: 'string', description: 'For people' },
      },
    },
  },
} as const;

export function openApiDocument(version: string, routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'multihomed',
      version,
      description: 'The control server; docs/control.md says what each key of an answer means.',
    },
    paths,
    components: { schemas: { Error: ERROR } },
  };
}

function operation({ method, path, summary, parameters, type, refusals }: Route): object {
  return {
    operationId: `${method.toLowerCase()}${path.replaceAll(/[^a-z0-9]+(.)/g, (_, c: string) => c.toUpperCase())}`,
    summary,
    parameters: [...parameters.map(parameterOf), ...resuming(type)],
    responses: {
      200: { description: summary, content: { [type]: { schema: schemaOf(type) } } },
      ...Object.fromEntries(
        Object.entries({ ...ANY_REFUSAL, ...refusals }).map(([status, description]) => [
          status,
          {
            description,
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
          },
        ]),
      ),
    },
  };
}

function parameterOf({ name, description, schema }: Parameter): object {
  return { name, in: 'query', required: false, description, schema };
}

function resuming(type: string): readonly object[] {
  if (type !== 'text/event-stream') return [];
  const description = 'The id of the last event that was read; goes before since';
  return [{ name: 'Last-Event-ID', in: 'header', description, schema: { type: 'string' } }];
}

function schemaOf(type: string): object {
  return type === 'application/json' ? { type: 'object' } : { type: 'string' };
}
