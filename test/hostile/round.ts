/**
 * One daemon from its start to its end: the well-behaved neighbours come up, a table comes and goes, then each hostile one in
 * turn. With nobody to pass routes on to, UPDATEs take the fast lane.
 */

import { Daemon } from '../soak/daemon.ts';
import { until } from '../support/daemons/until.ts';
import { freePort } from '../support/freePort.ts';
import { Attacker } from './attacker.ts';
import { type Attack, attacks } from './attacks.ts';
import { Cycler } from './cycler.ts';
import { fileOf, type Placed } from './file.ts';
import { Logged } from './logged.ts';
import { batches } from './octets.ts';
import { isFlat, megabytes, type Sample, sampleText, tenths } from './samples.ts';
import { sendQueue } from './sendQueue.ts';
import { STEADY_HOLD_TIME } from './steadyTerms.ts';
import { type SentTable, tableOf } from './table.ts';
import { WellBehaved } from './wellBehaved.ts';

export interface RoundOptions {
  readonly passesOn: boolean;
  readonly quick: boolean;
  readonly cycles: number;
  readonly prefixes: number;
}

/** Ms; a third of the hold time is between two KEEPALIVEs, and this machine may be busy. */
const LATEST_KEEPALIVE = (STEADY_HOLD_TIME / 3) * 1000 + 1500;
const MADE = 300_000;
/** Between two looks at whether it has settled. */
const SETTLED = 60_000;
const FIRST_AS = 64601;
const BOTH_FAMILIES = '010400010001 010400020001';

/**
 * Octets that one hostile neighbour may cost: its share of the attribute memory, a quarter of
 * 512 MiB (`rib/attributeArena.ts`); beside it the routes that `max-prefixes` allows by default, some
 * 30 octets each with what V8 keeps for itself; and their rows in the Adj-RIB-Out where they are passed on.
 */
const SHARE = 128 << 20;
const BESIDE = 100e6;
const PASSED_ON = 150e6;
/** Of a cause, for each session that the neighbour had. */
const TOLD_A_SESSION = 2;

export class Round {
  readonly faults: string[] = [];
  readonly #options: RoundOptions;
  readonly #daemon = new Daemon();
  readonly #steady: SentTable;
  readonly #cycled: SentTable;
  /** Octets that were resident before the first attack. */
  #base = 0;

  constructor(options: RoundOptions) {
    this.#options = options;
    this.#steady = tableOf(options.prefixes, 0);
    this.#cycled = tableOf(options.prefixes, 1);
  }

  async run(): Promise<void> {
    const { passesOn, quick } = this.#options;
    const port = await freePort();
    const placed = attacks(quick)
      .filter(({ side }) => side === 'upstream' || passesOn)
      .map((attack, i) => ({ attack, asn: FIRST_AS + i, address: `127.0.0.${21 + i}` }));
    const { asn: steady } = this.#steady;
    const { asn: cycler } = this.#cycled;
    const { socket } = this.#daemon;
    await this.#daemon.start(fileOf({ socket, port, steady, cycler, placed, passesOn }));
    const good = new WellBehaved({
      daemonPort: port,
      prefixes: this.#steady.prefixes,
      receives: passesOn,
    });
    try {
      await this.#comeUp(good);
      // First: a leak would not show while there is memory that was touched before.
      await this.#cycle(port, good);
      this.#daemon.takeOutput();
      this.#base = this.#daemon.rss();
      for (const each of placed) await this.#attack(each, port, good);
    } finally {
      await good.stop();
      if (!this.#daemon.running) this.faults.push('the daemon ended by itself');
      const code = await this.#daemon.stop();
      if (code !== 0) this.faults.push(`the daemon ended with ${code}:\n${this.#daemon.output}`);
    }
  }

  async #comeUp(good: WellBehaved): Promise<void> {
    await until('the well-behaved neighbours', SETTLED, async () => (await good.findings()).up);
    await this.#settle(good);
    this.#daemon.takeOutput();
  }

  /** The daemon has the steady table, and so has the downstream: that, and our own prefix. */
  async #settle(good: WellBehaved): Promise<void> {
    const { passesOn } = this.#options;
    const { prefixes } = this.#steady;
    await until(
      'the steady table',
      SETTLED,
      async () => {
        if (passesOn) return (await good.findings()).held === prefixes + 1;
        return (await this.#learned('steady')) === prefixes;
      },
      () => good.findings(),
    );
  }

  async #attack({ attack, asn, address }: Placed, port: number, good: WellBehaved): Promise<void> {
    const attacker = new Attacker({
      name: attack.name,
      asn,
      address,
      identifier: `0a0001${address.split('.')[3]?.padStart(2, '0')}`,
      daemonPort: port,
      capabilities: `${BOTH_FAMILIES} ${attack.offers} 4104${asn.toString(16).padStart(8, '0')}`,
      batches: () => batches(attack.messages(asn)),
      deaf: attack.deaf,
    });
    const before = this.#daemon.rss();
    this.#daemon.forgetPeak();
    await attacker.start();
    await until(`${attack.name} to be done`, MADE, async () => this.#isOver(attack, attacker));
    if (attack.deaf) {
      good.repeat();
      await until('something to wait for the deaf one', SETTLED, async () => {
        return sendQueue(port, address) > 0;
      });
    }
    // Who was thrown out comes again, and again.
    await wait(this.#options.quick ? 500 : 10_000);
    attacker.leave();
    await until(`${attack.name} to be gone`, SETTLED, async () => {
      return (await this.#learned(attack.name)) === 0;
    });
    await this.#settle(good);
    await this.#judge(attack, attacker, before, good);
  }

  async #isOver({ ended, deaf }: Attack, attacker: Attacker): Promise<boolean> {
    if (ended !== undefined) return attacker.notifications.length > 0;
    if (deaf) return attacker.done;
    const session = (await this.#daemon.sessions()).find(({ name }) => name === attacker.name);
    return attacker.done && session !== undefined && session.received.update >= attacker.messages;
  }

  async #judge(
    attack: Attack,
    attacker: Attacker,
    before: number,
    good: WellBehaved,
  ): Promise<void> {
    const { ended, silence, faults } = await good.findings();
    const peak = this.#daemon.peak();
    const logged = new Logged(this.#daemon.takeOutput());
    const { sessions, notifications } = attacker;
    console.log(
      `${attack.name}: ${attack.what}; sessions ${sessions}, told ${notifications.join(' ') || 'nothing'}\n` +
        `  RSS ${megabytes(before)} before, ${megabytes(peak)} at most, ${megabytes(this.#daemon.rss())} after; ` +
        `longest silence at the others ${Math.round(silence)} ms\n` +
        logged
          .lines()
          .map((line) => `  log: ${line}`)
          .join('\n'),
    );
    const fault = (text: string) => this.faults.push(`${attack.name}: ${text}`);
    const bound = this.#base + SHARE + BESIDE + (this.#options.passesOn ? PASSED_ON : 0);
    if (peak > bound) fault(`RSS came to ${megabytes(peak)}, above ${megabytes(bound)}`);
    if (ended > 0) fault(`a well-behaved neighbour was lost: ${faults.join('; ')}`);
    if (silence > LATEST_KEEPALIVE) fault(`KEEPALIVEs were late: ${Math.round(silence)} ms`);
    if (attack.ended === undefined && notifications.length > 0) fault('its session was ended');
    const wrong = notifications.find((each) => each !== attack.ended);
    if (attack.ended !== undefined && wrong) fault(`it was told ${wrong}`);
    for (const cause of logged.above(TOLD_A_SESSION * Math.max(1, sessions)))
      fault(`logged too often: ${cause}`);
  }

  async #cycle(port: number, good: WellBehaved): Promise<void> {
    const { cycles } = this.#options;
    const options = { name: 'cycler', asn: this.#cycled.asn, daemonPort: port };
    const cycler = new Cycler(
      { ...options, address: '127.0.0.13', identifier: '0a000003', holdTime: STEADY_HOLD_TIME },
      this.#cycled,
      this.#daemon,
    );
    await cycler.start();
    await until('the cycler', SETTLED, async () => cycler.up);
    await good.findings();
    const samples: Sample[] = [];
    for (let i = 0; i < cycles; i++) {
      await cycler.cycle();
      samples.push({ rss: this.#daemon.rss(), heap: await this.#daemon.heap() });
    }
    cycler.leave();
    await this.#settle(good);
    const { ended, silence } = await good.findings();
    console.log(
      `${cycles} cycles of ${this.#cycled.prefixes} prefixes: RSS ${tenths(samples).map(sampleText).join(', ')}; ` +
        `longest silence at the others ${Math.round(silence)} ms`,
    );
    if (!isFlat(samples)) this.faults.push('cycles: memory grows');
    if (ended > 0 || cycler.faults.length > 0) this.faults.push('cycles: a session was lost');
    if (silence > LATEST_KEEPALIVE) this.faults.push('cycles: KEEPALIVEs were late');
  }

  async #learned(name: string): Promise<number> {
    const session = (await this.#daemon.sessions()).find((each) => each.name === name);
    return session ? session.learned.ipv4.received + session.learned.ipv6.received : 0;
  }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
