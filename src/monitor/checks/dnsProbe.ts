/**
 * One question to one name server, by Node's own resolver (c-ares): it refuses answers with another
 * id or question, and asks over TCP where an answer was cut off.
 */

import { networkInterfaces } from 'node:os';
import type { ProbeConfig } from '../../config/checkConfig.ts';
import { lateModule } from '../../host/lateModule.ts';
import { formatEndpoint } from '../../net/address.ts';
import { errorCode, errorText } from '../../net/errorText.ts';
import { failed, type Outcome, type Probe, passed, shownText } from './probe.ts';

type DnsTarget = Extract<ProbeConfig, { kind: 'dns' }>;

const WORDS = new Map(
  Object.entries({
    ENODATA: 'the server has no such record',
    ENOTFOUND: 'the server knows no such name (NXDOMAIN)',
    EFORMERR: 'the server did not understand the question (FORMERR)',
    ESERVFAIL: 'the server failed (SERVFAIL)',
    ENOTIMP: 'the server does not do that (NOTIMP)',
    EREFUSED: 'the server refuses (REFUSED)',
    EBADRESP: 'the answer makes no sense',
    ECONNREFUSED: 'connection refused',
    ETIMEOUT: 'no answer',
  }),
);

/**
 * `source`: the address of ours to ask from; undefined: what the kernel chooses. `timeout`: of the
 * whole probe, in ms.
 */
export function dnsProbe(target: DnsTarget, source: string | undefined, timeout: number): Probe {
  return async ({ limit, stage }) => {
    stage('waiting for the answer');
    const { Resolver } = lateModule('node:dns/promises');
    // A datagram may be lost without anybody being ill: it is sent a second time at half-time.
    const resolver = new Resolver({ timeout: Math.ceil(timeout / 2), tries: 2 });
    resolver.setServers([formatEndpoint(target.server, target.port)]);
    if (source !== undefined) resolver.setLocalAddress(source);
    limit.listen(() => resolver.cancel());
    try {
      return judge(target, await resolver.resolve(target.name, target.type));
    } catch (error) {
      return failed(faultOf(error, source));
    } finally {
      limit.listen(undefined);
    }
  };
}

function judge({ name, type }: DnsTarget, records: unknown): Outcome {
  const count = Array.isArray(records) ? records.length : 1;
  if (count === 0) return failed(`the server has no ${type} record of ${name}`);
  return passed(`${count} ${type} record${count === 1 ? '' : 's'} of ${name}`);
}

function faultOf(error: unknown, source: string | undefined): string {
  const code = errorCode(error) ?? '';
  // c-ares says the same of a source that it cannot bind.
  if (code === 'ECONNREFUSED' && source !== undefined && !isOurs(source)) {
    return `the source ${source} is not an address of this machine`;
  }
  return WORDS.get(code) ?? shownText(errorText(error));
}

function isOurs(source: string): boolean {
  return Object.values(networkInterfaces()).some((all) =>
    all?.some(({ address }) => address === source),
  );
}
