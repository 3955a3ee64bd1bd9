/** The probe of each kind of check. */

import { match } from 'ts-pattern';
import type { CheckConfig } from '../../config/checkConfig.ts';
import type { LinkFact } from '../link.ts';
import { agentProbe } from './agentProbe.ts';
import { dnsProbe } from './dnsProbe.ts';
import { execProbe } from './execProbe.ts';
import { httpProbe } from './httpProbe.ts';
import { linkProbe } from './linkProbe.ts';
import { pingProbe } from './pingProbe.ts';
import type { Probe } from './probe.ts';
import { tcpProbe } from './tcpProbe.ts';

/** What probes ask of the rest of the daemon, as it is at the moment of a probe. */
export interface Surroundings {
  /** What is known of the watched links, by name. */
  readonly links: () => ReadonlyMap<string, LinkFact>;
  /** The interface that an upstream is reached by; undefined: not known, or nobody can say. */
  readonly interfaceOf?: (upstream: string) => string | undefined;
}

export function probeOf(check: CheckConfig, surroundings: Surroundings): Probe {
  const { via } = check;
  if (via === undefined) return probeBy(check, undefined, surroundings);
  return (run) => {
    const device = surroundings.interfaceOf?.(via);
    // Not where the routes lead instead: that may be another upstream.
    if (device === undefined) throw new Error(`the interface to ${via} is not known`);
    return probeBy(check, device, surroundings)(run);
  };
}

function probeBy(
  { name, probe, source: from, timeout }: CheckConfig,
  device: string | undefined,
  { links }: Surroundings,
): Probe {
  const source = from?.text;
  return match(probe)
    .with({ kind: 'tcp' }, ({ host, port }) => tcpProbe({ host, port, source, device }))
    .with({ kind: 'http' }, (target) => httpProbe(target, source, device))
    .with({ kind: 'dns' }, (target) => dnsProbe(target, source, timeout))
    .with({ kind: 'haproxy-agent' }, ({ host, port }) => agentProbe({ host, port, source, device }))
    .with({ kind: 'exec' }, ({ argv }) => execProbe({ name, argv, source, device }))
    .with({ kind: 'ping' }, ({ host }) => pingProbe(host, source, timeout, device))
    .with({ kind: 'link' }, ({ interface: link }) => linkProbe(link, links))
    .exhaustive();
}
