/** The web server of a lab: every request is answered, and nothing is kept. */

import { createServer } from 'node:http';

/** Runs until the process ends. */
export async function runWebServer(port: number): Promise<void> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.end('ok\n');
  });
  server.listen(port);
  await new Promise<void>((resolve) => server.on('close', resolve));
}
