/**
 * What stations are told of a neighbour's session: that it is up, that it is down, and its numbers.
 *
 *   Peer Up     header | local address (16) | local port (2) | remote port (2) | sent OPEN | received OPEN
 *   Peer Down   header | reason (1) | NOTIFICATION, or the code of an event (2), or nothing
 *   Statistics  header | count (4) | type (2), length (2), value | ..
 */

import type { IpAddress } from '../net/address.ts';
import { afiSafiOf, type Family } from '../net/family.ts';
import { octets16, octets32 } from '../wire/octets.ts';
import { BmpType, PeerDownReason, StatisticsType } from './constants.ts';
import { bmpMessage } from './message.ts';
import { addressField, type BmpPeer, peerHeaderAt } from './peerHeader.ts';

/** A session that is up. */
export interface BmpSession extends BmpPeer {
  readonly localAddress: IpAddress;
  readonly localPort: number;
  readonly remotePort: number;
  /** Whole messages, as they were on the wire. */
  readonly openSent: Uint8Array;
  readonly openReceived: Uint8Array;
  /** Since when, ms since the epoch. */
  readonly since: number;
}

/** RFC 7854 §4.10. */
export function encodePeerUp(session: BmpSession): Uint8Array {
  const { localAddress, localPort, remotePort, openSent, openReceived, since } = session;
  return bmpMessage(
    BmpType.peerUp,
    peerHeaderAt(session, since),
    addressField(localAddress),
    Uint8Array.from([...octets16(localPort), ...octets16(remotePort)]),
    openSent,
    openReceived,
  );
}

/** Why a session is down; NOTIFICATIONs are whole messages. */
export type PeerDown =
  | { readonly kind: 'local-notification'; readonly notification: Uint8Array }
  /** The number of an event of RFC 4271 §8.1; 0: none of them. */
  | { readonly kind: 'local-event'; readonly event: number }
  | { readonly kind: 'remote-notification'; readonly notification: Uint8Array }
  | { readonly kind: 'remote-without-word' }
  | { readonly kind: 'no-longer-monitored' };

/** RFC 7854 §4.9; `at`: ms since the epoch. */
export function encodePeerDown(peer: BmpPeer, down: PeerDown, at: number): Uint8Array {
  return bmpMessage(BmpType.peerDown, peerHeaderAt(peer, at), downBody(down));
}

function downBody(down: PeerDown): Uint8Array {
  switch (down.kind) {
    case 'local-notification':
      return Uint8Array.of(PeerDownReason.localNotification, ...down.notification);
    case 'local-event':
      return Uint8Array.of(PeerDownReason.localEvent, ...octets16(down.event));
    case 'remote-notification':
      return Uint8Array.of(PeerDownReason.remoteNotification, ...down.notification);
    case 'remote-without-word':
      return Uint8Array.of(PeerDownReason.remoteWithoutWord);
    case 'no-longer-monitored':
      return Uint8Array.of(PeerDownReason.noLongerMonitored);
  }
}

export interface PeerStatistics {
  /** UPDATEs treated as withdrawals (RFC 7606) since the session came up. */
  readonly treatedAsWithdraw: number;
  /** Routes held of each family of the session, refused ones included. */
  readonly routes: readonly { readonly family: Family; readonly count: number }[];
}

/** RFC 7854 §4.8; `at`: ms since the epoch. */
export function encodeStatistics(peer: BmpPeer, counted: PeerStatistics, at: number): Uint8Array {
  const { treatedAsWithdraw, routes } = counted;
  const total = routes.reduce((sum, { count }) => sum + count, 0);
  const entries = [
    statistic(StatisticsType.treatedAsWithdraw, octets32(treatedAsWithdraw)),
    statistic(StatisticsType.adjRibIn, octets64(total)),
    ...routes.map(({ family, count }) => {
      const { afi, safi } = afiSafiOf(family);
      const value = [...octets16(afi), safi, ...octets64(count)];
      return statistic(StatisticsType.adjRibInOfFamily, value);
    }),
  ];
  return bmpMessage(
    BmpType.statisticsReport,
    peerHeaderAt(peer, at),
    Uint8Array.from([...octets32(entries.length), ...entries.flat()]),
  );
}

function statistic(type: number, value: readonly number[]): readonly number[] {
  return [...octets16(type), ...octets16(value.length), ...value];
}

function octets64(value: number): readonly number[] {
  return [...octets32(Math.floor(value / 2 ** 32)), ...octets32(value % 2 ** 32)];
}
