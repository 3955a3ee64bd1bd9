/** The announcer on virtual time, for tests of what it holds back, when, and what for. */

import { announcementAt, type Reason } from '../../src/announcer/desired.ts';
import type { Config } from '../../src/config/config.ts';
import { type Sight, World } from '../../src/simulate/world.ts';
import { configOf } from './ownRoute.ts';

export const BEGIN = Date.UTC(2026, 0, 1);
export const PREFIX = '203.0.113.0/24';

/** One prefix that needs `web`, at upstreams that damp like this. */
export function flapConfig(...damping: readonly string[]): Config {
  const lines = damping.map(
    (each, i) => `  up-${i}: { asn: ${64496 + i}, address: 198.51.100.${i + 1}, damping: ${each} }`,
  );
  return configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes: [{ prefix: ${PREFIX}, needs: web }]
checks: { web: { tcp: "203.0.113.10:80" } }
upstreams:
${lines.join('\n')}
`);
}

export const CISCO = '{ profile: cisco, confirmed: true }';
export const JUNIPER = '{ profile: juniper, confirmed: true }';

export class FlapWorld extends World {
  /** `+up-0`, `-up-0`, with the second. */
  readonly log: string[];
  readonly sights: Sight[];
  readonly #file: Config;

  /** Everything is up and announced at BEGIN. */
  constructor(config: Config) {
    const sights: Sight[] = [];
    const log: string[] = [];
    super(config, BEGIN, (sight) => {
      sights.push(sight);
      const sign = sight.attributes === undefined ? '-' : '+';
      log.push(`${(sight.at - BEGIN) / 1000} ${sign}${sight.upstream}`);
    });
    this.#file = config;
    this.log = log;
    this.sights = sights;
    for (const { name } of config.upstreams) this.session(name, true);
    for (const { name } of config.checks) this.check(name, 'up');
    log.length = 0;
  }

  /** To this second. */
  at(second: number): this {
    this.advanceTo(BEGIN + second * 1000);
    return this;
  }

  /** The service is down for `length` seconds, from `second` on. */
  flap(second: number, length = 5): this {
    this.at(second).check('web', 'down');
    this.at(second + length).check('web', 'up');
    return this;
  }

  reason(upstream: string): Reason | undefined {
    const own = this.#file.prefixes[0]?.prefix;
    const intent = this.outcome.desired.get(upstream);
    return own && intent && announcementAt(intent, own)?.reason;
  }

  taken(): readonly string[] {
    return this.log.splice(0);
  }
}
