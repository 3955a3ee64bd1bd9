/** An answer that is not a stream: JSON, in two forms. Node's web classes are not needed for it. */

export interface Answer {
  readonly status: number;
  readonly body: object;
}

export function reply(status: number, body: object): Answer {
  return { status, body };
}

export function failure(status: number, code: string, message: string): Answer {
  return reply(status, { error: { code, message } });
}
