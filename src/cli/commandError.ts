/** A command cannot do what it was asked: one line for the user, with the mend; exit 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
