/**
 * The feeder's process: the neighbours of the daemon that is measured. It says what it sees and
 * takes orders; see `orders.ts`. It ends with its standard input.
 *
 * Usage: program.ts PLAN, where PLAN is a FeederPlan as JSON
 */

import { createInterface } from 'node:readline';
import { Neighbour } from './neighbour.ts';
import { nlriOf } from './nlri.ts';
import type { FeederPlan, Order, Sighting } from './orders.ts';

const plan: FeederPlan = JSON.parse(process.argv[2] ?? '');
const neighbours = plan.sessions.map((session, i) => new Neighbour(i, session, plan, tell));

for (const neighbour of neighbours) await neighbour.listen();
tell({ type: 'listening' });
createInterface(process.stdin)
  .on('line', (line) => obey(JSON.parse(line)))
  .on('close', () => process.exit(0));

function tell(sighting: Sighting): void {
  process.stdout.write(`${JSON.stringify(sighting)}\n`);
}

function obey(order: Order): void {
  switch (order.order) {
    case 'establish':
      for (const neighbour of neighbours) neighbour.establish();
      break;
    case 'send':
      for (const neighbour of chosen(order.session)) void neighbour.send();
      break;
    case 'close':
      for (const neighbour of chosen(order.session)) neighbour.close();
      break;
    case 'announce':
      for (const neighbour of chosen(order.session)) neighbour.announce(order.prefix);
      break;
    case 'withdraw':
      for (const neighbour of chosen(order.session)) neighbour.withdraw(order.prefix);
      break;
    case 'watch': {
      const watched = new Map(
        order.prefixes.map((prefix) => [Buffer.from(nlriOf(prefix)).toString('hex'), prefix]),
      );
      for (const neighbour of neighbours) neighbour.watch(watched);
      break;
    }
    case 'expect':
      for (const neighbour of neighbours) neighbour.expect(order.announced);
      break;
    case 'count':
      tell({ type: 'counts', sessions: neighbours.map(({ received }) => received) });
      break;
    default:
      order satisfies never;
  }
}

function chosen(session: number | undefined): readonly Neighbour[] {
  return session === undefined ? neighbours : neighbours.filter((_, i) => i === session);
}
