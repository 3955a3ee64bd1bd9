/** Whom an https check believes. */

import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { ProbeConfig } from '../../../src/config/checkConfig.ts';
import { httpProbe } from '../../../src/monitor/checks/httpProbe.ts';
import { Authority, type Identity, opensslVersion } from '../../support/certificates.ts';
import { listening, look, lookUntil, serving } from '../../support/probing.ts';

type HttpTarget = Extract<ProbeConfig, { kind: 'http' }>;

const without = (await opensslVersion()) === undefined && 'there is no openssl';

async function https(t: Test, identity: Identity) {
  const names: string[] = [];
  const server: Server = createServer(identity, (_, response) => response.end('hello'));
  server.on('secureConnection', (socket) => names.push(String(socket.servername)));
  t.teardown(() => new Promise((resolve) => server.close(resolve)));
  return { port: await listening(server), names };
}

function targetOf(port: number, change: Partial<HttpTarget>): HttpTarget {
  const url = `https://127.0.0.1:${port}/`;
  const plain = { status: 200, body: undefined, host: undefined, ca: undefined, insecure: false };
  return { kind: 'http', url, ...plain, ...change };
}

function detailOf(port: number, change: Partial<HttpTarget>) {
  return look(httpProbe(targetOf(port, change), undefined));
}

t.test(
  'the certificate must be from a known authority, for the name, and in time',
  { skip: without },
  async (t) => {
    const authority = await Authority.create(t.testdir({}));
    const ca = authority.file;
    const host = 'www.example.net';
    const good = await https(t, await authority.issue('good', `DNS:${host},IP:127.0.0.1`));
    t.match(await detailOf(good.port, { ca, host }), { ok: true, detail: '200 OK' });
    t.match(await detailOf(good.port, { ca }), { ok: true }, 'by its address');
    t.match(
      good.names.slice(0, 2),
      [host, 'false'],
      'RFC 6066 §3: an address is not sent as a name',
    );
    t.match(await detailOf(good.port, { host }), {
      ok: false,
      detail: /^the certificate is refused: its authority is not known/,
    });
    t.match(await detailOf(good.port, { ca, host: 'www.example.org' }), {
      ok: false,
      detail: /^the certificate is for another name \(/,
    });

    const named = await https(t, await authority.issue('named', `DNS:${host}`));
    t.match(await detailOf(named.port, { ca }), {
      ok: false,
      detail: /^the certificate is for another name: say by which name it is known with host/,
    });

    const old = await authority.issue('old', `DNS:${host}`, '20200101000000Z', '20200201000000Z');
    const expired = await https(t, old);
    t.match(await detailOf(expired.port, { ca, host }), {
      ok: false,
      detail: 'the certificate is refused: it has expired',
    });
    const soon = await authority.issue('soon', `DNS:${host}`, '20980101000000Z', '20990101000000Z');
    t.match(await detailOf((await https(t, soon)).port, { ca, host }), {
      ok: false,
      detail: 'the certificate is refused: it is not valid yet',
    });

    const own = await https(t, await authority.selfSigned('own', `DNS:${host}`));
    t.match(await detailOf(own.port, { host }), {
      ok: false,
      detail: 'the certificate is refused: it is self-signed: name a file that has it with ca',
    });
    for (const { port } of [own, expired, named]) {
      t.match(await detailOf(port, { insecure: true }), { ok: true }, 'insecure takes any');
    }
  },
);

t.test('what speaks no TLS, and a file without authorities, are told', async (t) => {
  const plain = await serving(t, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  t.match(await detailOf(plain, { insecure: true }), { ok: false, detail: /^TLS failed: / });
  const closing = await serving(t, (socket) => socket.end());
  t.match(await detailOf(closing, { insecure: true }), { ok: false });
  const reset = await serving(t, (socket) => socket.resetAndDestroy());
  t.match(await detailOf(reset, { insecure: true }), { ok: false, detail: 'connection reset' });
  const silent = httpProbe(targetOf(await serving(t, () => {}), { insecure: true }), undefined);
  t.match(await lookUntil(silent, 'waiting for the answer'), { ok: false, detail: 'no answer' });
  const dir = t.testdir({});
  const none = join(dir, 'none.pem');
  t.match(await detailOf(plain, { ca: none }), {
    ok: false,
    detail: /^the authorities in .*none\.pem cannot be read: ENOENT/,
  });
  await writeFile(none, 'no certificate\n');
  t.match(await detailOf(plain, { ca: none }), { ok: false });
});
