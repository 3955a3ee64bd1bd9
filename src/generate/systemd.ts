/** The unit that runs `multihomed run`: told when it is ready, watched, and shut in. */

import type { Config } from '../config/config.ts';
import type { Generated, GenerateOptions, NotExpressible, Target } from './target.ts';

export const systemd: Target = {
  name: 'systemd',
  description: 'the unit of `multihomed run`: readiness, watchdog, sandbox',
  directory: '/etc/systemd/system',
  generate,
};

const STATE = '/var/lib/multihomed';
const RUNTIME = '/run/multihomed';

function generate(config: Config, { render }: GenerateOptions): Generated {
  const path = 'multihomed.service';
  const places = foreignPlaces(config);
  const [first, ...rest] = config.prefixes.map(({ prefix }) => prefix.text);
  const others = rest.length > 0 ? ` and ${rest.length} more` : '';
  const values = {
    prefixes: first === undefined ? 'no prefix yet' : `${first}${others}`,
    config: '/etc/multihomed/multihomed.yaml',
    // A drain waits until traffic is gone.
    stop: config.onExit === 'drain' ? '5min' : '15s',
    writable: places.map(({ path: directory }) => directory),
  };
  const content = render(`systemd/${path}`, values);
  return {
    files: [{ path, mode: 0o644, comment: '#', content }],
    notExpressible: places.map(notMade),
  };
}

interface Place {
  /** Of the file. */
  readonly key: string;
  readonly path: string;
}

/** Directories that the file names, and that systemd does not make. */
function foreignPlaces({ stateDir, record, control }: Config): readonly Place[] {
  const named = [
    ['state-dir', stateDir],
    ['record.dir', record?.dir],
    ['control.socket', control.socket?.replace(/\/[^/]*$/, '')],
  ] as const;
  return named.flatMap(([key, path]) =>
    path === undefined || [STATE, RUNTIME].some((own) => isIn(path, own)) ? [] : [{ key, path }],
  );
}

function notMade({ key, path }: Place): NotExpressible {
  const why = `systemd makes ${STATE} and ${RUNTIME} for the service's own user; ${path} has to be there, and be writable for it`;
  return { what: key, why };
}

function isIn(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}
