/** What is said of the daemon as a whole when it starts and stops. */

import type { Config, Neighbour } from '../config/config.ts';
import { prefixList } from '../control/words.ts';
import { formatEndpoint } from '../net/address.ts';
import { RESTART_TIME } from '../session/restartOffer.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { Announcing } from './announcing.ts';

interface WithSession {
  readonly session: Pick<SessionSnapshot, 'name' | 'state'>;
}

/** `2 of 3 sessions are up` */
export function sessionCount(neighbours: readonly WithSession[]): string {
  return `${established(neighbours).length} of ${neighbours.length} sessions are up`;
}

/** The names of those whose session is up. */
export function established(neighbours: readonly WithSession[]): readonly string[] {
  return neighbours
    .filter(({ session }) => session.state === 'Established')
    .map(({ session }) => session.name);
}

/** Whom it speaks for, with whom, and where it listens. */
export function startedText(
  config: Config,
  listening: ReturnType<Announcing['listening']>,
): string {
  const { asn, prefixes, upstreams, downstreams, internal } = config;
  const texts = prefixes.map(({ prefix }) => prefix.text);
  const at = listening.map(({ address, port }) => formatEndpoint(address, port));
  const parts = [
    `AS${asn}, to announce ${prefixList(texts)}`,
    ...namesOf('upstreams', upstreams),
    ...namesOf('downstreams', downstreams),
    ...namesOf('internal', internal),
    at.length > 0 ? `listens on ${at.join(', ')}` : 'only connects out',
    `pid ${process.pid}`,
  ];
  return `started: ${parts.join('; ')}`;
}

/** `told`: whose session was up; `kept`: those of them that keep our routes for a restart. */
export function stoppedText(told: readonly string[], kept: readonly string[]): string {
  const names = told.filter((name) => !kept.includes(name));
  const parts = [
    kept.length > 0 ? `${prefixList(kept)} keep our routes for ${RESTART_TIME} s` : '',
    names.length > 0 ? `${prefixList(names)} had it withdrawn and were told why` : '',
  ].filter((part) => part !== '');
  const who = parts.join('; ') || 'no session was up';
  return `stopped: ${who}; every connection is closed`;
}

/** `upstreams a and b`; nothing where there are none. */
function namesOf(key: string, neighbours: readonly Neighbour[]): readonly string[] {
  return neighbours.length > 0 ? [`${key} ${prefixList(neighbours.map(({ name }) => name))}`] : [];
}
