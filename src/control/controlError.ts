/**
 * The control socket cannot be had or reached: the cause and the mend in one line, meant for the
 * operator as it stands.
 */
export class ControlError extends Error {
  override readonly name = 'ControlError';
}

/** There is no daemon where its socket would be. */
export class NoDaemonError extends ControlError {}
