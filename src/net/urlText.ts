/**
 * URLs as they may be written down, in answers, logs and records: what is asked of a server may hold a
 * token, in the path as well as behind it, and nobody can tell which part of it does. The server is shown.
 */

/** Scheme, user, server, what is asked of it. */
const URL_PARTS = /^([a-z][a-z0-9+.-]*:\/\/)(?:[^/?#]*@)?([^/?#@]*)(.*)$/is;

export interface UrlParts {
  /** As `https://203.0.113.10:8443`; without a user. */
  readonly server: string;
  /** Path, query and fragment: empty, or with its `/`, `?` or `#`. */
  readonly asked: string;
}

/** Undefined: no server is named, as in what is relative to another URL. */
export function urlParts(url: string): UrlParts | undefined {
  const [, scheme, host, asked = ''] = URL_PARTS.exec(url) ?? [];
  return scheme === undefined || host === undefined ? undefined : { server: scheme + host, asked };
}

/** `https://203.0.113.10:8443/…`; one without a server is `/…`. */
export function shownUrl(url: string): string {
  const { server = '', asked = url } = urlParts(url) ?? {};
  return isBare(asked) ? server + asked : `${server}/…`;
}

/** Whether nothing in particular is asked for. */
export function isBare(asked: string): boolean {
  return asked === '' || asked === '/';
}

/** With the whole of its scheme, wherever it stands in a line. */
const ANYWHERE = /(:\/\/)([^\s"'/?#]*@)?([^\s"'/?#]*)([/?#]\S+)?/g;

/** A line of text of the same length, with stars for what may be secret of the URLs in it. */
export function starredUrls(line: string): string {
  return line.replace(
    ANYWHERE,
    (_, slashes: string, user: string | undefined, host: string, asked: string | undefined) =>
      [slashes, stars(user), host, asked?.slice(0, 1), stars(asked?.slice(1))].join(''),
  );
}

function stars(text = ''): string {
  return '*'.repeat(text.length);
}
