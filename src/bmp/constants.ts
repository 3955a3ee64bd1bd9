/** IANA "BGP Monitoring Protocol (BMP) Parameters", as far as this program names them. */

export const BMP_VERSION = 3;

/** RFC 7854 §4.1: version (1), length (4), type (1). */
export const COMMON_HEADER_LENGTH = 6;
/** RFC 7854 §4.2. */
export const PEER_HEADER_LENGTH = 42;

/** RFC 7854 §4.1. */
export const BmpType = {
  routeMonitoring: 0,
  statisticsReport: 1,
  peerDown: 2,
  peerUp: 3,
  initiation: 4,
  termination: 5,
} as const;

/** RFC 7854 §4.2. */
export const PeerFlag = {
  /** The neighbour's address is IPv6. */
  ipv6: 0x80,
  /** After import policy. */
  postPolicy: 0x40,
  /** AS_PATH has AS numbers of two octets. */
  legacyAsPath: 0x20,
} as const;

/** RFC 7854 §4.4. */
export const InformationType = { string: 0, sysDescr: 1, sysName: 2 } as const;

/** RFC 7854 §4.5. */
export const TerminationType = { string: 0, reason: 1 } as const;
export const TerminationReason = { administrativelyClosed: 0, outOfResources: 2 } as const;

/** RFC 7854 §4.9. */
export const PeerDownReason = {
  /** A NOTIFICATION of ours follows. */
  localNotification: 1,
  /** The code of the event follows that ended the session (RFC 4271 §8.1). */
  localEvent: 2,
  /** The neighbour's NOTIFICATION follows. */
  remoteNotification: 3,
  remoteWithoutWord: 4,
  /** The session goes on, and nothing more is told of it. */
  noLongerMonitored: 5,
} as const;

/** RFC 7854 §4.8. Gauges of 64 bits; those of one family begin with its AFI and SAFI. */
export const StatisticsType = {
  /** A counter of 32 bits. */
  treatedAsWithdraw: 11,
  adjRibIn: 7,
  adjRibInOfFamily: 9,
} as const;
