/** Why an http or https request got no answer, in words an operator can act on. */

import { errorCode, errorText } from '../../net/errorText.ts';
import { faultText, shownText } from './probe.ts';

/** OpenSSL's verdicts on a certificate, as Node names them. */
const CERTIFICATE = new Map(
  Object.entries({
    CERT_HAS_EXPIRED: 'it has expired',
    CERT_NOT_YET_VALID: 'it is not valid yet',
    CERT_REVOKED: 'it has been revoked',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed: name a file that has it with ca',
    SELF_SIGNED_CERT_IN_CHAIN: 'nobody knows its authority: name a file that has that with ca',
    UNABLE_TO_GET_ISSUER_CERT: 'its authority is not known: name a file that has that with ca',
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
      'its authority is not known: name a file that has that with ca',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      'its authority is not known, or the server does not send the certificates between',
  }),
);

/** `host`: the name that was asked for; undefined: the address was. */
export function requestFaultText(error: unknown, host: string | undefined): string {
  const code = errorCode(error) ?? '';
  const certificate = CERTIFICATE.get(code);
  if (certificate !== undefined) return `the certificate is refused: ${certificate}`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const mend = host === undefined ? ': say by which name it is known with host' : '';
    return `the certificate is for another name${mend} (${shownText(errorText(error))})`;
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) {
    return `TLS failed: ${shownText(reasonOf(error))}`;
  }
  if (code.startsWith('HPE_')) return `no HTTP comes back: ${shownText(errorText(error))}`;
  return faultText(error);
}

/** OpenSSL's own words, without the source lines around them. */
function reasonOf(error: unknown): string {
  const reason: unknown = error instanceof Error && 'reason' in error ? error.reason : undefined;
  return typeof reason === 'string' ? reason : errorText(error);
}
