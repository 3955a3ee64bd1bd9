/**
 * The daemon's announcing half with a black box, its neighbours made of octets, on virtual time: what
 * happens to it is for the test to say, and nothing of it depends on how fast the machine is.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { DEFAULT_DRAIN, type DrainTarget } from '../../src/announcer/drain.ts';
import { drain, order, takeBack, undrain } from '../../src/announcer/operate.ts';
import type { Config } from '../../src/config/config.ts';
import { Announcing } from '../../src/daemon/announcing.ts';
import type { DaemonEvent } from '../../src/daemon/events.ts';
import { recordFiles } from '../../src/daemon/recordFile.ts';
import type { CheckState } from '../../src/monitor/check.ts';
import { parsePrefix } from '../../src/net/text.ts';
import type { SpeakerEvent } from '../../src/speaker/speaker.ts';
import { Happenings } from './happenings.ts';
import { configOf, onAnyPort } from './ownRoute.ts';
import { RawPeer } from './rawPeer.ts';
import { VirtualClock } from './virtualClock.ts';

export interface RecordedOptions {
  /** Octets of a file of the record. */
  readonly maxSize: number;
  readonly received?: boolean;
  /** Default: everything. */
  readonly keep?: number;
  /** Called with the record's directory before anything is started. */
  readonly prepare?: (path: string) => void;
}

export class RecordedAnnouncing {
  readonly events = new Happenings<DaemonEvent | SpeakerEvent>();
  readonly clock = new VirtualClock();
  readonly directory = mkdtempSync(join(tmpdir(), 'mhtest-'));
  readonly announcing: Announcing;
  readonly #options: RecordedOptions;
  readonly #texts = new Map<Config, string>();
  readonly #peers = new Map<string, RawPeer>();

  private constructor(text: string, options: RecordedOptions) {
    this.#options = options;
    this.announcing = new Announcing({
      config: this.#configOf(text),
      clock: this.clock,
      onEvent: this.events.record,
      record: { version: 'test', textOf: (config) => this.#texts.get(config) },
    });
  }

  static async start(t: Test, text: string, options: RecordedOptions): Promise<RecordedAnnouncing> {
    const recorded = new RecordedAnnouncing(text, options);
    t.teardown(async () => {
      await recorded.stop();
      rmSync(recorded.directory, { recursive: true, force: true });
    });
    options.prepare?.(recorded.path);
    await recorded.announcing.start();
    return recorded;
  }

  get path(): string {
    return join(this.directory, 'record');
  }

  async stop(): Promise<void> {
    await this.announcing.stop('the test is over');
    for (const peer of this.#peers.values()) peer.destroy();
    this.#peers.clear();
  }

  /** The texts of the record's files, the oldest first. */
  async texts(): Promise<readonly string[]> {
    const files = await recordFiles(this.path);
    return files.map(({ path }) => readFileSync(path, 'utf8'));
  }

  link(name: string, up: boolean): void {
    const [state, cause] = up ? (['up', 'up'] as const) : (['down', 'no-carrier'] as const);
    const since = this.clock.wall();
    this.announcing.push({ type: 'LinkChanged', link: { interface: name, state, cause, since } });
  }

  /** `lease`: how long it may be believed, in ms. */
  check(name: string, state: CheckState, lease: number): void {
    const at = this.clock.wall();
    const check = { name, state, since: at, leaseUntil: at + lease, detail: `it is ${state}` };
    this.announcing.push({ type: 'CheckChanged', at, check });
  }

  /** Of its table. */
  sign(neighbour: string, bad: boolean): void {
    const at = this.clock.wall();
    const state = bad ? ('bad' as const) : ('well' as const);
    const signs = [{ kind: 'table' as const, state, since: at, detail: `since ${at}` }];
    this.announcing.push({ type: 'SignsChanged', at, neighbour, signs });
  }

  /** False: it cannot come up now. */
  async up(name: string): Promise<boolean> {
    const neighbour = this.announcing
      .upstreams()
      .find(({ session }) => session.name === name)?.session;
    if (neighbour?.state !== 'Active') return false;
    const { address, asn } = neighbourIn(this.announcing.config, name);
    const isUp = this.#upOrDown(name);
    const port = this.announcing.listening()[0]?.port ?? 0;
    const peer = await RawPeer.connect(port, '127.0.0.1', address);
    this.#peers.set(name, peer);
    await peer.establish({ asn });
    await isUp;
    return true;
  }

  peer(name: string): RawPeer | undefined {
    return this.#peers.get(name);
  }

  /** The neighbour closes its session, if it has one. */
  async down(name: string): Promise<void> {
    const status = this.announcing.upstreams().find(({ session }) => session.name === name);
    if (status?.session.state !== 'Established') return;
    const isDown = this.#upOrDown(name);
    this.#peers.get(name)?.destroy();
    await isDown;
  }

  async drain(target: DrainTarget, undo = false): Promise<void> {
    const { announcing } = this;
    await announcing.operate((state, facts, now) =>
      undo ? undrain(state, target) : drain(state, facts, target, DEFAULT_DRAIN, now),
    );
  }

  async order(action: 'announce' | 'withdraw' | 'undo', text: string): Promise<void> {
    const prefix = parsePrefix(text);
    if (!prefix) throw new Error(`${text} is no prefix`);
    const request = { prefix, upstream: undefined, lease: 300_000 };
    await this.announcing.operate((state, _facts, now) =>
      action === 'undo'
        ? takeBack(state, text, undefined)
        : order(state, { ...request, action }, now),
    );
  }

  async reload(text: string): Promise<void> {
    await this.announcing.reconfigure(this.#configOf(text));
  }

  async #upOrDown(name: string): Promise<void> {
    for (;;) {
      const event = await Promise.race([
        this.events.next('SessionUp'),
        this.events.next('SessionDown'),
      ]);
      if (event.neighbour === name) return;
    }
  }

  #configOf(text: string): Config {
    const { maxSize, received = false, keep = 1000 } = this.#options;
    const record = { dir: this.path, maxSize, keep, received };
    const config = { ...onAnyPort(configOf(text)), record };
    this.#texts.set(config, text);
    return config;
  }
}

function neighbourIn({ upstreams, downstreams }: Config, name: string) {
  const found = [...upstreams, ...downstreams].find((each) => each.name === name);
  if (!found) throw new Error(`no neighbour is called ${name}`);
  return { address: found.address.text, asn: found.asn };
}
