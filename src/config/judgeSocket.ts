/** What a neighbour's connection is to be held to, and what cannot be asked of one at once. */

import type { Findings } from './findings.ts';
import type { ReadNeighbour } from './neighbourKeys.ts';

export function judgeSocket(read: ReadNeighbour, findings: Findings): void {
  judgeTtl(read, findings);
  judgeDevice(read, findings);
}

/** RFC 5082 §3: what comes with less than 255 came from further away than the link. */
function judgeTtl({ 'ttl-security': security, multihop }: ReadNeighbour, findings: Findings): void {
  if (!security.value || multihop.value === 1) return;
  // An internal neighbour may be any number of hops away unless the file says otherwise.
  findings.error(security.place, {
    cause: `ttl-security goes with multihop: 1, and it is ${multihop.value} here`,
    consequence:
      'every packet of a neighbour that is more than one hop away would be dropped (RFC 5082)',
    mend: 'say multihop: 1 if the neighbour is on a link of ours, or remove ttl-security',
  });
}

function judgeDevice(read: ReadNeighbour, findings: Findings): void {
  const { 'bind-to-interface': bind, interface: device } = read;
  if (!bind.value || device) return;
  findings.error(bind.place, {
    cause: 'there is no interface to bind to',
    consequence: 'the connection would use whichever interface the routes lead to',
    mend: 'add interface: with its name, or remove bind-to-interface',
  });
}
