import t from 'tap';
import { type Allocator, SpareMemory } from '../../src/daemon/spareMemory.ts';
import { VirtualClock } from '../support/virtualClock.ts';

/** Writes down what it is told. */
function recording(): { readonly told: string[]; readonly allocator: Allocator } {
  const told: string[] = [];
  return {
    told,
    allocator: {
      set: (parameter, value) => void told.push(`set ${parameter} ${value}`),
      trim: () => void told.push('trim'),
    },
  };
}

t.test('memory to spare goes back at once, and less is kept from then on', async (t) => {
  const { told, allocator } = recording();
  new SpareMemory(new VirtualClock(), () => allocator).settle();
  t.strictSame(told, ['set -1 65536', 'trim']);
});

t.test('tables that come together are one reason', async (t) => {
  const clock = new VirtualClock();
  const { told, allocator } = recording();
  const spare = new SpareMemory(clock, () => allocator);
  spare.settle();
  told.length = 0;
  for (let i = 0; i < 8; i++) spare.tableCame();
  t.strictSame(told, [], 'not in the middle of what is read');
  clock.advance(10);
  t.strictSame(told, ['trim']);
  spare.tableCame();
  clock.advance(10);
  t.strictSame(told, ['trim', 'trim']);
});

t.test('without glibc or koffi nothing is done, nor before the start is over', async (t) => {
  const clock = new VirtualClock();
  const none = new SpareMemory(clock, () => undefined);
  none.settle();
  none.tableCame();
  const { told, allocator } = recording();
  new SpareMemory(clock, () => allocator).tableCame();
  t.equal(clock.pending, 0);
  t.strictSame(told, []);
});

t.test('the libc of this machine bears it', async () => {
  const clock = new VirtualClock();
  const spare = new SpareMemory(clock);
  spare.settle();
  spare.tableCame();
  clock.advance(10);
});
