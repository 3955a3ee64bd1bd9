/** What the file says of capabilities that change which routes go over a session: `role`, `add-path`. */

import type { Role } from '../net/role.ts';
import { pathLimit } from './bgpFields.ts';
import { boolean, choice, type Field } from './field.ts';
import { fallback, mapping, required } from './mapping.ts';
import { ADD_PATH_WORDS, ROLE_WORDS } from './neighbourWords.ts';
import { shorthand } from './shorthand.ts';

export interface ReadRole {
  /** Undefined in a mapping that forgot it, which was told. */
  readonly is: Role | 'none' | undefined;
  readonly strict: boolean;
}

/** `roles`: those that make sense towards such a neighbour, the usual one first. */
export function roleKey(who: string, roles: readonly [Role, ...Role[]], meaning: string) {
  const [usual] = roles;
  return fallback(
    roleField(who, roles),
    usual,
    `Our role towards it (RFC 9234): ${meaning}. With { is: ${usual}, strict: true } a neighbour that does not say its own role is refused; with none, no role is said and no route is marked.`,
  );
}

function roleField(who: string, roles: readonly Role[]): Field<ReadRole> {
  const name = `a role of ours towards ${who}`;
  const whole = mapping(
    {
      is: required(choice(name, roles), 'Our role.'),
      strict: fallback(boolean, false, 'Whether a neighbour that says no role is refused.'),
    },
    ROLE_WORDS,
  );
  const said = readAs(
    whole,
    ({ is, strict }): ReadRole => ({ is: is?.value, strict: strict.value }),
  );
  return shorthand(choice(name, [...roles, 'none']), said, (is) => ({ is, strict: false }));
}

/** Enough for the routers of any provider at one exchange; each takes room beside every prefix. */
export const USUAL_PATHS = 8;

const PATHS = ['none', 'receive', 'send', 'both'] as const;

export interface ReadAddPath {
  readonly is: (typeof PATHS)[number];
  /** The most that are taken to one prefix. */
  readonly paths: number;
}

const addPathField: Field<ReadAddPath> = shorthand(
  choice('a use of path identifiers', PATHS),
  readAs(
    mapping(
      {
        is: required(choice('a use of path identifiers', PATHS), 'Which way several paths go.'),
        paths: fallback(pathLimit, USUAL_PATHS, 'The most paths to a prefix that are taken.'),
      },
      ADD_PATH_WORDS,
    ),
    ({ is, paths }): ReadAddPath => ({ is: is?.value ?? 'none', paths: paths.value }),
  ),
  (is) => ({ is, paths: USUAL_PATHS }),
);

export const addPathKey = fallback(
  addPathField,
  'none',
  `Whether several paths to a prefix are taken (receive), sent (send), or both (RFC 7911). Up to ${USUAL_PATHS} of each are kept, or as many as { is: receive, paths: 16 } says, 64 at most.`,
);

/** What the mapping says, without its places. */
function readAs<R, T>(field: Field<R>, meant: (read: R) => T): Field<T> {
  return {
    schema: field.schema,
    read(node, place, findings) {
      const read = field.read(node, place, findings);
      return read === undefined ? undefined : meant(read);
    },
  };
}
