/** A program that begins a record three times where no file can grow, and says how often that failed. */

import { execFileSync } from 'node:child_process';
import { RecordWriter } from '../../src/daemon/recordFile.ts';

const [, , dir = ''] = process.argv;
// Caught, it leaves the error of the write itself.
process.on('SIGXFSZ', () => {});
// From here on alone: what loads this program writes files as well.
execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=0']);
let failures = 0;
const writer = new RecordWriter(
  { dir, maxSize: 1_000_000, keep: 8, received: false },
  {
    failed: () => {
      failures += 1;
    },
    begun: () => {},
  },
);
for (let i = 0; i < 3; i++) {
  writer.begin();
  writer.append('a line\n');
  await writer.written();
}
process.stdout.write(`${failures} failures\n`);
