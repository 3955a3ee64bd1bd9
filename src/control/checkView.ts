/** One check as JSON: what `GET /v1/checks` and `show checks --json` give. See docs/control.md. */

import { match } from 'ts-pattern';
import type { ProbeConfig } from '../config/checkConfig.ts';
import type { CheckState } from '../monitor/check.ts';
import { formatEndpoint } from '../net/address.ts';
import { shownUrl } from '../net/urlText.ts';
import { isoTime } from './isoTime.ts';
import type { CheckStatus } from './port.ts';

export interface CheckView {
  readonly name: string;
  readonly kind: ProbeConfig['kind'];
  /** What is probed, for people; without what may be secret: arguments, and what is asked of a URL. */
  readonly target: string;
  /** The upstream that it is sent through; null: where the routes lead. */
  readonly via: string | null;
  readonly state: CheckState;
  /** Since when it is in this state; null: no probe has had a result yet. */
  readonly since: string | null;
  /** Until when that may be believed. */
  readonly leaseUntil: string | null;
  /** What the last probe found. */
  readonly detail: string | null;
  readonly lastProbe: {
    readonly at: string;
    readonly ok: boolean;
    /** Seconds. */
    readonly duration: number;
  } | null;
  /** The prefixes whose `needs` has it. */
  readonly neededBy: readonly string[];
}

export function checkView({ config, fact, last, neededBy }: CheckStatus): CheckView {
  return {
    name: config.name,
    kind: config.probe.kind,
    target: wayText(config.probe, config.via),
    via: config.via ?? null,
    state: fact?.state ?? 'unknown',
    since: isoTime(fact?.since),
    leaseUntil: isoTime(fact?.leaseUntil),
    detail: fact?.detail ?? null,
    lastProbe: last
      ? { at: isoTime(last.at), ok: last.ok, duration: Math.round(last.duration) / 1000 }
      : null,
    neededBy,
  };
}

function wayText(probe: ProbeConfig, via: string | undefined): string {
  const target = targetText(probe);
  return via === undefined ? target : `${target} through ${via}`;
}

function targetText(probe: ProbeConfig): string {
  return match(probe)
    .with({ kind: 'tcp' }, { kind: 'haproxy-agent' }, ({ host, port }) =>
      formatEndpoint(host, port),
    )
    .with({ kind: 'http' }, ({ url, host }) => {
      return host === undefined ? shownUrl(url) : `${shownUrl(url)} as ${host}`;
    })
    .with({ kind: 'dns' }, ({ server, port, name, type }) => {
      return `${name} ${type} at ${formatEndpoint(server, port)}`;
    })
    .with({ kind: 'exec' }, ({ argv: [program, ...rest] }) =>
      rest.length === 0 ? `${program}` : `${program} …`,
    )
    .with({ kind: 'link' }, (link) => link.interface)
    .with({ kind: 'ping' }, ({ host }) => host)
    .exhaustive();
}
