/** Probes against real servers: HAProxy, as a back end and as the other reader of agents' words, and Knot. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { judgeReply } from '../../src/monitor/checks/agentReply.ts';
import { dnsProbe } from '../../src/monitor/checks/dnsProbe.ts';
import { httpProbe } from '../../src/monitor/checks/httpProbe.ts';
import { Program } from '../support/daemons/process.ts';
import { freePort } from '../support/freePort.ts';
import { look, serving } from '../support/probing.ts';
import { requireOrSkip } from '../support/requirements.ts';

const READY = 60_000;

/** What HAProxy understands; of what it does not it keeps what it thought before, and we do not. */
const REPLIES = [
  ...['up', 'down', 'fail', 'stopped', 'ready', 'drain', 'maint', '50%', '1%', '0%', '100%'],
  ...['up 75%', '75% up', 'ready up', 'ready 0%', 'up drain', 'up,50%', 'up\t50%', 'up maxconn:7'],
  ...['down #disk is full', 'stopped # for good', 'up # not down', 'maint up', 'UP', '256%'],
  ...['ready 20% up', 'maint ready', 'ready maint', 'stopped 50%', 'up 0%', 'up and well'],
] as const;

/** Where unix sockets fit, whose paths have at most 107 octets. */
async function shortDirectory(t: Test): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'mhtest-'));
  t.teardown(() => rm(directory, { recursive: true }));
  return directory;
}

async function haproxy(t: Test, config: (socket: string) => string) {
  const dir = await shortDirectory(t);
  const [file, socket] = [join(dir, 'haproxy.cfg'), join(dir, 'stats.sock')];
  await writeFile(file, `${BEGIN(socket)}${config(socket)}`);
  const program = new Program('haproxy', ['/usr/sbin/haproxy', '-db', '-f', file], dir);
  t.teardown(() => program.stop());
  return { program, ask: (command: string) => askSocket(socket, command) };
}

const BEGIN = (socket: string) => `global
  stats socket ${socket} mode 600 level admin
defaults
  timeout connect 1s
  timeout client 5s
  timeout server 5s
`;

function askSocket(path: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = createConnection(path, () => socket.write(`${command}\n`));
    socket.setEncoding('utf8').on('data', (part) => {
      answer += part;
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}

/** `show stat` as objects, by server name. */
function statistics(csv: string): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const [head = '', ...rows] = csv.replace(/^# /, '').trim().split('\n');
  const titles = head.split(',');
  return new Map(
    rows.map((row) => {
      const cells = row.split(',');
      const named = Object.fromEntries(titles.map((title, i) => [title, cells[i] ?? '']));
      return [named.svname ?? '', named];
    }),
  );
}

t.test('an agent is understood as HAProxy understands it', requireOrSkip('haproxy'), async (t) => {
  const service = await serving(t, () => {});
  const agents = await Promise.all(
    REPLIES.map((reply) => serving(t, (socket) => socket.end(`${reply}\n`))),
  );
  const lines = agents.map(
    (port, i) =>
      `  server s${i} 127.0.0.1:${service} weight 100 agent-check agent-port ${port} agent-inter 500ms`,
  );
  const { program, ask } = await haproxy(t, () => `backend b\n  mode tcp\n${lines.join('\n')}\n`);
  const servers = await program.ready(READY, async () => {
    const all = statistics(await ask('show stat').catch(() => ''));
    const judged = REPLIES.every((_, i) =>
      /^(L7|CHECKED)/.test(all.get(`s${i}`)?.agent_status ?? ''),
    );
    return judged && all;
  });
  for (const [i, reply] of REPLIES.entries()) {
    const { status = '', weight = '' } = servers.get(`s${i}`) ?? {};
    // Without a health check of its own, `no check` is what it says of a server in use.
    const used = !/^(DOWN|DRAIN|MAINT)/.test(status) && Number(weight) > 0;
    t.equal(judgeReply(reply).ok, used, `"${reply}": HAProxy says ${status}, weight ${weight}`);
  }
});

t.test(
  'HAProxy before a service that dies answers 503, and 200 before',
  requireOrSkip('haproxy'),
  async (t) => {
    const port = await freePort();
    const dead = await freePort();
    const { program } = await haproxy(
      t,
      () => `frontend f
  mode http
  bind 127.0.0.1:${port}
  http-request return status 200 content-type text/plain string "all is well" if { path /health }
  http-request redirect location /health if { path /moved }
  default_backend b
backend b
  mode http
  server s 127.0.0.1:${dead}
`,
    );
    const get = (path: string, body?: string) =>
      look(
        httpProbe(
          {
            ...{ kind: 'http', url: `http://127.0.0.1:${port}${path}`, status: 200, body },
            ...{ host: 'www.example.net', ca: undefined, insecure: false },
          },
          undefined,
        ),
      );
    await program.ready(READY, async () => (await get('/health')).ok);
    t.match(await get('/health', 'is well'), { ok: true, detail: '200 OK, with "is well"' });
    t.match(await get('/health', 'is ill'), { ok: false, detail: '200 OK, without "is ill"' });
    t.match(await get('/'), { ok: false, detail: '503 Service Unavailable instead of 200' });
    t.match(await get('/moved'), { ok: false, detail: '302 Found (to /…) instead of 200' });
  },
);

const ZONE = `@ 60 SOA ns hostmaster 1 3600 600 86400 60
@ 60 NS ns
ns 60 A 192.0.2.53
www 60 A 192.0.2.1
www 60 A 192.0.2.2
${Array.from({ length: 40 }, (_, i) => `large 60 TXT "${String(i).padStart(100, 'x')}"`).join('\n')}
`;

t.test(
  'a real name server: there, not there, refused, and too large for a datagram',
  requireOrSkip('knot'),
  async (t) => {
    const dir = await shortDirectory(t);
    const port = await freePort();
    await writeFile(join(dir, 'example.net.zone'), ZONE);
    const file = join(dir, 'knot.conf');
    await writeFile(
      file,
      `server:
  rundir: ${dir}
  listen: 127.0.0.1@${port}
database:
  storage: ${dir}
log:
  - target: stderr
    any: warning
template:
  - id: default
    storage: ${dir}
    file: "%s.zone"
    journal-content: none
    zonefile-sync: -1
zone:
  - domain: example.net
`,
    );
    const program = new Program('knotd', ['/usr/sbin/knotd', '-c', file], dir);
    t.teardown(() => program.stop());
    const ask = (name: string, type: string) =>
      look(dnsProbe({ kind: 'dns', server: '127.0.0.1', port, name, type }, undefined, 2000));
    await program.ready(READY, async () => (await ask('www.example.net', 'A')).ok);
    t.match(await ask('www.example.net', 'A'), { detail: '2 A records of www.example.net' });
    t.match(await ask('example.net', 'SOA'), { ok: true, detail: '1 SOA record of example.net' });
    t.match(await ask('large.example.net', 'TXT'), { ok: true, detail: /^40 TXT records/ });
    t.match(await ask('www.example.net', 'AAAA'), { ok: false, detail: /no such record/ });
    t.match(await ask('none.example.net', 'A'), { ok: false, detail: /NXDOMAIN/ });
    t.match(await ask('www.example.org', 'A'), { ok: false, detail: /REFUSED/ });
    await program.stop();
    t.match(await ask('www.example.net', 'A'), { ok: false, detail: 'connection refused' });
  },
);
