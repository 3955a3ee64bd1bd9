/**
 * Text that a neighbour sent: a shutdown communication, a host name, a software version. It ends
 * in logs and on terminals, so nothing in it may move a cursor, break a line or turn the reading
 * direction.
 */

import { plainLine } from '../net/plainText.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The UTF-8 text of these octets: line breaks and tabs become spaces, whatever is malformed or
 * unsafe becomes U+FFFD. Never throws.
 */
export function decodeForeignText(octets: Uint8Array): string {
  return plainLine(decoder.decode(octets));
}
