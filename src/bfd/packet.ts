/**
 * The BFD Control packet (RFC 5880 §4.1). What may follow it, an authentication section, is
 * `authentication.ts`'s.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-----+---------+---+-+-+-+-+-+-+---------------+---------------+
 *     |Vers |  Diag   |Sta|P|F|C|A|D|M|  Detect Mult  |    Length     |
 *     +-----+---------+---+-+-+-+-+-+-+---------------+---------------+
 *     |                       My Discriminator                        |
 *     |                      Your Discriminator                       |
 *     |                    Desired Min TX Interval                    |
 *     |                   Required Min RX Interval                    |
 *     |                 Required Min Echo RX Interval                 |
 *     +---------------------------------------------------------------+
 */

export const PACKET_OCTETS = 24;
const VERSION = 1;

/** In the order of their codes. */
export const SESSION_STATES = ['AdminDown', 'Down', 'Init', 'Up'] as const;
export type SessionState = (typeof SESSION_STATES)[number];

/** Why a session last left Up: the codes that we send. */
export const Diagnostic = {
  none: 0,
  detectionTimeExpired: 1,
  neighbourSignaledDown: 3,
  administrativelyDown: 7,
} as const;

/** RFC 5880 §4.1, by code. */
export const DIAGNOSTICS = [
  'no diagnostic',
  'control detection time expired',
  'echo function failed',
  'neighbour signaled session down',
  'forwarding plane reset',
  'path down',
  'concatenated path down',
  'administratively down',
  'reverse concatenated path down',
] as const;

/** Intervals are microseconds. */
export interface ControlPacket {
  readonly diagnostic: number;
  readonly state: SessionState;
  readonly poll: boolean;
  readonly final: boolean;
  readonly demand: boolean;
  readonly detectMult: number;
  readonly myDiscriminator: number;
  readonly yourDiscriminator: number;
  readonly desiredMinTx: number;
  readonly requiredMinRx: number;
}

/** Why a packet was discarded before any session saw it. */
export type Malformed = 'version' | 'length' | 'multiplier' | 'multipoint' | 'discriminator';

const FLAG = { poll: 0x20, final: 0x10, authentication: 0x04, demand: 0x02, multipoint: 0x01 };

/** `room`: octets that an authentication section is written into; 0: there is none. */
export function encodePacket(packet: ControlPacket, room = 0): Uint8Array {
  const octets = new Uint8Array(PACKET_OCTETS + room);
  const view = new DataView(octets.buffer);
  octets[0] = (VERSION << 5) | packet.diagnostic;
  // C stays clear, truthfully: when this process dies, so does its BFD (RFC 5880 §6.8.7).
  octets[1] =
    (SESSION_STATES.indexOf(packet.state) << 6) |
    (packet.poll ? FLAG.poll : 0) |
    (packet.final ? FLAG.final : 0) |
    (room > 0 ? FLAG.authentication : 0) |
    (packet.demand ? FLAG.demand : 0);
  octets[2] = packet.detectMult;
  octets[3] = octets.length;
  view.setUint32(4, packet.myDiscriminator);
  view.setUint32(8, packet.yourDiscriminator);
  view.setUint32(12, packet.desiredMinTx);
  view.setUint32(16, packet.requiredMinRx);
  // Required Min Echo RX Interval 0: echo packets are not looped back.
  view.setUint32(20, 0);
  return octets;
}

export interface DecodedPacket {
  readonly packet: ControlPacket;
  /** Its octets, if an authentication section is among them: without it, it has none. */
  readonly signed?: Uint8Array;
}

/** Judges in the order of RFC 5880 §6.8.6, as far as no session need be known for it. */
export function decodePacket(octets: Uint8Array): DecodedPacket | { readonly fault: Malformed } {
  if (octets.length < PACKET_OCTETS) return { fault: 'length' };
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const [first, flags, length] = [view.getUint8(0), view.getUint8(1), view.getUint8(3)];
  if (first >> 5 !== VERSION) return { fault: 'version' };
  const authenticated = (flags & FLAG.authentication) !== 0;
  const least = authenticated ? PACKET_OCTETS + 2 : PACKET_OCTETS;
  if (length < least || length > octets.length) return { fault: 'length' };
  const detectMult = view.getUint8(2);
  if (detectMult === 0) return { fault: 'multiplier' };
  if ((flags & FLAG.multipoint) !== 0) return { fault: 'multipoint' };
  const [myDiscriminator, yourDiscriminator] = [view.getUint32(4), view.getUint32(8)];
  const state = SESSION_STATES[flags >> 6] ?? 'Down';
  if (myDiscriminator === 0) return { fault: 'discriminator' };
  // Only whoever has not heard us yet may not know our discriminator.
  const unaware = state === 'Down' || state === 'AdminDown';
  if (yourDiscriminator === 0 && !unaware) return { fault: 'discriminator' };
  return {
    ...(authenticated ? { signed: octets.subarray(0, length) } : {}),
    packet: {
      diagnostic: first & 0x1f,
      state,
      poll: (flags & FLAG.poll) !== 0,
      final: (flags & FLAG.final) !== 0,
      demand: (flags & FLAG.demand) !== 0,
      detectMult,
      myDiscriminator,
      yourDiscriminator,
      desiredMinTx: view.getUint32(12),
      requiredMinRx: view.getUint32(16),
    },
  };
}

/** `control detection time expired`, `diagnostic 19`. */
export function diagnosticText(code: number): string {
  return DIAGNOSTICS[code] ?? `diagnostic ${code}`;
}
