/** The relay of degraded links between two namespaces: what gets through it, how late, how much of it. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { RELAY_READY, type RelayPlan } from '../../src/lab/relay/relay.ts';
import { command } from '../support/daemons/multihomed.ts';
import { until } from '../support/daemons/until.ts';
import { echoesOf } from '../support/echoes.ts';
import { type Namespace, Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';

/** In ms. */
const SOON = 60_000;
const OCTETS = 16 << 20;

const SERVER = `require('node:net').createServer((socket) => socket.end(Buffer.alloc(${OCTETS}, 7)))
  .listen(8080, () => console.log('listening'));`;
const CLIENT = `let count = 0;
  require('node:net').connect(8080, '198.51.100.2')
    .on('data', (octets) => { count += octets.every((octet) => octet === 7) ? octets.length : 0; })
    .on('end', () => console.log(count));`;

async function startRelay(topology: Topology) {
  const [a, middle, b] = await Promise.all(
    ['a', 'relay', 'b'].map((role) => topology.namespace(role)),
  );
  if (!a || !middle || !b) throw new Error('three were asked for');
  const end = (namespace: Namespace, name: string, ...addresses: readonly string[]) => {
    return { namespace, interface: name, addresses };
  };
  await topology.link(end(a, 'eth1', '198.51.100.1/30'), end(middle, 'near'));
  await topology.link(end(middle, 'far'), end(b, 'eth1', '198.51.100.2/30'));
  const file = join(topology.directory, 'relay.json');
  const write = (plan: Omit<RelayPlan, 'seed'>) =>
    writeFileSync(file, JSON.stringify({ ...plan, seed: 1 }));
  write({ loss: 0, delay: 0 });
  const program = middle.spawn('relay', ...command(), 'lab', 'play', 'relay', file);
  await program.ready(SOON, async () => program.output.includes(RELAY_READY));
  const become = (plan: Omit<RelayPlan, 'seed'>) => {
    write(plan);
    program.signal('SIGHUP');
  };
  /** How many of so many were answered, and the shortest time of them in ms. */
  const ping = async (count: number) => {
    const argv = ['-q', '-n', '-c', String(count), '-i', '0.01', '-W', '1', '198.51.100.2'];
    // It exits with 1 where nothing came back.
    const text = await a.exec('/bin/sh', '-c', `/usr/bin/ping ${argv.join(' ')} || true`);
    const received = Number(/(\d+) received/.exec(text)?.[1]);
    return { received, shortest: Number(/= ([\d.]+)\//.exec(text)?.[1]) };
  };
  /** Waits until so many were answered: after its last packet, ping waits for two round trips alone. */
  const untilAllAnswer = async (count: number) => {
    const answers = async () => (await echoesOf(a)).received;
    const before = await answers();
    await ping(count);
    await until(`${count} answers`, SOON, async () => (await answers()) - before === count);
  };
  return { a, b, program, become, ping, untilAllAnswer };
}

t.test(
  'a relay loses and delays what it is told to, and nothing else',
  requireOrSkip('ping'),
  async (t) => {
    const topology = await Topology.create();
    t.teardown(() => topology.remove());
    const { a, b, program, become, ping, untilAllAnswer } = await startRelay(topology);
    t.teardown(() => t.passing() || t.comment(program.output));
    await untilAllAnswer(100);
    t.pass('a whole link loses nothing');

    // Segments of tens of thousands of octets, whose checksums nobody has computed yet.
    const server = b.spawn('server', process.execPath, '-e', SERVER);
    await server.ready(SOON, async () => server.output.includes('listening'));
    t.equal((await a.exec(process.execPath, '-e', CLIENT)).trim(), String(OCTETS));

    become({ loss: 0, delay: 20 });
    await until('the delay', SOON, async () => (await ping(1)).shortest >= 40);
    await untilAllAnswer(50);
    t.pass('late is not lost');

    become({ loss: 100, delay: 0 });
    await until('silence', SOON, async () => (await ping(1)).received === 0);
    t.equal((await ping(20)).received, 0);

    become({ loss: 33, delay: 0 });
    // Of both directions 0.67 * 0.67 gets through: 90 of 200, give or take seven.
    const { received } = await ping(200);
    t.ok(received > 45 && received < 135, `${received} of 200`);

    become({ loss: 0, delay: 0 });
    await until('a whole link', SOON, async () => (await ping(5)).received === 5);
    await untilAllAnswer(100);
  },
);
