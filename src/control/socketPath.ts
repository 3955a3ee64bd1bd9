/** Where the control socket is: the daemon listens on one path, a client may have to look at two. */

import type { Config } from '../config/config.ts';

const SYSTEM_SOCKET = '/run/multihomed/control.sock';

/** What decides the path where the file leaves it open. */
export interface Surroundings {
  /** Undefined where the platform has no user ids. */
  readonly uid: number | undefined;
  readonly runtimeDirectory: string | undefined;
}

/** The socket that a daemon with this configuration listens on. */
export function controlSocketPath(
  control: Pick<Config['control'], 'socket'>,
  surroundings: Surroundings = ofThisProcess(),
): string {
  return control.socket ?? defaultPath(surroundings);
}

/**
 * Where a client looks, in order. A plain user may mean a daemon of their own or the machine's, so
 * where the file does not say, both are worth a try. `control` is undefined without a readable file.
 */
export function controlSocketCandidates(
  control: Pick<Config['control'], 'socket'> | undefined,
  surroundings: Surroundings = ofThisProcess(),
): readonly [string, ...string[]] {
  if (control?.socket !== undefined) return [control.socket];
  const own = defaultPath(surroundings);
  return own === SYSTEM_SOCKET ? [own] : [own, SYSTEM_SOCKET];
}

function defaultPath({ uid, runtimeDirectory }: Surroundings): string {
  if (uid === 0) return SYSTEM_SOCKET;
  // Never /tmp: another user could have made the directory first. /run/user/UID is what
  // XDG_RUNTIME_DIR would be; without a login session it is missing, and then the error says so.
  const base = runtimeDirectory || `/run/user/${uid ?? 0}`;
  return `${base.replace(/\/+$/, '')}/multihomed/control.sock`;
}

function ofThisProcess(): Surroundings {
  return { uid: process.getuid?.(), runtimeDirectory: process.env.XDG_RUNTIME_DIR };
}
