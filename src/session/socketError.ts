/** What the kernel says of a socket, in words an operator can act on. */

import { errorCode } from '../net/errorText.ts';

const WORDS = new Map(
  Object.entries({
    ECONNREFUSED: 'connection refused: nothing listens there, or the neighbour does not know us',
    ECONNRESET: 'connection reset by the neighbour',
    EPIPE: 'connection closed by the neighbour',
    ETIMEDOUT: 'no answer',
    EHOSTUNREACH:
      'host unreachable: no answer to ARP or neighbour discovery, or a firewall refuses',
    ENETUNREACH: 'network unreachable: this machine has no route there',
    ENETDOWN: 'the interface is down',
    EADDRNOTAVAIL:
      'the local address is not on this machine: add it to an interface, or correct local-address',
    EACCES: 'permission denied by the kernel or a firewall',
    EPERM: 'permission denied by the kernel or a firewall',
    EMFILE: 'out of file descriptors: raise the limit (ulimit -n, LimitNOFILE=)',
    ENFILE: 'the machine is out of file descriptors',
  }),
);

export function socketErrorText(error: Error): string {
  return WORDS.get(errorCode(error) ?? '') || error.message;
}

/** Of an attempt that nothing has come of; TCP MD5 drops what does not fit without a word (RFC 2385). */
export function silenceText(withKey: boolean): string {
  const other = withKey
    ? 'one that has no password for us (TCP MD5), or another one, is as silent'
    : 'one that expects a password (TCP MD5) is as silent';
  return `no answer: it is away, or something drops the packets on the way; ${other}`;
}
