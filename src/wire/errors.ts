/**
 * The peer broke the protocol, or asks for more than there is room for: the NOTIFICATION it is sent.
 * Thrown in this layer and in `session`, where one place catches it; `fsm` returns it. Nothing else is
 * ever thrown by a decoder.
 */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  /** RFC 4271 §4.5 error code. */
  readonly code: number;
  readonly subcode: number;
  /** The Data field of the NOTIFICATION; empty where the RFC asks for none. */
  readonly data: Uint8Array;

  constructor(code: number, subcode: number, data: Uint8Array, message: string) {
    super(message);
    this.code = code;
    this.subcode = subcode;
    this.data = data;
  }
}
