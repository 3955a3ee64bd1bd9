/**
 * The far end of the flows, in plain JavaScript so that its namespace needs no loader. `ADDRESS URL`:
 * asks for URL from ADDRESS over a new connection every few milliseconds, whatever became of those
 * before. For each line on standard input it prints the longest time, in ms, between two answers since
 * the last line.
 */

import { request } from 'node:http';
import { createInterface } from 'node:readline';

/** How often it asks, and how long it waits for one answer, in ms. */
const [PACE, PATIENCE] = [10, 1000];

const [localAddress = '', url = ''] = process.argv.slice(2);
let last = performance.now();
let longest = 0;

function judge() {
  longest = Math.max(longest, performance.now() - last);
}

setInterval(() => {
  const asked = request(url, { agent: false, localAddress, timeout: PATIENCE }, (answer) => {
    answer.resume();
    answer.on('end', () => {
      judge();
      last = performance.now();
    });
  });
  // What cannot be reached is what is measured.
  asked.on('error', () => {});
  asked.on('timeout', () => asked.destroy());
  asked.end();
}, PACE);

createInterface({ input: process.stdin }).on('line', () => {
  judge();
  console.log(longest);
  longest = 0;
});
