/** A recording upstream in its namespace, and what it wrote down in words that can be compared. */

import { fileURLToPath } from 'node:url';
import type { Family } from '../../src/net/family.ts';
import { AttributeCode, MessageType } from '../../src/wire/constants.ts';
import type { CodecContext } from '../../src/wire/context.ts';
import { describeMessage } from '../../src/wire/describe.ts';
import type { DescribedAttribute } from '../../src/wire/describeUpdate.ts';
import type { Program } from '../support/daemons/process.ts';
import type { Namespace } from '../support/netns.ts';

export interface RecorderOptions {
  readonly address: string;
  readonly asn: number;
  /** Eight hexadecimal digits. */
  readonly identifier: string;
  /** Seconds. */
  readonly holdTime: number;
  /** What it sends once a session is up. */
  readonly updates: Readonly<Record<Family, readonly string[]>>;
}

const START_LIMIT = 60_000;

const WORDS: ReadonlyMap<number, string> = new Map([
  [AttributeCode.origin, 'origin'],
  [AttributeCode.multiExitDisc, 'med'],
  [AttributeCode.communities, 'communities'],
  [AttributeCode.extendedCommunities, 'extended-communities'],
  [AttributeCode.largeCommunities, 'large-communities'],
  [AttributeCode.onlyToCustomer, 'only-to-customer'],
]);

const CONTEXT: CodecContext = {
  fourOctetAs: true,
  addPath: { ipv4: false, ipv6: false },
  extendedMessages: false,
  extendedNextHop: false,
  internal: false,
};

export class Recorder {
  readonly #program: Program;

  private constructor(program: Program) {
    this.#program = program;
  }

  static async start(namespace: Namespace, options: RecorderOptions): Promise<Recorder> {
    const file = fileURLToPath(new URL('recorder.mjs', import.meta.url));
    const argv = [process.execPath, file, JSON.stringify(options)];
    const program = namespace.spawn(`${namespace.role} recorder`, ...argv);
    await program.ready(START_LIMIT, async () => program.output.includes('listening'));
    return new Recorder(program);
  }

  /** How much it has written so far; for `linesFrom`. */
  get mark(): number {
    return this.#lines().length;
  }

  /**
   * What happened from a mark on, normalised and sorted: the order of UPDATEs means nothing. Left out
   * is what says nothing new: an announcement that repeats the one in force, a withdrawal of what is
   * not in force, and one right before the session's end, which withdraws everything.
   */
  linesFrom(mark: number, until?: number): readonly string[] {
    const lines: string[] = [];
    const inForce = new Map<string, string>();
    for (const [i, raw] of this.#lines().entries()) {
      for (const line of normalised(raw)) {
        const news = isNews(line, inForce);
        if (i < mark || i >= (until ?? Number.POSITIVE_INFINITY) || !news) continue;
        while (line === 'down' && lines.at(-1)?.startsWith('- ')) lines.pop();
        lines.push(line);
      }
    }
    return lines.sort();
  }

  #lines(): readonly string[] {
    const whole = this.#program.output.split('\n').slice(0, -1);
    return whole.filter((line) => line !== 'listening');
  }
}

/** `inForce`: by prefix, on this session; brought up to date. */
function isNews(line: string, inForce: Map<string, string>): boolean {
  const [what = '', prefix = ''] = line.split(' ', 2);
  if (what === 'up' || what === 'down') inForce.clear();
  if (what === '-') return inForce.delete(prefix);
  if (what !== '+') return true;
  if (inForce.get(prefix) === line) return false;
  inForce.set(prefix, line);
  return true;
}

/** One line for each prefix. How a session ended depends on who noticed first: it is left out. */
function normalised(line: string): readonly string[] {
  const [what = '', rest = ''] = line.split(' ', 2);
  if (what !== 'update') return [what];
  const octets = Uint8Array.from(rest.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const message = describeMessage(octets, MessageType.update, 0, octets.length, CONTEXT);
  if (message.type !== 'UPDATE' || 'malformed' in message || message.verdict.kind !== 'ok') {
    return [`faulty ${rest}`];
  }
  const path = (message.asPath ?? []).join(' ');
  const attributes = message.attributes.flatMap(attributeText).sort().join(', ');
  return [
    ...message.withdrawn.map(({ prefix }) => `- ${prefix}`),
    ...message.announced.map(({ prefix }) => `+ ${prefix} path ${path}, ${attributes}`),
  ];
}

/**
 * The first next hop of MP_REACH_NLRI is the global address; a link-local one behind it says the
 * same neighbour again. MED 0 and none mean the same (RFC 4271 §9.1.2.2 c).
 */
function attributeText({ code, name, value }: DescribedAttribute): readonly string[] {
  if (code === AttributeCode.asPath || code === AttributeCode.mpUnreachNlri) return [];
  if (code === AttributeCode.nextHop) return [`next-hop ${value}`];
  if (code === AttributeCode.multiExitDisc && value === 0) return [];
  if (typeof value === 'object' && 'nextHop' in value) return [`next-hop ${value.nextHop[0]}`];
  const values = Array.isArray(value) ? [...value].sort().join(' ') : value;
  return [`${WORDS.get(code) ?? name} ${values}`];
}
