/** `multihomed run`: what must be true before a daemon starts, and the exit code when it has ended. */

import { inUseText, probeSocket } from '../control/liveSocket.ts';
import { controlSocketPath } from '../control/socketPath.ts';
import { ListenError } from '../speaker/listener.ts';
import { loadFileToRun } from './configFile.ts';
import { Daemon, type RunOptions } from './daemon.ts';
import { RestartMarker } from './restartMarker.ts';
import { Signals } from './signals.ts';

/** Runs until it is told to stop. Returns the exit code. */
export async function runDaemon(options: RunOptions): Promise<number> {
  const signals = new Signals();
  const loaded = await loadFileToRun(options.configFile);
  if (!loaded.ok) {
    // Problems begin with their place, as compilers' do.
    const who = loaded.problems.length > 0 ? '' : 'multihomed: ';
    process.stderr.write(`${who}${loaded.failure}\n`);
    return 1;
  }
  // Two daemons on one file would fight over the same sessions, and `listen` may not stop the second.
  const socket = controlSocketPath(loaded.config.control);
  if ((await probeSocket(socket)) === 'live') {
    process.stderr.write(`multihomed: ${await inUseText(socket)}\n`);
    return 1;
  }
  const marker = new RestartMarker();
  const restarted = await marker.read(loaded.config);
  const daemon = new Daemon(options, loaded, marker, restarted);
  const starting = daemon.start(loaded.warnings);
  signals.deliver((signal) => daemon.signal(signal));
  try {
    await starting;
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    process.stderr.write(`multihomed: ${error.message}\n`);
    return 1;
  }
  return daemon.untilStopped();
}
