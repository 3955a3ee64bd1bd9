/** Reads pcap and pcapng files, as far as BGP captures need: the TCP segments in them, in order. */

import { readFileSync } from 'node:fs';

export interface TcpSegment {
  /** `ADDRESS:PORT`, octets of the address in hexadecimal: only good as a key. */
  readonly source: string;
  readonly target: string;
  readonly ports: readonly [number, number];
  readonly sequence: number;
  readonly syn: boolean;
  readonly payload: Uint8Array;
}

interface Frame {
  readonly linkType: number;
  readonly octets: Buffer;
}

export function readTcpSegments(path: string): TcpSegment[] {
  const file = readFileSync(path);
  const frames = file.readUInt32BE(0) === 0x0a0d0d0a ? pcapngFrames(file) : pcapFrames(file);
  return frames.flatMap((frame) => tcpSegment(frame) ?? []);
}

/** Either byte order, seconds or nanoseconds. */
function pcapFrames(file: Buffer): Frame[] {
  const isLittle = [0xd4c3b2a1, 0x4d3cb2a1].includes(file.readUInt32BE(0));
  const read32 = (at: number) => (isLittle ? file.readUInt32LE(at) : file.readUInt32BE(at));
  const linkType = read32(20) & 0xffff;
  const frames: Frame[] = [];
  for (let at = 24; at + 16 <= file.length; ) {
    const length = read32(at + 8);
    frames.push({ linkType, octets: file.subarray(at + 16, at + 16 + length) });
    at += 16 + length;
  }
  return frames;
}

/** Section headers, interface descriptions, enhanced and simple packets; other blocks are skipped. */
function pcapngFrames(file: Buffer): Frame[] {
  const frames: Frame[] = [];
  let linkTypes: number[] = [];
  let isLittle = true;
  const read32 = (at: number) => (isLittle ? file.readUInt32LE(at) : file.readUInt32BE(at));
  for (let at = 0; at + 12 <= file.length; ) {
    if (file.readUInt32BE(at) === 0x0a0d0d0a) {
      isLittle = file.readUInt32BE(at + 8) === 0x4d3c2b1a;
      linkTypes = [];
    }
    const type = read32(at);
    const read16 = (at: number) => (isLittle ? file.readUInt16LE(at) : file.readUInt16BE(at));
    if (type === 1) linkTypes.push(read16(at + 8));
    if (type === 6) {
      const octets = file.subarray(at + 28, at + 28 + read32(at + 20));
      frames.push({ linkType: linkTypes[read32(at + 8)] ?? -1, octets });
    }
    if (type === 3) {
      const octets = file.subarray(at + 12, at + 12 + read32(at + 8));
      frames.push({ linkType: linkTypes[0] ?? -1, octets });
    }
    at += read32(at + 4);
  }
  return frames;
}

function tcpSegment({ linkType, octets }: Frame): TcpSegment | undefined {
  const ip = ipStart(linkType, octets);
  if (ip === undefined || ip >= octets.length) return undefined;
  const version = octets[ip]! >> 4;
  if (version === 4 && octets[ip + 9] === 6) {
    const tcp = ip + (octets[ip]! & 15) * 4;
    const end = ip + octets.readUInt16BE(ip + 2);
    return segment(octets, tcp, end, octets.subarray(ip + 12, ip + 20));
  }
  if (version === 6 && octets[ip + 6] === 6) {
    const end = ip + 40 + octets.readUInt16BE(ip + 4);
    return segment(octets, ip + 40, end, octets.subarray(ip + 8, ip + 40));
  }
  return undefined;
}

/** Where the IP header begins; undefined: not IP, or a link that is not known here. */
function ipStart(linkType: number, octets: Buffer): number | undefined {
  switch (linkType) {
    case 0: // loopback
      return 4;
    case 1: // Ethernet
      return behindEtherType(octets, 12);
    case 101: // raw IP
      return 0;
    case 104: // Cisco HDLC
    case 107: // Frame Relay, as Cisco does it
      return behindEtherType(octets, 2);
    case 113: // Linux "cooked"
      return 16;
    default:
      return undefined;
  }
}

/** Skips VLAN tags and MPLS labels. */
function behindEtherType(octets: Buffer, at: number): number | undefined {
  const type = octets.readUInt16BE(at);
  if (type === 0x8100 || type === 0x88a8) return behindEtherType(octets, at + 4);
  if (type === 0x0800 || type === 0x86dd) return at + 2;
  if (type !== 0x8847) return undefined;
  let label = at + 2;
  while ((octets[label + 2]! & 1) === 0) label += 4; // to the bottom of the stack
  return label + 4;
}

function segment(octets: Buffer, tcp: number, end: number, addresses: Buffer): TcpSegment {
  const half = addresses.length / 2;
  const ports = [octets.readUInt16BE(tcp), octets.readUInt16BE(tcp + 2)] as const;
  return {
    source: `${addresses.subarray(0, half).toString('hex')}:${ports[0]}`,
    target: `${addresses.subarray(half).toString('hex')}:${ports[1]}`,
    ports,
    sequence: octets.readUInt32BE(tcp + 4),
    syn: (octets[tcp + 13]! & 2) !== 0,
    payload: octets.subarray(tcp + (octets[tcp + 12]! >> 4) * 4, end),
  };
}
