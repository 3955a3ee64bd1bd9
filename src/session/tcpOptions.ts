/** What a neighbour's TCP connection is to have beside its two ends. */

import type { Neighbour } from '../config/config.ts';
import { sendHoldTime } from '../fsm/schedule.ts';
import type { IpAddress } from '../net/address.ts';
import type { Secret } from './secret.ts';

export interface TcpOptions {
  readonly address: IpAddress;
  /** Of what we send. */
  readonly ttl: number;
  /** Segments that come with less are dropped (RFC 5082); undefined: none are. */
  readonly minTtl: number | undefined;
  /** RFC 2385. */
  readonly md5: Secret | undefined;
  /** Milliseconds that sent octets may stay unacknowledged; 0: as the kernel has it. */
  readonly userTimeout: number;
  /** SO_BINDTODEVICE. */
  readonly device: string | undefined;
}

/** RFC 5082 §3: nothing that was forwarded has it. */
export const GTSM_TTL = 255;

export function tcpOptionsOf(neighbour: Neighbour, md5: Secret | undefined): TcpOptions {
  const { address, multihop, ttlSecurity, holdTime, bindToInterface } = neighbour;
  return {
    address,
    ttl: ttlSecurity ? GTSM_TTL : multihop,
    minTtl: ttlSecurity ? GTSM_TTL : undefined,
    md5,
    // Not sooner: the kernel counts a closed window too, and who reads slowly has that long (RFC 9687).
    userTimeout: holdTime === 0 ? 0 : sendHoldTime(holdTime) * 1000,
    device: bindToInterface ? neighbour.interface : undefined,
  };
}

/** What keeps others out of the session, as it is shown. */
export type Protection = 'md5' | 'gtsm' | 'interface';

export function protectionOf(neighbour: Neighbour): readonly Protection[] {
  const { password, ttlSecurity, bindToInterface } = neighbour;
  return [
    ...(password ? (['md5'] as const) : []),
    ...(ttlSecurity ? (['gtsm'] as const) : []),
    ...(bindToInterface ? (['interface'] as const) : []),
  ];
}

/** Whether a connection without these would be one that the file forbids. */
export function mustHave({ md5, minTtl, device }: TcpOptions): boolean {
  return md5 !== undefined || minTtl !== undefined || device !== undefined;
}
