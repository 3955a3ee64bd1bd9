/**
 * Address space that must not be in a routing table: IANA's special-purpose registries (RFC 6890 and
 * its successors), multicast, and for IPv6 all that is not global unicast. The default route is not
 * within any of it.
 */

/** As a person would write them; parsed once by `import.ts`. */
export const IPV4_BOGONS: readonly string[] = [
  '0.0.0.0/8', // RFC 791
  '10.0.0.0/8', // RFC 1918
  '100.64.0.0/10', // RFC 6598
  '127.0.0.0/8', // RFC 1122
  '169.254.0.0/16', // RFC 3927
  '172.16.0.0/12', // RFC 1918
  '192.0.0.0/24', // RFC 6890
  '192.0.2.0/24', // RFC 5737
  '192.88.99.0/24', // RFC 7526
  '192.168.0.0/16', // RFC 1918
  '198.18.0.0/15', // RFC 2544
  '198.51.100.0/24', // RFC 5737
  '203.0.113.0/24', // RFC 5737
  '224.0.0.0/4', // RFC 5771
  '240.0.0.0/4', // RFC 1112
];

export const IPV6_BOGONS: readonly string[] = [
  '::/3', // RFC 4291: loopback, IPv4-mapped, discard-only
  '2001:2::/48', // RFC 5180
  '2001:10::/28', // RFC 4843
  '2001:20::/28', // RFC 7343
  '2001:db8::/32', // RFC 3849
  '2002::/16', // RFC 7526
  '3ffe::/16', // RFC 5156
  '3fff::/20', // RFC 9637
  '4000::/2', // RFC 4291: not allocated, RFC 9602 in it
  '8000::/1', // RFC 4291: not allocated, unique local, link local, multicast
];
