/** Octets as hexadecimal text, for people and for JSON. */

const DIGITS = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'));

/** The octets `start..end`, two digits each: `deadbeef`. */
export function formatHex(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = '';
  for (let at = start; at < end; at++) text += DIGITS[bytes[at]!]!;
  return text;
}

/** `de ad be ef` of `deadbeef`. */
export function spacedHex(digits: string): string {
  return digits.replaceAll(/..(?!$)/g, '$& ');
}
