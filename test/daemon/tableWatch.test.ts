/** What is remembered of an upstream's table, when the file says something else of the upstream. */

import t from 'tap';
import type { TableSample } from '../../src/announcer/tableSigns.ts';
import { type SignsChanged, TableWatch } from '../../src/daemon/tableWatch.ts';
import { configOf } from '../support/ownRoute.ts';
import { VirtualClock } from '../support/virtualClock.ts';

function file(upstream: string) {
  return configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
upstreams: { transit-a: { ${upstream} } }
`);
}

const CANARIES = 'asn: 64496, address: 192.0.2.10, reachability: { canaries: [192.88.99.0/24] }';
const OTHERS = 'asn: 64496, address: 192.0.2.10, reachability: { canaries: [198.18.0.0/15] }';
const ANOTHER = 'asn: 64497, address: 192.0.2.20, reachability: { canaries: [192.88.99.0/24] }';

/** An upstream that has sent all there is for a minute; afterwards `sample` is what it sends. */
function watched() {
  const clock = new VirtualClock();
  const events: SignsChanged[] = [];
  const sends = { size: 1000, hasDefault: true, canaries: 1 };
  const watch = new TableWatch({
    clock,
    sample: (): TableSample => ({ at: clock.wall(), sessionSince: 1, ...sends }),
    onEvent: (event) => events.push(event),
  });
  watch.configure(file(CANARIES));
  clock.advance(60_000);
  const bad = () =>
    events.at(-1)?.signs.flatMap(({ kind, state }) => (state === 'bad' ? kind : []));
  return { clock, watch, sends, bad };
}

t.test(
  'canaries that are new in the file have never been sent: it is no sign without them',
  (t) => {
    const { clock, watch, sends, bad } = watched();
    watch.configure(file(OTHERS));
    sends.canaries = 0;
    clock.advance(600_000);
    t.same(bad(), []);
    sends.hasDefault = false;
    clock.advance(10_000);
    t.same(bad(), ['default'], 'the rest is remembered');
    watch.stop();
    t.end();
  },
);

t.test('another neighbour of the same name has never sent what the old one did', (t) => {
  const { clock, watch, sends, bad } = watched();
  watch.configure(file(ANOTHER));
  Object.assign(sends, { size: 100, hasDefault: false, canaries: 0 });
  clock.advance(600_000);
  t.same(bad(), []);
  watch.stop();
  t.end();
});
