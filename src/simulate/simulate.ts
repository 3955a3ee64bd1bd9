/**
 * What would happen: a scenario played to the production decision on virtual time, with networks
 * behind the upstreams that damp flaps, beside what a daemon without a flap budget would have
 * suffered. Pure: the same scenario gives the same result.
 */

import type { SignKind } from '../announcer/sign.ts';
import { checksIn } from '../config/condition.ts';
import type { Config, PrefixConfig, UpstreamConfig } from '../config/config.ts';
import { DAMPING_PROFILES, type DampingProfile, NO_DAMPING } from '../config/damping.ts';
import { exportOwn } from '../policy/exportOwn.ts';
import { termsKey } from '../rib/ownRoute.ts';
import { DampedNetwork } from './dampedNetwork.ts';
import { type Happening, happeningsOf, type Scenario } from './scenario.ts';
import { type Sight, World } from './world.ts';

export interface SimulationResult {
  readonly ours: Played;
  /** The same without a budget, and no withdrawal waits: everything is announced again at once. */
  readonly naive: Played;
}

export interface Played {
  readonly upstreams: readonly PlayedUpstream[];
  /** Of the prefix that suffered most: reachable by no upstream while its service was well. Seconds. */
  readonly dark: number;
}

export interface PlayedUpstream {
  readonly name: string;
  /** Announcements and withdrawals of single prefixes, as seen behind it: a lost session withdraws. */
  readonly updates: number;
  /** Of any prefix. */
  readonly suppressions: number;
  readonly peakPenalty: number;
  /** Of the prefix that suffered most: not used behind it while its service and link were well, or
   * used while it led nowhere. Seconds. */
  readonly dark: number;
}

/** 2026-01-01T00:00:00Z. */
const BEGIN = 1_767_225_600_000;

export function simulate(config: Config, scenario: Scenario): SimulationResult {
  const unguarded = config.upstreams.map((upstream) => ({ ...upstream, damping: NO_DAMPING }));
  const behind = config.upstreams.map((upstream) => profileBehind(upstream, scenario));
  const naive = { ...config, correlatedFailure: undefined };
  return {
    ours: play(config, scenario, behind),
    naive: play({ ...naive, upstreams: unguarded }, scenario, behind),
  };
}

/** What is really behind it: as the scenario says, as the file knows, or the strictest of the usual. */
function profileBehind(
  { name, damping }: UpstreamConfig,
  { behind }: Scenario,
): DampingProfile | undefined {
  const said = behind.get(name);
  if (typeof said === 'object') return said;
  if (said !== undefined) return said === 'none' ? undefined : DAMPING_PROFILES[said];
  return damping.name === 'unknown' ? DAMPING_PROFILES.cisco : damping.profile;
}

function play(
  config: Config,
  scenario: Scenario,
  behind: readonly (DampingProfile | undefined)[],
): Played {
  const audience = new Audience(config, behind);
  const world = new World(config, BEGIN, (sight) => audience.see(sight));
  for (const { name } of config.checks) world.check(name, 'up');
  for (const { name } of config.upstreams) world.session(name, true);
  audience.begin();
  const happenings = happeningsOf(scenario, config);
  const down = new Set<string>();
  let next = 0;
  for (let second = 0; second < scenario.duration / 1000; second++) {
    world.advanceTo(BEGIN + second * 1000);
    const first = next;
    while ((happenings[next]?.at ?? Number.POSITIVE_INFINITY) <= second * 1000) next += 1;
    if (next > first) happenAll(world, config, happenings.slice(first, next), down);
    audience.look(BEGIN + second * 1000, down);
  }
  return audience.result();
}

function happenAll(
  world: World,
  config: Config,
  happenings: readonly Happening[],
  down: Set<string>,
): void {
  world.together(() => {
    for (const one of happenings) happen(world, config, one, down);
  });
}

function happen(
  world: World,
  config: Config,
  { what, name, up }: Happening,
  down: Set<string>,
): void {
  const kind = what === 'isolated' ? 'hole' : what;
  if (up) down.delete(`${kind} ${name}`);
  else down.add(`${kind} ${name}`);
  if (what === 'check') world.check(name, up ? 'up' : 'down');
  else if (what === 'link') world.link(name, up);
  else leadNowhere(world, config, name, what, up);
}

/** What of it the file has looked at. */
function leadNowhere(
  world: World,
  { checks, upstreams }: Config,
  name: string,
  what: 'hole' | 'isolated',
  up: boolean,
): void {
  for (const check of checks.filter(({ via }) => via === name)) {
    world.check(check.name, up ? 'up' : 'down');
  }
  const watched = upstreams.find((each) => each.name === name)?.reachability;
  if (what === 'hole' || !watched) return;
  const kinds: SignKind[] = [];
  if (watched.tableDrop !== undefined) kinds.push('table');
  if (watched.defaultGone) kinds.push('default');
  if (watched.canaries.length > 0) kinds.push('canaries');
  world.signs(name, kinds, up ? 'well' : 'bad');
}

/** Everybody behind the upstreams, one network to each, prefix by prefix. */
class Audience {
  readonly #config: Config;
  readonly #networks = new Map<string, DampedNetwork>();
  readonly #updates = new Map<string, number>();
  readonly #dark = new Map<string, number>();

  constructor(config: Config, behind: readonly (DampingProfile | undefined)[]) {
    this.#config = config;
    config.upstreams.forEach(({ name }, i) => {
      for (const { prefix } of config.prefixes) {
        this.#networks.set(`${name} ${prefix.text}`, new DampedNetwork(behind[i]));
      }
    });
  }

  /** What it took to get up is nobody's news. */
  begin(): void {
    this.#updates.clear();
  }

  see({ at, upstream, prefix, attributes }: Sight): void {
    this.#updates.set(upstream, (this.#updates.get(upstream) ?? 0) + 1);
    const network = this.#networks.get(`${upstream} ${prefix}`);
    if (attributes === undefined) network?.withdraw(at);
    else network?.announce(attributes, at);
  }

  /** Counts a second of darkness for whoever is in it. */
  look(now: number, down: ReadonlySet<string>): void {
    for (const own of this.#config.prefixes) {
      // A prefix is judged while all that it needs is well: then nothing excuses that it is dark.
      const checks = own.needs ? checksIn(own.needs) : [];
      if (checks.some((name) => down.has(`check ${name}`))) continue;
      const { text } = own.prefix;
      const linked = own.upstreams.filter(
        (name) => !down.has(`link ${name}`) && !down.has(`hole ${name}`),
      );
      const dark = linked.filter(
        (name) => this.#networks.get(`${name} ${text}`)?.uses(now) === false,
      );
      for (const name of dark) this.#count(`${name} ${text}`);
      if (linked.length > 0 && dark.length === linked.length) this.#count(text);
      for (const name of own.upstreams) {
        if (down.has(`hole ${name}`) && this.#isLured(own, name, now))
          this.#count(`${name} ${text}`);
      }
    }
  }

  /** Whoever is behind an upstream that leads nowhere goes there, as long as it looks as good as ever. */
  #isLured(own: PrefixConfig, name: string, now: number): boolean {
    const network = this.#networks.get(`${name} ${own.prefix.text}`);
    const upstream = this.#config.upstreams.find((each) => each.name === name);
    if (!network?.uses(now) || !upstream) return false;
    return network.held === termsKey(exportOwn(own, upstream));
  }

  result(): Played {
    const texts = this.#config.prefixes.map(({ prefix }) => prefix.text);
    const most = (counts: readonly number[]) => Math.max(0, ...counts);
    const upstreams = this.#config.upstreams.map(({ name }) => {
      const networks = texts.flatMap((text) => this.#networks.get(`${name} ${text}`) ?? []);
      return {
        name,
        updates: this.#updates.get(name) ?? 0,
        suppressions: networks.reduce((sum, network) => sum + network.suppressions, 0),
        peakPenalty: most(networks.map(({ peak }) => peak)),
        dark: most(texts.map((text) => this.#dark.get(`${name} ${text}`) ?? 0)),
      };
    });
    return { upstreams, dark: most(texts.map((text) => this.#dark.get(text) ?? 0)) };
  }

  #count(key: string): void {
    this.#dark.set(key, (this.#dark.get(key) ?? 0) + 1);
  }
}
