/** A bug of ours as it is told. */

export interface InternalError {
  /** One line. */
  readonly cause: string;
  /** For whoever mends it; several lines. */
  readonly stack: string;
}

export function internalError(error: unknown): InternalError {
  const cause = String(error).replaceAll(/\s*\n\s*/g, ' ');
  return { cause, stack: (error instanceof Error && error.stack) || cause };
}
