/** The client for the daemon that a command is about. */

import { Findings } from '../config/findings.ts';
import { nodeAt } from '../config/locate.ts';
import { parseYaml } from '../config/yamlTree.ts';
import { ControlClient } from '../control/client.ts';
import { controlSocketCandidates } from '../control/socketPath.ts';
import { readFileText } from '../daemon/fileText.ts';
import { configPath } from './configPath.ts';

/** Throws FileError when a file was named and cannot be read. */
export async function daemonClient(config: string | undefined): Promise<ControlClient> {
  return new ControlClient(controlSocketCandidates({ socket: await configuredSocket(config) }));
}

/**
 * Looked up without judging the file: it may just have been broken, and then `show` and `reload`
 * have to find the daemon all the more.
 */
async function configuredSocket(config: string | undefined): Promise<string | undefined> {
  let text: string;
  try {
    text = await readFileText(configPath(config));
  } catch (error) {
    // A file that was named must be there; without one (or with one for root's eyes only), the
    // default sockets are worth a try.
    if (config !== undefined) throw error;
    return undefined;
  }
  const socket = nodeAt(parseYaml(text, new Findings()), ['control', 'socket']);
  return socket?.kind === 'scalar' && socket.text !== '' ? socket.text : undefined;
}
