import { nearest } from '../config/nearest.ts';

/** `; did you mean --json?`; empty when nothing that is known is near. `before` is put before it. */
export function didYouMean(unknown: string, known: readonly string[], before = ''): string {
  const near = nearest(unknown, known);
  return near === undefined ? '' : `; did you mean ${before}${near}?`;
}
