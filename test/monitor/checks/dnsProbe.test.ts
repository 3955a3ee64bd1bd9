import t from 'tap';
import type { ProbeConfig } from '../../../src/config/checkConfig.ts';
import { dnsProbe } from '../../../src/monitor/checks/dnsProbe.ts';
import { TimeLimit } from '../../../src/monitor/checks/probe.ts';
import { DnsServer, type Reply, replyTo } from '../../support/dnsServer.ts';
import { freePort } from '../../support/freePort.ts';
import { look } from '../../support/probing.ts';

type DnsTarget = Extract<ProbeConfig, { kind: 'dns' }>;

const TIMEOUT = 3000;

function target(port: number, change: Partial<DnsTarget> = {}): DnsTarget {
  return { kind: 'dns', server: '127.0.0.1', port, name: 'www.example.net', type: 'A', ...change };
}

function ask(port: number, change: Partial<DnsTarget> = {}, source?: string) {
  return look(dnsProbe(target(port, change), source, TIMEOUT));
}

const GOOD: Reply = { addresses: ['192.0.2.1', '192.0.2.2'] };

t.test('an answer with a record passes', async (t) => {
  const server = await DnsServer.start(t, (question) => [replyTo(question, GOOD)]);
  t.match(await ask(server.port), { ok: true, detail: '2 A records of www.example.net' });
  t.equal(server.asked.length, 1, 'one question');
  await ask(server.port, {}, '127.0.0.9');
  t.equal(server.asked[1]?.from?.address, '127.0.0.9', 'from the source');
});

t.test('each way of not having it has its words', async (t) => {
  const detail = async (reply: Reply) => {
    const server = await DnsServer.start(t, (question) => [replyTo(question, reply)]);
    const { ok, detail: told } = await ask(server.port);
    t.notOk(ok);
    return told;
  };
  t.equal(await detail({}), 'the server has no such record');
  t.equal(await detail({ code: 1 }), 'the server did not understand the question (FORMERR)');
  t.equal(await detail({ code: 2 }), 'the server failed (SERVFAIL)');
  t.equal(await detail({ code: 3 }), 'the server knows no such name (NXDOMAIN)');
  t.equal(await detail({ code: 4 }), 'the server does not do that (NOTIMP)');
  t.equal(await detail({ code: 5 }), 'the server refuses (REFUSED)');
  t.equal((await ask(await freePort())).detail, 'connection refused');
  t.equal(
    (await ask(await freePort(), {}, '192.0.2.77')).detail,
    'the source 192.0.2.77 is not an address of this machine',
  );
});

t.test(
  'an answer with another id or question is not believed, and the true one after it is',
  async (t) => {
    const forged = await DnsServer.start(t, (question) => [
      replyTo(question, { ...GOOD, forgedId: true, addresses: ['198.51.100.1'] }),
      replyTo(question, { ...GOOD, forgedName: true, addresses: ['198.51.100.1'] }),
      replyTo(question, { code: 3 }),
    ]);
    t.match(await ask(forged.port), { ok: false, detail: /NXDOMAIN/ });
  },
);

t.test('an answer that was cut off is asked for over TCP', async (t) => {
  const server = await DnsServer.start(
    t,
    (question) => [replyTo(question, { truncated: true })],
    (question) => [replyTo(question, GOOD)],
  );
  t.match(await ask(server.port), { ok: true, detail: /^2 A records/ });
  t.equal(server.overTcp, 1);
});

t.test('a lost datagram is asked for again', async (t) => {
  let first = true;
  const server = await DnsServer.start(t, (question) => {
    const lost = first;
    first = false;
    return lost ? [] : [replyTo(question, GOOD)];
  });
  t.match(await look(dnsProbe(target(server.port), undefined, 500)), { ok: true });
  // More often than once where the machine is slow.
  t.ok(server.asked.length >= 2);
});

t.test('silence is left when the time is over, and garbage is no answer', async (t) => {
  const silent = await DnsServer.start(t, () => []);
  const limit = new TimeLimit();
  const probe = dnsProbe(target(silent.port), undefined, TIMEOUT);
  const going = probe({ limit, stage: () => {} });
  setImmediate(() => limit.end());
  t.match(await going, { ok: false });
  const garbage = await DnsServer.start(t, ({ message }) => [
    Buffer.concat([message.subarray(0, 2), Buffer.alloc(40, 0xff)]),
  ]);
  t.match(await look(dnsProbe(target(garbage.port), undefined, 500), 1500), { ok: false });
});
