/** What was read of a check, as what is probed; defaults that depend on what that is. */

import { type CheckConfig, nameThrough, type ProbeConfig } from './checkConfig.ts';
import type { ReadCheck } from './checkKeys.ts';
import { referencesIn } from './conditionField.ts';
import type { ReadFile } from './definition.ts';
import type { Named } from './mapping.ts';
import type { ReadUpstream } from './neighbourKeys.ts';

/**
 * Those of the file, each as often as it is probed: once where the routes lead, and once through each
 * upstream whose reach it tells. One that nothing but these wants is not probed for itself.
 */
export function checksOf(file: ReadFile): readonly CheckConfig[] {
  const { checks, upstreams } = file;
  const plain = checks.value.flatMap((each) => checkOf(each) ?? []);
  const needed = new Set(namesNeeded(file));
  const through = (upstreams?.value ?? []).flatMap(({ name, value }) =>
    probesOf(value).map((probe) => ({ probe, via: name })),
  );
  const probed = new Set(through.map(({ probe }) => probe));
  return [
    ...plain.filter(({ name }) => needed.has(name) || !probed.has(name)),
    ...through.flatMap(({ probe, via }) =>
      plain
        .filter(({ name }) => name === probe)
        .map((check) => ({ ...check, name: nameThrough(probe, via), via })),
    ),
  ];
}

/** By prefixes, and by the guard against a fault of ours. */
function namesNeeded({ prefixes, ...file }: ReadFile): readonly string[] {
  const self = file['correlated-failure']?.value['self-check']?.value;
  return [
    ...(self === undefined ? [] : [self]),
    ...prefixes.value.flatMap(({ value: { needs } }) =>
      needs ? referencesIn(needs.value).map(({ value }) => value) : [],
    ),
  ];
}

function probesOf(read: ReadUpstream | undefined): readonly string[] {
  return read?.reachability?.value.probes.value.map(({ value }) => value) ?? [];
}

/** Undefined only when what it probes is missing, which was told. */
function checkOf({ name, value: read }: Named<ReadCheck>): CheckConfig | undefined {
  const probe = read && probeOf(read);
  if (!probe) return undefined;
  const interval = read.interval?.value ?? 5000;
  // What the kernel says of a link is no sample that could be chance.
  const inRow = probe.kind === 'link' ? 1 : 2;
  const fall = read.fall?.value ?? inRow;
  return {
    name,
    probe,
    interval,
    timeout: read.timeout?.value ?? Math.min(2000, interval),
    rise: read.rise?.value ?? inRow,
    fall,
    window: windowOf(read.window?.value, fall),
    source: read.source?.value,
    via: undefined,
  };
}

/** By default half of the results, of which more have failed than `fall` asks for in a row. */
function windowOf(written: CheckConfig['window'] | 'none', fall: number): CheckConfig['window'] {
  if (written === 'none') return undefined;
  if (written || fall === 1) return written;
  return { failures: fall + 1, of: 2 * (fall + 1) };
}

function probeOf(read: ReadCheck): ProbeConfig | undefined {
  const { tcp, http, dns, exec, link, ping, name } = read;
  const agent = read['haproxy-agent'];
  if (tcp) {
    return { kind: 'tcp', host: tcp.value.address.text, port: tcp.value.port };
  }
  if (http) {
    return {
      kind: 'http',
      url: http.value.url,
      status: read.status?.value ?? 200,
      body: read.body?.value,
      host: read.host?.value,
      ca: read.ca?.value,
      insecure: read.insecure?.value ?? false,
    };
  }
  if (dns && name) {
    const { address, port } = dns.value;
    const type = read.type?.value ?? 'A';
    return { kind: 'dns', server: address.text, port, name: name.value, type };
  }
  if (agent) {
    return { kind: 'haproxy-agent', host: agent.value.address.text, port: agent.value.port };
  }
  if (exec) return { kind: 'exec', argv: exec.value };
  if (link) return { kind: 'link', interface: link.value };
  return ping && { kind: 'ping', host: ping.value.text };
}
