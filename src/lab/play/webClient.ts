/**
 * A user of the web server, at a steady pace: each request is a new connection, begins when its turn
 * has come whatever became of those before it, and is written down when it is over.
 */

import { appendFileSync, readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';

export interface WebClientPlan {
  readonly url: string;
  /** From one request to the next, in ms. */
  readonly every: number;
  /** A request that takes longer is lost, in ms. */
  readonly patience: number;
  /** Where requests are written down, a JSON object a line. */
  readonly requests: string;
}

export interface WebRequest {
  /** When it was sent, in milliseconds since the epoch. */
  readonly at: number;
  readonly ok: boolean;
}

/** Runs until the process ends. `file` has a WebClientPlan. */
export async function runWebClient(file: string): Promise<void> {
  const plan: WebClientPlan = JSON.parse(readFileSync(file, 'utf8'));
  const agent = new Agent({ keepAlive: false });
  setInterval(() => request(plan, agent), plan.every);
  await new Promise<never>(() => {});
}

function request({ url, patience, requests }: WebClientPlan, agent: Agent): void {
  const at = performance.timeOrigin + performance.now();
  let over = false;
  const tell = (ok: boolean) => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    appendFileSync(requests, `${JSON.stringify({ at, ok } satisfies WebRequest)}\n`);
  };
  const asked = get(url, { agent }, (response) => {
    response.resume();
    response.on('end', () => tell(response.statusCode === 200));
    response.on('error', () => tell(false));
  });
  const timer = setTimeout(() => {
    tell(false);
    asked.destroy();
  }, patience);
  asked.on('error', () => tell(false));
}
