/** What tshark reads in a capture, message by message, as plain fields to compare with. */

import { execFileSync } from 'node:child_process';
import { PROGRAMS } from './requirements.ts';

/** A field's name, and its values in the order of the message. */
export type TsharkFields = ReadonlyMap<string, readonly string[]>;

export interface TsharkMessage {
  readonly fields: TsharkFields;
  /** The path attributes, each with its own fields. */
  readonly attributes: readonly TsharkFields[];
}

/** Every BGP message that tshark finds, loopback's port 1179 included. */
export function tsharkMessages(path: string): TsharkMessage[] {
  const filter = ['-d', 'tcp.port==1179,bgp', '-Y', 'bgp'];
  const format = ['-T', 'json', '--no-duplicate-keys', '-J', 'bgp'];
  const text = execFileSync(PROGRAMS.tshark, ['-n', '-r', path, ...filter, ...format], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 26,
  });
  const packets: unknown = JSON.parse(text);
  return each(packets)
    .flatMap((packet) => each(at(at(at(packet, '_source'), 'layers'), 'bgp')))
    .map((message) => ({
      fields: fieldsOf(message),
      attributes: attributesOf(message).map(fieldsOf),
    }));
}

const ATTRIBUTES = 'bgp.update.path_attributes';
const ATTRIBUTE = 'bgp.update.path_attribute';

function attributesOf(message: unknown): readonly unknown[] {
  return each(at(at(message, ATTRIBUTES), ATTRIBUTE));
}

function fieldsOf(tree: unknown): TsharkFields {
  const fields = new Map<string, string[]>();
  const collect = (name: string, value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) collect(name, one);
    else if (typeof value === 'string') fields.set(name, [...(fields.get(name) ?? []), value]);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) collect(key, inner);
    }
  };
  collect('', tree);
  return fields;
}

/** One thing and several look different in tshark's JSON; nothing is an empty list. */
function each(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function at(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([name]) => name === key)?.[1];
}
