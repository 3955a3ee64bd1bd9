/** What an operator named that the file does not have, with what was probably meant. */

import type { Config } from '../config/config.ts';
import { nearest } from '../config/nearest.ts';
import { covers, type Prefix } from '../net/prefix.ts';

export function noUpstream({ upstreams }: Config, name: string): string {
  const names = upstreams.map((each) => each.name);
  const near = nearest(name, names);
  const mend = near === undefined ? `write one of ${names.join(', ')}` : `did you mean ${near}?`;
  return `there is no upstream ${name}; ${mend}`;
}

/** How many prefixes of the file are named. */
const NAMED = 3;

export function notOurs({ prefixes }: Config, wanted: Prefix): string {
  const own = prefixes.map(({ prefix }) => prefix);
  const around = own.find((each) => covers(each, wanted));
  if (around) {
    const { text } = around;
    return `${wanted.text} is not in the file, but a part of ${text}, which is announced as one: write ${text} if that is meant`;
  }
  const within = own.find((each) => covers(wanted, each));
  if (within) {
    return `${wanted.text} is not in the file, but has ${within.text} in it: write that if it is meant`;
  }
  const texts = own.map(({ text }) => text);
  const near = texts.length > NAMED ? nearest(wanted.text, texts) : undefined;
  const there = near ?? texts.slice(0, NAMED).join(', ');
  const known = there === '' ? 'which has none' : `which has ${there}`;
  return `${wanted.text} is not in the file, ${known}: add it to prefixes, and reload`;
}
