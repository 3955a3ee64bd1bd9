/** What the daemon has logged, counted by cause: `session-down 2`. */

export class Logged {
  readonly #counts = new Map<string, number>();
  readonly #examples = new Map<string, string>();

  /** Lines of JSON, as with `log: { format: json }`. */
  constructor(output: string) {
    for (const line of output.split('\n').filter(Boolean)) {
      const { event, message, neighbour }: Record<string, string | undefined> = parsed(line);
      const cause = neighbour === undefined ? `${event}` : `${neighbour} ${event}`;
      this.#counts.set(cause, (this.#counts.get(cause) ?? 0) + 1);
      if (!this.#examples.has(cause)) this.#examples.set(cause, message ?? line);
    }
  }

  /** Causes that were told more often than that. */
  above(limit: number): readonly string[] {
    return [...this.#counts].filter(([, count]) => count > limit).map(([cause]) => cause);
  }

  /** A line each: how often, and the first of them. */
  lines(): readonly string[] {
    return [...this.#counts].map(
      ([cause, count]) => `${count} x ${cause}: ${this.#examples.get(cause)}`,
    );
  }
}

/** What is not JSON, as of a crash, is a cause of its own. */
function parsed(line: string): Record<string, string | undefined> {
  try {
    return JSON.parse(line);
  } catch {
    return { event: line };
  }
}
