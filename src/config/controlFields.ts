/** The control socket's path and permissions as values of the file. */

import { type Field, scalar } from './field.ts';

/** sun_path has 108 octets, one of them the final NUL. */
const MAX_PATH = 107;

export const socketPath: Field<string> = scalar(
  {
    name: 'a path',
    example: '/run/multihomed/control.sock',
    schema: { type: 'string', pattern: '^/', maxLength: MAX_PATH },
  },
  (text) => {
    if (!text.startsWith('/')) {
      return {
        wrong: {
          cause: `"${text}" is not an absolute path`,
          consequence: 'the daemon and its commands would look for it in different directories',
          mend: `write it from the root, as /run/multihomed/control.sock`,
        },
      };
    }
    // Every character may have up to three octets here: a pair of surrogates has four.
    const octets = [...text].reduce((sum, c) => sum + octetsOf(c.codePointAt(0) ?? 0), 0);
    if (octets <= MAX_PATH) return { value: text };
    return {
      wrong: {
        cause: `the path has ${octets} octets`,
        consequence: `the kernel takes at most ${MAX_PATH} for a unix socket`,
        mend: 'choose a shorter path',
      },
    };
  },
);

/** How many octets UTF-8 has for a code point. */
function octetsOf(codePoint: number): number {
  return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
}

/** Permissions in octal, with or without quotes: `"0660"`. */
export const fileMode: Field<number> = scalar(
  { name: 'a mode', example: '"0660"', schema: { type: 'string', pattern: '^0?[0-7]{3}$' } },
  (text) => {
    if (!/^0?[0-7]{3}$/.test(text)) {
      return {
        wrong: {
          cause: `"${text}" is not a mode`,
          consequence: 'who may use the control socket is not clear',
          mend: 'write three octal digits after a 0, as "0660"',
        },
      };
    }
    const value = Number.parseInt(text, 8);
    if ((value & 0o002) === 0) return { value };
    const warning = {
      cause: `${text} lets every user of this machine connect`,
      consequence: 'any of them can have the file read anew, and whatever commands come later',
      mend: 'write "0660" and give the socket to a group',
    };
    return { value, warning };
  },
);
