/**
 * An upstream made of octets, as a program of its own: once its session is up it says what its argument,
 * an `Order` as JSON, tells it to say, and then only keeps the session alive.
 */

import { once } from 'node:events';
import { RAW_KEEPALIVE, RawPeer, rawMessage, TYPE } from './rawPeer.ts';

export interface Order {
  /** To whom. */
  readonly address: string;
  readonly asn: number;
  /** Bodies of UPDATEs, in hex. */
  readonly updates: readonly string[];
  /** How many prefixes follow, 20.16.0.0/24 the first of them, with these attributes. */
  readonly table: number;
  readonly attributes: string;
}

/** Prefixes in one message. */
const TOGETHER = 500;
const KEEPALIVE_TIME = 20_000;

const order: Order = JSON.parse(process.argv[2] ?? '');
const peer = await RawPeer.connect(179, order.address);
await peer.establish({ asn: order.asn });
setInterval(() => peer.send(RAW_KEEPALIVE), KEEPALIVE_TIME);
for (const body of order.updates) peer.send(rawMessage(TYPE.update, body));
for (let from = 0; from < order.table; from += TOGETHER) {
  const count = Math.min(TOGETHER, order.table - from);
  const prefixes = Array.from({ length: count }, (_, i) => `18 ${hex(0x141000 + from + i, 3)}`);
  const length = hex(order.attributes.replaceAll(/\s/g, '').length / 2, 2);
  const body = `0000 ${length} ${order.attributes} ${prefixes.join('')}`;
  peer.send(rawMessage(TYPE.update, body));
  if (peer.socket.writableNeedDrain) await once(peer.socket, 'drain');
}
console.log('said');

function hex(value: number, octets: number): string {
  return value.toString(16).padStart(octets * 2, '0');
}
