/**
 * A TCP MD5 key in memory: it can be given to the kernel and compared, and whatever prints it, by
 * whichever way, prints `[secret]`.
 */

const SHOWN = '[secret]';

/** TCP_MD5SIG_MAXKEYLEN. */
export const MAX_SECRET = 80;

export class Secret {
  readonly #octets: Uint8Array;

  /** UTF-8 of the text; 1 to `MAX_SECRET` octets, else RangeError. */
  constructor(text: string) {
    this.#octets = new TextEncoder().encode(text);
    const { length } = this.#octets;
    if (length < 1 || length > MAX_SECRET) {
      throw new RangeError(`a key has 1 to ${MAX_SECRET} octets, not ${length}`);
    }
  }

  /** For the kernel; the caller must not keep it. */
  copyTo(target: Uint8Array, at: number): number {
    target.set(this.#octets, at);
    return this.#octets.length;
  }

  equals(other: Secret | undefined): boolean {
    if (other === undefined || other.#octets.length !== this.#octets.length) return false;
    return this.#octets.every((octet, i) => octet === other.#octets[i]);
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return SHOWN;
  }
}

export function sameSecret(a: Secret | undefined, b: Secret | undefined): boolean {
  return a === undefined ? b === undefined : a.equals(b);
}
