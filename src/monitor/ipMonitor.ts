/**
 * The lines of `ip -o monitor link address` (iproute2 6.1; newlines within a report are printed as
 * a backslash):
 *
 *     101: eth1@if201: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN ...
 *     Deleted 101: eth1@if201: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN group ...
 *     101: eth1    inet 198.51.100.2/30 scope global eth1\       valid_lft forever ...
 *
 * `-json` changes nothing here: `monitor` prints text all the same.
 */

import { causeOfFlags, type KernelCause } from './linkState.ts';

export interface LinkReport {
  readonly type: 'link';
  /** The kernel's number for the interface, which a change of name leaves alone. */
  readonly index: number;
  /** The name as printed: with `@PEER` when it is tied to another interface. */
  readonly label: string;
  readonly altnames: readonly string[];
  readonly cause: KernelCause;
}

export interface AddressReport {
  readonly type: 'address';
  /** There is no name: `ip monitor` prints the one that the interface had when it first saw it. */
  readonly index: number;
  readonly deleted: boolean;
}

export type MonitorReport = LinkReport | AddressReport;

const LINK = /^(Deleted )?(\d+): (\S+): <([^>]*)> ([^\\]*)/;
const ADDRESS = /^(Deleted )?(\d+): \S+\s+inet6? /;
const ALTNAME = /\\\s+altname (\S+?)(?=\\\s|\s|$)/g;

/** Undefined: a line that is neither, or that is not understood. */
export function parseMonitorLine(line: string): MonitorReport | undefined {
  const link = LINK.exec(line);
  if (link) {
    const [, deleted, index, label = '', flags = '', rest = ''] = link;
    const gone = deleted !== undefined && !isBridgeReport(rest);
    return {
      type: 'link',
      index: Number(index),
      label,
      altnames: [...line.matchAll(ALTNAME)].map(([, altname = '']) => altname),
      cause: gone ? 'absent' : causeOfFlags(flags.split(',')),
    };
  }
  const address = ADDRESS.exec(line);
  return address
    ? { type: 'address', index: Number(address[2]), deleted: address[1] !== undefined }
    : undefined;
}

/**
 * Whether the report may be about the interface called `name`. `a@b` may be `a`, tied to `b`, or an
 * interface of that very name: who knows the index can tell.
 */
export function isNamed(report: LinkReport, name: string): boolean {
  return (
    report.label === name || report.label.startsWith(`${name}@`) || report.altnames.includes(name)
  );
}

/**
 * Bridges report on their ports in the same group, and "Deleted" then means that the port left the
 * bridge. Their reports lack the queueing discipline, which comes before `master` in all others.
 */
function isBridgeReport(rest: string): boolean {
  const [own = ''] = rest.split(/(?:^| )master /);
  return !/(?:^| )qdisc /.test(own);
}
