/** Checks: whether their keys go together, and whether prefixes need what is there. */

import type { IpAddress } from '../net/address.ts';
import { PROBE_KINDS, type ReadCheck } from './checkKeys.ts';
import { referencesIn } from './conditionField.ts';
import type { ReadFile, ReadPrefix } from './definition.ts';
import { formatDuration } from './duration.ts';
import type { Located } from './field.ts';
import type { Findings, Place } from './findings.ts';
import { probeNames, tellNoCheck } from './judgeReachability.ts';
import type { Named } from './mapping.ts';

type ProbeKind = (typeof PROBE_KINDS)[number];

/** Keys that only some kinds of checks have. */
const OF_KINDS: Readonly<Partial<Record<keyof ReadCheck, readonly ProbeKind[]>>> = {
  status: ['http'],
  body: ['http'],
  host: ['http'],
  ca: ['http'],
  insecure: ['http'],
  name: ['dns'],
  type: ['dns'],
  timeout: ['tcp', 'http', 'dns', 'haproxy-agent', 'exec', 'ping'],
  source: ['tcp', 'http', 'dns', 'haproxy-agent', 'exec', 'ping'],
};

/** Each is a probe every few seconds. */
const MAX_CHECKS = 5000;

export function judgeChecks(file: ReadFile, findings: Findings): void {
  const checks = file.checks.value;
  const excess = checks[MAX_CHECKS];
  if (excess) {
    findings.error(excess.place, {
      cause: `there are ${checks.length} checks, more than ${MAX_CHECKS}`,
      consequence: 'probing them all would leave the sessions too little time',
      mend: 'let one check stand for several services, as a program or a page that looks at them',
    });
  }
  for (const { value, place } of checks) if (value) judgeCheck(value, place, findings);
  judgeNeeds(file, findings);
}

function judgeCheck(read: ReadCheck, place: Place, findings: Findings): void {
  const kinds = PROBE_KINDS.filter((kind) => read[kind]);
  const [kind, other] = kinds;
  const second = other && read[other];
  if (second) {
    findings.error(second.place, {
      cause: `the check probes ${kind} already`,
      consequence: 'one check probes one thing',
      mend: 'give it a name of its own, and let `needs` list both',
    });
  }
  if (kind === undefined && !findings.isFaulty(place.path)) {
    findings.error(place, {
      cause: 'nothing is probed',
      consequence: 'the check could never pass',
      mend: `add one of ${PROBE_KINDS.join(', ')}`,
    });
  }
  if (kind === undefined || second) return;
  judgeKeys(read, kind, findings);
  judgeTimes(read, findings);
  judgeSource(read, findings);
  judgeTls(read, findings);
  if (kind === 'dns' && !read.name && !findings.isFaulty(`${place.path}.name`)) {
    findings.error(place, {
      cause: 'the key name is missing',
      consequence: 'a name server is asked for something',
      mend: 'add name: with a name that it answers for',
    });
  }
}

function judgeKeys(read: ReadCheck, kind: ProbeKind, findings: Findings): void {
  for (const [key, kinds] of Object.entries(OF_KINDS)) {
    const written = read[key as keyof ReadCheck];
    if (!written || kinds.includes(kind)) continue;
    findings.error(written.place, {
      cause: `a ${kind} check has no ${key}`,
      consequence: 'nothing reads it, and what it was to do would not happen',
      mend: `remove it; ${key} belongs to ${kinds.join(', ')}`,
    });
  }
}

function judgeTimes({ interval, timeout }: ReadCheck, findings: Findings): void {
  const between = interval?.value ?? 5000;
  if (!timeout || timeout.value <= between) return;
  findings.error(timeout.place, {
    cause: `${formatDuration(timeout.value)} is longer than the interval, ${formatDuration(between)}`,
    consequence: 'a probe would still run when the next is due',
    mend: `write at most ${formatDuration(between)}, or a longer interval`,
  });
}

/** The address that is probed, where it is an address. */
function targetOf(read: ReadCheck): IpAddress | undefined {
  const { tcp, http, dns, ping } = read;
  const agent = read['haproxy-agent'];
  return (tcp ?? http ?? dns ?? agent)?.value.address ?? ping?.value;
}

function judgeSource(read: ReadCheck, findings: Findings): void {
  const target = targetOf(read);
  const { source } = read;
  if (!source || !target || source.value.family === target.family) return;
  findings.error(source.place, {
    cause: `${source.value.text} and ${target.text} are of different families`,
    consequence: 'no packet can have both',
    mend: `write an ${target.family === 'ipv4' ? 'IPv4' : 'IPv6'} address of ours`,
  });
}

function judgeTls({ http, ca, insecure }: ReadCheck, findings: Findings): void {
  if (!http) return;
  const alone = (written: Located<unknown> | undefined, key: string) => {
    if (!written || http.value.secure) return;
    findings.error(written.place, {
      cause: `${key} is for https, and the URL says http`,
      consequence: 'there is no certificate to judge',
      mend: `remove it, or write https://`,
    });
  };
  alone(ca, 'ca');
  alone(insecure, 'insecure');
  if (ca && insecure?.value) {
    findings.error(ca.place, {
      cause: 'with insecure: true, any certificate is taken',
      consequence: 'the authorities in this file are not asked',
      mend: 'remove insecure',
    });
  }
}

function judgeNeeds(file: ReadFile, findings: Findings): void {
  const unused = new Map<string, Named<ReadCheck>>(
    file.checks.value.map((check) => [check.name, check]),
  );
  const known = new Set(unused.keys());
  unused.delete(file['correlated-failure']?.value['self-check']?.value ?? '');
  for (const { value: prefix, place: at } of file.prefixes.value) {
    judgeFailure(prefix, at, findings);
    for (const { value: name, place } of prefix.needs ? referencesIn(prefix.needs.value) : []) {
      unused.delete(name);
      if (!known.has(name)) tellNoCheck(name, place, [...known], findings);
    }
  }
  for (const name of probeNames(file, findings)) unused.delete(name);
  // A prefix that could not be read may be the one that needs them.
  if (['prefixes', 'upstreams', 'correlated-failure'].some((key) => findings.isFaulty(key))) return;
  for (const { name, place } of unused.values()) {
    findings.warning(place, {
      cause: `no prefix needs ${name}`,
      consequence: 'it is probed, and nothing follows from that',
      mend: `add needs: [${name}] to the prefixes that depend on it, or remove it`,
    });
  }
}

function judgeFailure(prefix: ReadPrefix, place: Place, findings: Findings): void {
  const written = prefix['on-failure'];
  if (!written || prefix.needs || findings.isFaulty(`${place.path}.needs`)) return;
  findings.warning(written.place, {
    cause: 'the prefix needs no check',
    consequence: 'nothing can fail',
    mend: 'add needs: with the names of checks, or remove it',
  });
}
