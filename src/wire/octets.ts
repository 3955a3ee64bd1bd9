/** Unsigned numbers in network order. */

export function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

export function uint32(bytes: Uint8Array, at: number): number {
  return ((uint16(bytes, at) << 16) | uint16(bytes, at + 2)) >>> 0;
}

/** The two octets of the low 16 bits. */
export function octets16(value: number): [number, number] {
  return [(value >>> 8) & 0xff, value & 0xff];
}

export function octets32(value: number): [number, number, number, number] {
  return [(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

/** Writes two octets at `offset`; the offset behind them. */
export function putUint16(target: Uint8Array, offset: number, value: number): number {
  target[offset] = value >>> 8;
  target[offset + 1] = value;
  return offset + 2;
}

/** Writes four octets at `offset`; the offset behind them. */
export function putUint32(target: Uint8Array, offset: number, value: number): number {
  return putUint16(target, putUint16(target, offset, value >>> 16), value);
}
