/**
 * The TCP listener: the looking glass, JSON and metrics for whoever reaches the address. It has no
 * call that changes anything.
 */

import type { Server } from 'node:http';
import type { ListenAddress } from '../config/config.ts';
import { formatEndpoint } from '../net/address.ts';
import { errorCode, errorText } from '../net/errorText.ts';
import { ControlError } from './controlError.ts';
import type { ControlPort } from './port.ts';
import { type ControlServer, closeServer, type Limits, lazyServer } from './server.ts';

/** Listens. Throws ControlError. `limits`: default: as `server.ts` has them. */
export async function serveHttp(
  port: ControlPort,
  { address, port: number }: ListenAddress,
  limits?: Limits,
): Promise<ControlServer> {
  const server = lazyServer(port, 'everybody', limits);
  try {
    await listen(server, address.text, number);
  } catch (error) {
    throw listenFault(formatEndpoint(address.text, number), error);
  }
  server.on('error', () => {}); // accept errors (EMFILE) come back by themselves
  return { close: () => closeServer(server) };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function listenFault(endpoint: string, error: unknown): ControlError {
  const begin = `cannot listen on control.http ${endpoint}`;
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return new ControlError(`${begin}: another program does; choose another port`);
    case 'EADDRNOTAVAIL':
      return new ControlError(`${begin}: no interface has this address; correct it`);
    case 'EACCES':
      return new ControlError(`${begin}: no permission; choose a port above 1023`);
    default:
      return new ControlError(`${begin}: ${errorText(error)}`);
  }
}
