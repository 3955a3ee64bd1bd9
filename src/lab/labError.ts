/** The lab cannot do what it was asked: a few lines for the user, with the mend. */
export class LabError extends Error {
  override readonly name = 'LabError';
}
