/** Octets from hexadecimal text as people have it: `ff:ff`, `0xff 0xff`, `FFFF`, in any mixture. */

/** Digit values by character code, -1 for everything else. */
const DIGITS = new Int8Array(128).fill(-1);
for (let value = 0; value < 16; value++) {
  DIGITS[value.toString(16).charCodeAt(0)] = value;
  DIGITS[value.toString(16).toUpperCase().charCodeAt(0)] = value;
}

/** A group of digits, after an optional `0x`; between groups stand blanks, colons and the like. */
const GROUP = /[^\s:,;-]+/g;

/** The column of offsets that tcpdump (`0x0000:`), xxd (`00000000:`) and hexdump put before octets. */
const OFFSET = /^\s*((?:0x)?[0-9a-f]{4,8}:(?=\s)|0[0-9a-f]{3,7}(?=\s{2}))/i;

/** Nothing at all is no octets. `problem`: what is wrong and at which column, for the user. */
export function parseHex(text: string): { octets: Uint8Array } | { problem: string } {
  const offset = OFFSET.exec(text)?.[1];
  if (offset !== undefined) {
    return {
      problem: `it begins with the offset ${offset} of a dump; give the octets alone, a whole message a line (as \`xxd -p -c 0\` prints them)`,
    };
  }
  const octets = new Uint8Array(text.length >> 1);
  let length = 0;
  for (const match of text.matchAll(GROUP)) {
    const group = match[0];
    let at = /^0x/i.test(group) ? 2 : 0;
    if (at === group.length || (group.length - at) % 2 !== 0) {
      return { problem: problem(group, match.index, 'has an odd number of digits') };
    }
    for (; at < group.length; at += 2) {
      const octet = (digit(group, at) << 4) | digit(group, at + 1);
      if (octet < 0) return { problem: problem(group, match.index, 'is not hexadecimal') };
      octets[length++] = octet;
    }
  }
  return { octets: octets.subarray(0, length) };
}

/** Negative where there is no digit, and stays so in the sum. */
function digit(text: string, at: number): number {
  return DIGITS[text.charCodeAt(at)] ?? -1;
}

function problem(group: string, index: number, what: string): string {
  const shown = group.slice(0, 24).replace(/[^!-~]/g, '?');
  return `"${shown}${group.length > 24 ? '...' : ''}" at column ${index + 1} ${what}`;
}
