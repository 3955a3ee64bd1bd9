import type { Socket } from 'node:net';
import t, { type Test } from 'tap';
import { agentProbe } from '../../../src/monitor/checks/agentProbe.ts';
import { judgeReply } from '../../../src/monitor/checks/agentReply.ts';
import { freePort } from '../../support/freePort.ts';
import { look, lookUntil, openHandles, serving } from '../../support/probing.ts';

t.test('the words of HAProxy: what takes a server out of use fails', (t) => {
  const passing = ['up', 'UP', 'ready', 'up ready', '75%', '100%', '1%', 'ready,50% up', '256%'];
  const remarked = ['up maxconn:30', 'ready 75% up#a remark: down', 'up and well, not down'];
  for (const reply of [...passing, ...remarked, 'maint ready', '0% 1%']) {
    t.match(judgeReply(reply), { ok: true, detail: `the agent says ${reply}` }, reply);
  }
  const failing = ['down', 'fail', 'stopped', 'drain', 'maint', '0%', 'ready 0%', 'ready drain'];
  for (const reply of [...failing, 'up down', 'down#disk full', 'fail # up', 'stopped 50%']) {
    t.match(judgeReply(reply), { ok: false, detail: `the agent says ${reply}` }, reply);
  }
  t.end();
});

t.test('what is no word of an agent fails, and cannot act on a terminal', (t) => {
  const strange = ['HTTP/1.1 200 OK', 'uptime', '50', '-1%', 'maxconn:30', 'well up', '#down'];
  for (const reply of [...strange, 'failed']) {
    t.match(judgeReply(reply), { ok: false, detail: /is neither up nor down/ }, reply);
  }
  for (const reply of ['', '  ']) {
    t.match(judgeReply(reply), { ok: false, detail: 'the agent said nothing' }, reply);
  }
  t.match(judgeReply('down#\u001b[31mred\u202e'), {
    detail: 'the agent says down#\ufffd[31mred\ufffd',
  });
  t.equal(judgeReply(`down#${'x'.repeat(900)}`).detail.length, 216);
  t.end();
});

async function agent(t: Test, serve: (socket: Socket) => void) {
  const port = await serving(t, serve);
  return agentProbe({ host: '127.0.0.1', port, source: undefined });
}

t.test('the first line counts, however it comes and whatever follows', async (t) => {
  const up = { ok: true, detail: 'the agent says up' };
  t.match(await look(await agent(t, (socket) => socket.end('up\n'))), up);
  t.match(await look(await agent(t, (socket) => socket.write('up\r\ndown\n'))), up);
  t.match(await look(await agent(t, (socket) => socket.end('up'))), up, 'the end ends a line');
  const slow = await agent(t, (socket) => {
    socket.setNoDelay(true);
    socket.write('down#caf');
    setImmediate(() => {
      socket.write(Buffer.from([0xc3]));
      setImmediate(() => socket.write(Buffer.from([0xa9, 0x0a])));
    });
  });
  t.match(await look(slow), { ok: false, detail: 'the agent says down#café' });
});

t.test('an agent that says nothing, or no end of things, fails', async (t) => {
  const silent = await agent(t, (socket) => socket.end());
  t.match(await look(silent), { ok: false, detail: 'the agent said nothing' });
  const reset = await agent(t, (socket) => socket.resetAndDestroy());
  t.match(await look(reset), { ok: false, detail: 'connection reset' });
  const nobody = agentProbe({ host: '127.0.0.1', port: await freePort(), source: undefined });
  t.match(await look(nobody), { ok: false, detail: 'connection refused' });
  const flood = await agent(t, (socket) => {
    const more = (): void => {
      if (!socket.destroyed) socket.write('x'.repeat(65_536), more);
    };
    more();
  });
  t.match(await look(flood), { ok: false, detail: 'the reply has no end within 1024 octets' });
});

t.test('one that never finishes its line is left when the time is over', async (t) => {
  const before = openHandles('TCPSocketWrap');
  const loris = await agent(t, (socket) => socket.write('u'));
  t.match(await lookUntil(loris, 'waiting for the reply'), { ok: false });
  t.ok(openHandles('TCPSocketWrap') <= before + 1, "the server's own end at most");
});
