/** Names of NOTIFICATION codes and subcodes: IANA "BGP Error (Notification) Codes". */

interface CodeNames {
  readonly name: string;
  readonly subcodes: Readonly<Record<number, string>>;
}

const NAMES: Readonly<Record<number, CodeNames>> = {
  // RFC 4271 §6.1
  1: {
    name: 'Message Header Error',
    subcodes: {
      0: 'Unspecific',
      1: 'Connection Not Synchronized',
      2: 'Bad Message Length',
      3: 'Bad Message Type',
    },
  },
  // RFC 4271 §6.2, RFC 5492 §5 (7), RFC 9234 §4.2 (11)
  2: {
    name: 'OPEN Message Error',
    subcodes: {
      0: 'Unspecific',
      1: 'Unsupported Version Number',
      2: 'Bad Peer AS',
      3: 'Bad BGP Identifier',
      4: 'Unsupported Optional Parameter',
      5: 'Authentication Failure',
      6: 'Unacceptable Hold Time',
      7: 'Unsupported Capability',
      11: 'Role Mismatch',
    },
  },
  // RFC 4271 §6.3
  3: {
    name: 'UPDATE Message Error',
    subcodes: {
      0: 'Unspecific',
      1: 'Malformed Attribute List',
      2: 'Unrecognized Well-known Attribute',
      3: 'Missing Well-known Attribute',
      4: 'Attribute Flags Error',
      5: 'Attribute Length Error',
      6: 'Invalid ORIGIN Attribute',
      7: 'AS Routing Loop',
      8: 'Invalid NEXT_HOP Attribute',
      9: 'Optional Attribute Error',
      10: 'Invalid Network Field',
      11: 'Malformed AS_PATH',
    },
  },
  // RFC 4271 §6.5
  4: { name: 'Hold Timer Expired', subcodes: {} },
  // RFC 4271 §6.6, RFC 6608 §3
  5: {
    name: 'Finite State Machine Error',
    subcodes: {
      0: 'Unspecified Error',
      1: 'Receive Unexpected Message in OpenSent State',
      2: 'Receive Unexpected Message in OpenConfirm State',
      3: 'Receive Unexpected Message in Established State',
    },
  },
  // RFC 4486 §3, RFC 8538 §3.1 (9), RFC 9384 §3 (10)
  6: {
    name: 'Cease',
    subcodes: {
      1: 'Maximum Number of Prefixes Reached',
      2: 'Administrative Shutdown',
      3: 'Peer De-configured',
      4: 'Administrative Reset',
      5: 'Connection Rejected',
      6: 'Other Configuration Change',
      7: 'Connection Collision Resolution',
      8: 'Out of Resources',
      9: 'Hard Reset',
      10: 'BFD Down',
    },
  },
  // RFC 7313 §5
  7: { name: 'ROUTE-REFRESH Message Error', subcodes: { 1: 'Invalid Message Length' } },
  // RFC 9687 §4
  8: { name: 'Send Hold Timer Expired', subcodes: {} },
};

/** `Cease/Administrative Shutdown`, `Hold Timer Expired`, `Cease/subcode 42`, `error 42/7`. */
export function notificationName(code: number, subcode: number): string {
  const names = NAMES[code];
  if (!names) return `error ${code}/${subcode}`;
  const name = names.subcodes[subcode];
  if (name !== undefined) return `${names.name}/${name}`;
  return subcode === 0 ? names.name : `${names.name}/subcode ${subcode}`;
}
