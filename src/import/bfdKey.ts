/** `bfd` of a neighbour, as its own line has it or the profile that it names. */

import { type BfdProfile, USUAL_BFD } from './bfdBlock.ts';
import { inForce } from './evaluate.ts';
import type { Notes } from './note.ts';
import type { Settings, Source } from './source.ts';
import type { Statement } from './statement.ts';
import type { YamlMapping } from './yamlText.ts';

/** What the file takes. */
const INTERVAL = { least: 50, most: 10_000 };
const MULTIPLIER = { least: 3, most: 50 };

/** `bfd`, `bfd MULTIPLIER RECEIVE TRANSMIT` in ms, and `bfd profile NAME`. */
export function bfdKey({ bfdProfiles }: Source, settings: Settings, notes: Notes): YamlMapping {
  const named = inForce(settings.get('bfd profile'));
  if (named) {
    const profile = bfdProfiles.get(named.args[1] ?? '');
    return written(named.statement, profile, notes);
  }
  const plain = inForce(settings.get('bfd'));
  if (!plain) return {};
  const { multiplier: usual, receive: comes, transmit: goes } = USUAL_BFD;
  const [multiplier = usual, receive = comes, transmit = goes] = plain.args.slice(0, 3).map(Number);
  const isKnown = multiplier > 0 && transmit > 0 && receive > 0;
  return written(plain.statement, isKnown ? { transmit, receive, multiplier } : undefined, notes);
}

/** Undefined: it is not known how. */
function written(statement: Statement, profile: BfdProfile | undefined, notes: Notes): YamlMapping {
  if (!profile) notes.changed(statement, 'BFD runs with its default times');
  const wanted = profile ?? USUAL_BFD;
  const interval = within(INTERVAL, wanted.transmit);
  const multiplier = within(MULTIPLIER, wanted.multiplier);
  const same = interval === wanted.receive && interval === wanted.transmit;
  if (!same || multiplier !== wanted.multiplier) {
    notes.changed(statement, `BFD runs with ${interval} ms both ways, times ${multiplier}`);
  }
  return { bfd: { interval: `${interval}ms`, multiplier } };
}

function within({ least, most }: typeof INTERVAL, value: number): number {
  return Math.min(most, Math.max(least, value));
}
