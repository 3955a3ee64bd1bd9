/** Prefixes as text and as octets, for the bench's own speaker. */

/** RFC 4271 §4.3: the length in bits, then as many octets as that needs. Throws on other text. */
export function nlriOf(prefix: string): Uint8Array {
  const [address = '', bits = ''] = prefix.split('/');
  const length = Number(bits);
  const octets = addressOctets(address).slice(0, (length + 7) >> 3);
  return Uint8Array.from([length, ...octets]);
}

/** 4 or 16 octets, network byte order. */
export function addressOctets(address: string): number[] {
  if (!address.includes(':')) return address.split('.').map(Number);
  const [head = '', tail] = address.split('::');
  const words = (text: string) => text.split(':').filter(Boolean);
  const [before, after] = [words(head), words(tail ?? '')];
  const zeros = Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...(tail === undefined ? [] : zeros), ...after].flatMap((word) => {
    const value = Number.parseInt(word, 16);
    return [value >> 8, value & 255];
  });
}
