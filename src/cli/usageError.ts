/** What was typed cannot be meant: one line for the user; exit 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
