/** Whether the roles that both ends say fit each other (RFC 9234 §4.2). */

import { counterpartOf, roleOf } from '../net/role.ts';
import { capabilitiesOf } from '../wire/capability.ts';
import { ErrorCode, OpenSubcode } from '../wire/constants.ts';
import { RemoteError } from '../wire/errors.ts';
import type { OpenMessage } from '../wire/open.ts';

/**
 * What the neighbour is to be told, or undefined. `strict`: who says no role is refused, if we say
 * one. Where we say none, as inside of an AS, what the neighbour says means nothing.
 */
export function judgeRoles(
  ours: OpenMessage,
  theirs: OpenMessage,
  strict: boolean,
): RemoteError | undefined {
  const [code] = rolesOf(ours);
  const own = code === undefined ? undefined : roleOf(code);
  if (!own) return undefined;
  const [said, ...others] = rolesOf(theirs);
  if (said === undefined) {
    return strict ? mismatch('it says no role, and is to say one') : undefined;
  }
  // §4.2: several are fine as long as all of them say the same.
  if (others.length > 0) return mismatch('it says more than one role');
  const expected = counterpartOf(own);
  if (roleOf(said) === expected) return undefined;
  const claimed = roleOf(said) ?? `of role ${said}`;
  return mismatch(`it says that it is ${claimed}; we are ${own}, so it has to be ${expected}`);
}

/** The numbers, each once. */
function rolesOf({ capabilities }: OpenMessage): readonly number[] {
  return [...new Set(capabilitiesOf(capabilities, 'role').map(({ role }) => role))];
}

function mismatch(message: string): RemoteError {
  const { openMessage } = ErrorCode;
  return new RemoteError(openMessage, OpenSubcode.roleMismatch, new Uint8Array(0), message);
}
