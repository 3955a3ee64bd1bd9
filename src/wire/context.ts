/** What a session negotiated, as far as it changes how octets are read and written. */
export interface CodecContext {
  /** AS numbers in AS_PATH and AGGREGATOR have four octets (RFC 6793). */
  readonly fourOctetAs: boolean;
  /** NLRI of the family carry a path identifier (RFC 7911). */
  readonly addPath: { readonly ipv4: boolean; readonly ipv6: boolean };
  /** Messages up to 65535 octets, except OPEN and KEEPALIVE (RFC 8654). */
  readonly extendedMessages: boolean;
  /** IPv4 routes may have IPv6 next hops (RFC 8950). */
  readonly extendedNextHop: boolean;
  /** The neighbour is in our own AS: LOCAL_PREF is expected. */
  readonly internal: boolean;
}
