/**
 * `npm run hostile`: the built daemon on loopback between well-behaved neighbours, which it may not
 * lose or keep waiting, and hostile ones, each in turn; then a table that comes and goes 100 times.
 * Once with nobody to pass routes on to, once with somebody. Needs no privilege.
 */

import { commandLine, numberOf } from '../support/commandLine.ts';
import { Round } from './round.ts';

const USE = `npm run hostile       200,000 prefixes that come and go 100 times
  --quick             smaller and shorter: half a minute
  --cycles=N          how often the table comes and goes
  --prefixes=N        how large it is`;

const { values } = commandLine(USE, {
  options: {
    quick: { type: 'boolean', default: false },
    cycles: { type: 'string' },
    prefixes: { type: 'string' },
  },
});
const { quick } = values;
const cycles = Math.ceil(numberOf('cycles', values.cycles, quick ? 10 : 100));
const prefixes = Math.ceil(numberOf('prefixes', values.prefixes, quick ? 20_000 : 200_000));

const started = performance.now();
const faults: string[] = [];
for (const passesOn of [false, true]) {
  console.log(passesOn ? '\n== routes are passed on' : '== routes are kept');
  const round = new Round({ passesOn, quick, cycles, prefixes });
  try {
    await round.run();
  } catch (error) {
    faults.push(String(error));
  }
  faults.push(...round.faults);
}
if (faults.length > 0) console.error(faults.join('\n'));
const seconds = Math.round((performance.now() - started) / 1000);
console.log(`hostile: ${faults.length} faults in ${seconds} s`);
process.exitCode = faults.length > 0 ? 1 : 0;
