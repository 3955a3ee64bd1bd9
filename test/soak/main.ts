/**
 * `npm run soak`: the built daemon on loopback between four upstreams that never stop
 * talking and two downstreams, one of which often does not read; resets, garbage, strangers and
 * reloads all the while. At the end every table is the model's, memory is flat, and no session was
 * lost that nobody reset. Needs no privilege.
 */

import { Random } from '../fuzz/random.ts';
import { commandLine, numberOf, seedOf } from '../support/commandLine.ts';
import { until } from '../support/daemons/until.ts';
import { freePort } from '../support/freePort.ts';
import { churn } from './churn.ts';
import { Daemon } from './daemon.ts';
import { Downstream } from './downstream.ts';
import { fileOf, LOCAL_AS, RECEIVER_AS } from './file.ts';
import { Memory } from './memory.ts';
import { Mischief } from './mischief.ts';
import { differences, expectedExport, expectedRoutes } from './model.ts';
import { Upstream } from './upstream.ts';

/** Between two rounds of churn, in ms, and UPDATEs of each upstream in a round. */
const TICK = 20;
const PER_TICK = 4;
/** Sessions that were reset often rest for up to a minute before they come back. */
const UP_AGAIN = 180_000;
const SETTLED = 60_000;

const USE = `npm run soak          for 10 minutes
  --minutes=N         longer or shorter
  --seed=N            the same again, as far as time allows`;

const { values: options } = commandLine(USE, {
  options: { minutes: { type: 'string' }, seed: { type: 'string' } },
});
const minutes = numberOf('minutes', options.minutes, 10);
const seed = seedOf(options.seed, Date.now() % 2 ** 32);
const random = new Random(seed);
const daemonPort = await freePort();

const peer = (name: string, index: number, listens: boolean) => ({
  name,
  address: `127.0.0.${11 + index}`,
  identifier: (0x0a000001 + index).toString(16).padStart(8, '0'),
  daemonPort: listens ? undefined : daemonPort,
});
/** Two that the daemon connects to, two that connect. */
const upstreams = [0, 1, 2, 3].map(
  (i) => new Upstream({ ...peer(`up${i}`, i, i < 2), asn: 64601 + i }),
);
const downstreams = ['steady', 'slow'].map(
  (name, i) => new Downstream({ ...peer(name, 4 + i, false), asn: RECEIVER_AS + i }),
);
const peers = [...upstreams, ...downstreams];
const daemon = new Daemon();
const faults: string[] = [];

async function soak(): Promise<void> {
  for (const each of upstreams.slice(0, 2)) await each.start();
  const file = () => fileOf(daemon.socket, daemonPort, upstreams, downstreams, random);
  await daemon.start(file());
  for (const each of peers.slice(2)) await each.start();
  await until('every session', 60_000, async () => peers.every(({ up }) => up));

  const source = churn(random);
  const memory = new Memory(daemon);
  const mischief = new Mischief({
    daemon,
    daemonPort,
    upstreams,
    downstreams,
    file,
    random,
    faults,
  });
  const talk = setInterval(() => {
    for (const upstream of upstreams)
      for (let i = 0; i < PER_TICK; i++) upstream.say(source.next());
  }, TICK);
  memory.start();
  mischief.start();
  await new Promise((resolve) => setTimeout(resolve, minutes * 60_000));
  clearInterval(talk);
  memory.stop();
  await mischief.stop();

  await until('every session to be up again', UP_AGAIN, async () => peers.every(({ up }) => up));
  await settle();
  await judgeSessions();
  faults.push(...memory.faults(), ...peers.flatMap((each) => each.faults));
  console.log(`churn: ${source.name}; ${memory.text()}; ${mischief.text()}`);
}

/** Every table equals the model's, before long. */
async function settle(): Promise<void> {
  const wanted = expectedRoutes(upstreams);
  let last: readonly string[] = [];
  const settled = await until('the tables', SETTLED, async () => {
    last = [
      ...differences('routes', wanted, await daemon.routes()),
      ...downstreams.flatMap((receiver) =>
        differences(
          receiver.name,
          expectedExport(upstreams, receiver.asn, LOCAL_AS),
          learnedBy(receiver),
        ),
      ),
    ];
    return last.length === 0;
  }).catch(() => false);
  if (!settled) faults.push(...last);
  const sizes = peers.map(({ name, table }) => `${name} ${table.size}`);
  const sent = upstreams.reduce((sum, each) => sum + each.sent, 0);
  console.log(`${sent} UPDATEs of churn; ${wanted.size} prefixes; tables: ${sizes.join(', ')}`);
}

/** Without our own prefix, which is there for the reloads. */
function learnedBy(receiver: Downstream): Map<string, string> {
  const learned = [...receiver.table.values()].filter(({ asPath }) => asPath.length > 1);
  return new Map(learned.map(({ prefix, asPath }) => [prefix, JSON.stringify(asPath)]));
}

/** The daemon counts the ends that we brought about, and no others. */
async function judgeSessions(): Promise<void> {
  for (const { name, dropped, state } of await daemon.sessions()) {
    const ended = peers.find((each) => each.name === name)?.ended;
    if (state !== 'Established') faults.push(`${name} is ${state}`);
    if (dropped !== ended) faults.push(`${name} was lost ${dropped} times, and ended ${ended}`);
  }
}

const started = performance.now();
try {
  await soak();
} catch (error) {
  faults.push(String(error));
} finally {
  for (const each of peers) each.stop();
  if (!daemon.running) faults.push('the daemon ended by itself');
  const code = await daemon.stop();
  if (code !== 0) faults.push(`the daemon ended with ${code}`);
}
if (faults.length > 0) console.error(`${daemon.output}\n${faults.join('\n')}`);
const seconds = Math.round((performance.now() - started) / 1000);
console.log(`soak: ${faults.length} faults in ${seconds} s, seed ${seed}`);
process.exitCode = faults.length > 0 ? 1 : 0;
