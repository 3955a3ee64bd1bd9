import fc from 'fast-check';
import t from 'tap';
import { shownUrl, starredUrls, urlParts } from '../../src/net/urlText.ts';

t.test('of a URL the server is shown, and neither its user nor what is asked of it', async (t) => {
  for (const [url, shown] of [
    ['https://203.0.113.10:8443/services/tulip?key=rose#lily', 'https://203.0.113.10:8443/…'],
    ['http://203.0.113.10?key=rose', 'http://203.0.113.10/…'],
    ['http://tulip:rose@[2001:db8::1]:80/', 'http://[2001:db8::1]:80/'],
    ['http://tulip@rose@203.0.113.10/x@y', 'http://203.0.113.10/…'],
    ['HTTP://203.0.113.10', 'HTTP://203.0.113.10'],
    ['/health?key=rose', '/…'],
    ['//tulip.example.net/x', '/…'],
    ['tulip', '/…'],
    ['/', '/'],
  ] as const) {
    t.equal(shownUrl(url), shown);
  }
  t.strictSame(urlParts('http://a@203.0.113.10:80/x?y'), {
    server: 'http://203.0.113.10:80',
    asked: '/x?y',
  });
});

t.test('in a line of a file the same is stars, and every character keeps its column', async (t) => {
  const line = 'web: { http: "https://tulip@203.0.113.10/health?key=rose", status: 200 }';
  t.equal(
    starredUrls(line),
    'web: { http: "https://******203.0.113.10/***************** status: 200 }',
  );
  t.equal(starredUrls('listen: ["[::]:179"] # a/b?c'), 'listen: ["[::]:179"] # a/b?c');
});

t.test('whatever is asked of whichever server, no text of it is left', async () => {
  const word = fc.stringMatching(/^[G-Z]{3,12}$/);
  const asked = fc.tuple(
    fc.constantFrom('/', '?', '/a/', '/?k='),
    word,
    fc.constantFrom('', '/', '#'),
  );
  const server = fc.constantFrom('http://203.0.113.10', 'https://[2001:db8::1]:8443');
  fc.assert(
    fc.property(server, word, asked, (where, user, [before, secret, after]) => {
      const url = where.replace('//', `//${user}@`) + before + secret + after;
      const line = starredUrls(`x: { http: "${url}" }`);
      return (
        [shownUrl(url), line].every((text) => !text.slice(8).includes(secret)) &&
        !shownUrl(url).slice(8).includes(user)
      );
    }),
    { seed: 3986 },
  );
});
