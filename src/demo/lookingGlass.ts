/** The looking glass of `demo --stay`. */

import { serveHttp } from '../control/httpListener.ts';
import type { ControlPort } from '../control/port.ts';
import type { ControlServer } from '../control/server.ts';
import { parseAddress } from '../net/text.ts';
import { LOOPBACK } from './loopback.ts';

const PORT = 8479;

/** Throws ControlError where the port is taken. */
export async function openLookingGlass(
  port: ControlPort,
  number = PORT,
): Promise<ControlServer & { readonly url: string }> {
  const address = parseAddress(LOOPBACK);
  if (!address) throw new Error(`${LOOPBACK} is no address`);
  const server = await serveHttp(port, { address, port: number });
  return {
    url: `http://${LOOPBACK}:${number}/`,
    close: async () => {
      port.events().close();
      await server.close();
    },
  };
}
