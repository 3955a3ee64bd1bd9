/** What a file's `correlated-failure` comes to, and whether it can ever apply. */

import type { CheckConfig } from './checkConfig.ts';
import type { ReadCheck } from './checkKeys.ts';
import { referencesIn } from './conditionField.ts';
import type { CorrelatedFailureConfig, WatchedCheck } from './correlatedFailure.ts';
import type { ReadFile } from './definition.ts';
import type { Located } from './field.ts';
import type { Findings } from './findings.ts';
import { nearest } from './nearest.ts';

/** So many checks that fail together, on so many hosts, are hardly the services' own doing. */
export const ENOUGH_CHECKS = 3;
export const ENOUGH_HOSTS = 2;

/** `checks`: of the file, read whole. Undefined when there is none, or it is wrong, which was told. */
export function correlatedFailureOf(
  file: Pick<ReadFile, 'correlated-failure' | 'checks' | 'prefixes'>,
  checks: readonly CheckConfig[],
): CorrelatedFailureConfig | undefined {
  const read = file['correlated-failure']?.value;
  const self = read?.['self-check'];
  const own = checks.find(({ name }) => name === self?.value);
  if (!self || !own) return undefined;
  const hosts = new Map(neededHosts(file));
  const watched = checks.flatMap(
    ({ name, interval, timeout }): readonly [string, WatchedCheck][] => {
      const host = hosts.get(name);
      if (host === undefined || name === self.value) return [];
      return [[name, { host, within: interval + timeout }]];
    },
  );
  return {
    selfCheck: self.value,
    selfWithin: own.interval + own.timeout,
    hold: read.hold.value,
    watched: new Map(watched),
  };
}

export function judgeCorrelatedFailure(file: ReadFile, findings: Findings): void {
  const read = file['correlated-failure']?.value;
  const self = read?.['self-check'];
  if (!self) return;
  const { value: name, place } = self;
  const names = file.checks.value.map((check) => check.name);
  const chosen = file.checks.value.find((check) => check.name === name);
  if (!chosen) {
    const near = nearest(name, names);
    findings.error(place, {
      cause: `there is no check ${name}`,
      consequence: 'nobody would know whether the fault is ours',
      mend: near
        ? `did you mean ${near}?`
        : `add it under checks:, as ${name}: { ping: 198.51.100.1, interval: 1s, timeout: 1s }`,
    });
    return;
  }
  if (chosen.value?.link) {
    findings.error(place, {
      cause: `${name} looks at a link`,
      consequence: 'the loss of a link is certain, and no withdrawal waits for that',
      mend: 'name a check of the gateway, or of a target far from the services',
    });
  }
  judgeUse(file, name, findings);
}

/** Whether it can ever apply, and does not undo itself. */
function judgeUse(file: ReadFile, self: string, findings: Findings): void {
  const place = file['correlated-failure']?.place;
  if (!place || findings.isFaulty('checks') || findings.isFaulty('prefixes')) return;
  for (const { value: name, place: where } of needsIn(file)) {
    if (name !== self) continue;
    findings.warning(where, {
      cause: `${self} is the self-check of correlated-failure`,
      consequence: 'it fails when the fault is ours, and that withdraws the prefix at once',
      mend: 'remove it from needs',
    });
  }
  const hosts = neededHosts(file).flatMap(([name, host]) => (name === self ? [] : [host]));
  const count = new Set(hosts).size;
  if (hosts.length >= ENOUGH_CHECKS && count >= ENOUGH_HOSTS) return;
  findings.warning(place, {
    cause: `prefixes need ${hosts.length} checks of other machines, on ${count} hosts`,
    consequence: `nothing is ever held: that takes ${ENOUGH_CHECKS} that fail together, on ${ENOUGH_HOSTS}`,
    mend: 'remove correlated-failure, or add checks',
  });
}

function needsIn({ prefixes }: Pick<ReadFile, 'prefixes'>): readonly Located<string>[] {
  return prefixes.value.flatMap(({ value: { needs } }) => (needs ? referencesIn(needs.value) : []));
}

/** Of the checks that a prefix needs and that look at another machine, with its address. */
function neededHosts(
  file: Pick<ReadFile, 'checks' | 'prefixes'>,
): readonly (readonly [name: string, host: string])[] {
  const needed = new Set(needsIn(file).map(({ value }) => value));
  return file.checks.value.flatMap(({ name, value }) => {
    const host = value && needed.has(name) ? hostOf(value) : undefined;
    return host === undefined ? [] : [[name, host] as const];
  });
}

/** Undefined: it looks at no other machine, as far as we know. */
function hostOf({ tcp, http, dns, ping, ...read }: ReadCheck): string | undefined {
  const agent = read['haproxy-agent'];
  return ((tcp ?? http ?? dns ?? agent)?.value.address ?? ping?.value)?.text;
}
