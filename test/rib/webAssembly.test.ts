import t from 'tap';
import { instantiate, sharedMemory } from '../../src/rib/webAssembly.ts';
import { laneModule } from '../../src/speaker/laneFile.ts';

const lane = laneModule();
const skip = lane ? false : 'the lane is not built: npm run lane';

t.test('the fast lane is compiled with the first call, and once', { skip }, async (t) => {
  if (!lane) return;
  let compiled = 0;
  const counting = {
    compiled() {
      compiled++;
      return lane.compiled();
    },
  };
  const memory = sharedMemory(1 << 20);
  const program = instantiate(counting, memory, { settle: () => {}, judge: () => 0 });
  program.bind(64);
  t.equal(compiled, 0);
  t.equal(program.taken(), 0);
  t.equal(compiled, 1);
  program.bind(64);
  t.equal(program.taken(), 0);
  t.equal(compiled, 1, 'what it exports stands in for it from then on');
});
