/** Where a secret is, as a value of the file: the secret itself must not stand there. */

import type { SecretReference } from './config.ts';
import { type Field, MAX_TEXT, scalar } from './field.ts';

/** As POSIX has the names of environment variables. */
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

const reference: Field<SecretReference> = scalar<SecretReference>(
  {
    name: 'the place of a password',
    example: 'env:TRANSIT_A_MD5',
    schema: { type: 'string', pattern: '^(env:[A-Za-z_][A-Za-z0-9_]*|file:/.+)$' },
  },
  (text) => {
    const [, scheme, rest = ''] = /^(env|file):(.*)$/.exec(text) ?? [];
    if (scheme === 'env' && VARIABLE.test(rest)) return { value: { kind: 'env', name: rest } };
    if (scheme === 'file' && rest.startsWith('/')) return { value: { kind: 'file', path: rest } };
    return { wrong: WRONG[scheme === 'env' || scheme === 'file' ? scheme : 'bare'] };
  },
);

/** Without quotes a password may look like a mapping or a list: that is not repeated either. */
export const secretReference: Field<SecretReference> = {
  schema: reference.schema,
  read(node, place, findings) {
    if (node.kind === 'scalar' && node.text.length <= MAX_TEXT) {
      return reference.read(node, place, findings);
    }
    findings.error(place, WRONG.bare);
    return undefined;
  },
};

/** The text is not repeated: it may be the password. */
const WRONG = {
  env: {
    cause: 'what follows env: is not the name of an environment variable',
    consequence: 'the password could not be found',
    mend: 'write it as env:TRANSIT_A_MD5: letters, digits and _, not beginning with a digit',
  },
  file: {
    cause: 'what follows file: is not an absolute path',
    consequence: 'the daemon and `check` would look for it in different directories',
    mend: 'write it from the root, as file:/etc/multihomed/transit-a.key',
  },
  bare: {
    cause: 'a password stands where the place of a password belongs',
    consequence:
      'whoever may read the file, or a backup of it, would have it; if it is a real one, choose another with the neighbour',
    mend: 'put it into a file that only the daemon may read, and write file:/etc/multihomed/transit-a.key, or env:TRANSIT_A_MD5',
  },
} as const;
