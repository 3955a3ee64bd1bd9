/**
 * Reads all routes from the control socket, again and again until it is ended, as a program would
 * that takes them as fast as they come. Writes `OCTETS LINES MILLISECONDS` for each time.
 */

import { get } from 'node:http';

const [socketPath] = process.argv.slice(2);
const NEWLINE = 10;

function read() {
  return new Promise((resolve, reject) => {
    const from = performance.now();
    const counts = { octets: 0, lines: 0 };
    get({ socketPath, path: '/v1/routes' }, (response) => {
      response.on('data', (chunk) => {
        counts.octets += chunk.length;
        for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) {
          counts.lines++;
        }
      });
      response.on('end', () => resolve({ ...counts, ms: performance.now() - from }));
      response.on('error', reject);
    }).on('error', reject);
  });
}

for (;;) {
  const { octets, lines, ms } = await read();
  process.stdout.write(`${octets} ${lines} ${ms}\n`);
}
