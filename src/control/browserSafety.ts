/**
 * What keeps a browser that reads the looking glass from being used against it. Any page that
 * somebody has open may send requests to an address of this machine; it must not read the answers,
 * and what a neighbour says must never run as a program.
 */

import { parseAddress } from '../net/text.ts';

/** Everything the page needs comes from here, and nothing else may be asked for or run. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/**
 * Undefined: the request names this machine by an address or as localhost. By any other name it may
 * come from a stranger's page whose name was made to lead here (DNS rebinding).
 */
export function hostFault(host: string | undefined): string | undefined {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::\d{1,5})?$/.exec(host ?? '') ?? [];
  const name = bracketed ?? plain ?? '';
  if (name.toLowerCase() === 'localhost' || parseAddress(name)) return undefined;
  return 'ask by address or as localhost: behind a proxy, have it send one of them as Host';
}
